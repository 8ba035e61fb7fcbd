package dev.portcullis.simulator;

import java.util.Locale;

/**
 * What an issuer says beside its verdict, in Stripe's words: pass, fail, unavailable, unchecked.
 *
 * @param cvc of the security code
 * @param line1 of the address's first line, if one was given
 * @param postalCode of the postal code, if one was given
 */
public record CardChecks(String cvc, String line1, String postalCode) {

  /** What it says of that authorization. */
  public static CardChecks of(Operation.Authorization authorization) {
    String cvc = authorization.outcome().cvcCheck();
    return switch (authorization.terms().story()) {
      case POSTAL_CODE_FAILS -> new CardChecks(cvc, "pass", "fail");
      case LINE1_FAILS -> new CardChecks(cvc, "fail", "pass");
      case ADDRESS_FAILS -> new CardChecks(cvc, "fail", "fail");
      case ADDRESS_UNAVAILABLE -> new CardChecks(cvc, "unavailable", "unavailable");
      default -> new CardChecks(cvc, "pass", "pass");
    };
  }

  /** The issuer's code for an approval: six digits. */
  public static String authorizationCode(Operation.Authorization authorization) {
    long hash = ReferenceIndex.hash(authorization.identity().id());
    return String.format(Locale.ROOT, "%06d", Math.floorMod(hash, 1_000_000));
  }
}
