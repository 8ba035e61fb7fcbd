package dev.portcullis.wire.people;

/**
 * What a person's two factors are checked against.
 *
 * @param person whose they are
 * @param password the password's hash, a PHC string
 * @param totp the sealed secret of the codes
 * @param lastStep the last step of which a code was used; 0 before the first
 */
public record Factors(String person, String password, String totp, long lastStep) {

  @Override
  public String toString() {
    return "Factors[" + person + "]";
  }
}
