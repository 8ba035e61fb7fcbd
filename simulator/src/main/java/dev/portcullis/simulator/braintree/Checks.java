package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.Operation.Authorization;
import java.util.Locale;

/**
 * What the issuer compared.
 *
 * @param cvv the security code
 * @param street the address's first line
 * @param postalCode the postal code
 */
record Checks(Response cvv, Response street, Response postalCode) {

  /** An outcome, in GraphQL's words and as the letter of XML. */
  enum Response {
    MATCHES("M"),
    DOES_NOT_MATCH("N"),
    NOT_PROVIDED("I"),
    ISSUER_DOES_NOT_PARTICIPATE("S");

    private final String letter;

    Response(String letter) {
      this.letter = letter;
    }

    String letter() {
      return letter;
    }
  }

  static Checks of(Authorization payment) {
    Response cvv =
        switch (payment.outcome().cvcCheck()) {
          case "pass" -> Response.MATCHES;
          case "fail" -> Response.DOES_NOT_MATCH;
          default -> Response.NOT_PROVIDED;
        };
    if (payment.notes().get("address").isEmpty()) {
      return new Checks(cvv, Response.NOT_PROVIDED, Response.NOT_PROVIDED);
    }
    return switch (payment.terms().story()) {
      case POSTAL_CODE_FAILS -> new Checks(cvv, Response.MATCHES, Response.DOES_NOT_MATCH);
      case LINE1_FAILS -> new Checks(cvv, Response.DOES_NOT_MATCH, Response.MATCHES);
      case ADDRESS_FAILS -> new Checks(cvv, Response.DOES_NOT_MATCH, Response.DOES_NOT_MATCH);
      case ADDRESS_UNAVAILABLE ->
          new Checks(
              cvv, Response.ISSUER_DOES_NOT_PARTICIPATE, Response.ISSUER_DOES_NOT_PARTICIPATE);
      default -> new Checks(cvv, Response.MATCHES, Response.MATCHES);
    };
  }

  /** Six characters by which the issuer knows its approval. */
  static String authorizationCode(Authorization payment) {
    int hash = Math.floorMod(payment.identity().id().hashCode(), 1_000_000);
    return String.format(Locale.ROOT, "%06d", hash);
  }
}
