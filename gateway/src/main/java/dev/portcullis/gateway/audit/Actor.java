package dev.portcullis.gateway.audit;

/**
 * Who did something, and from where.
 *
 * @param name a person's id, or {@code system} for the gateway itself; never a secret
 * @param address the network address, or an empty text where there is none
 */
public record Actor(String name, String address) {

  /** The gateway itself. */
  public static final Actor SYSTEM = new Actor("system", "");
}
