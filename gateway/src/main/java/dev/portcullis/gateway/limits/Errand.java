package dev.portcullis.gateway.limits;

/** What somebody comes for who is answered without a key. */
public enum Errand {
  /** No route, no method, or a header that is none. */
  NOWHERE("nowhere", 1),
  /** A browser asks before a page may call: its neighbours' mistakes are not the page's. */
  PREFLIGHT("preflight", 1),
  /** A shopper comes back from a challenge; a look at the provider goes with it. */
  RETURN("return", 1),
  /** A shopper looks at a hosted page, and the page asks how the payment stands. */
  PAGE("page", 1),
  /** A browser says what a page of ours was kept from loading. */
  REPORT("report", 1),
  /**
   * A provider tells something by itself, or somebody who says that they are one. All that it tells
   * of all accounts comes from a few addresses.
   */
  NOTIFICATION("notification", 10);

  private final String wire;
  private final int times;

  Errand(String wire, int times) {
    this.wire = wire;
    this.times = times;
  }

  /** How often the figure of one address it may come. */
  int times() {
    return times;
  }

  String wire() {
    return wire;
  }
}
