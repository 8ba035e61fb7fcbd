package dev.portcullis.wire.people;

/** Keeps the secrets of codes under the zone's own key. */
public interface TotpSeal {

  /** The secret, sealed for that person. */
  String seal(String person, byte[] secret);

  /**
   * The secret that was sealed for that person.
   *
   * @throws RuntimeException if it was changed, or sealed for somebody else
   */
  byte[] open(String person, String sealed);
}
