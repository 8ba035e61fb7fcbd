package dev.portcullis.gateway.limits;

/** What somebody comes for who is answered without a key. */
public enum Errand {
  /** No route, no method, or a header that is none. */
  NOWHERE("nowhere"),
  /** A browser asks before a page may call: its neighbours' mistakes are not the page's. */
  PREFLIGHT("preflight");

  private final String wire;

  Errand(String wire) {
    this.wire = wire;
  }

  String wire() {
    return wire;
  }
}
