package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** PayPal's errors and its processor's response codes. */
final class PayPalErrors {

  /** A processor's code by the issuer's reason. */
  private static final Map<String, String> RESPONSES =
      Map.ofEntries(
          Map.entry("insufficient_funds", "5120"),
          Map.entry("lost_card", "9520"),
          Map.entry("stolen_card", "9520"),
          Map.entry("expired_card", "5400"),
          Map.entry("incorrect_cvc", "5110"),
          Map.entry("processing_error", "5900"),
          Map.entry("card_velocity_exceeded", "5710"),
          Map.entry("fraudulent", "9500"),
          Map.entry("authentication_required", "5650"),
          Map.entry("authentication_not_handled", "5650"),
          Map.entry("authentication_failed", "7710"));

  private static final Set<String> FORMAL =
      Set.of(
          "malformed",
          "MISSING_REQUIRED_PARAMETER",
          "PAYPAL_REQUEST_ID_REQUIRED",
          "INVALID_PARAMETER_SYNTAX");

  private PayPalErrors() {}

  static String response(String decline) {
    return RESPONSES.getOrDefault(decline, "5100");
  }

  /** It cannot be done: 422 with that issue. */
  static Refused issue(String issue) {
    return new Refused(422, issue, "The requested action could not be performed.", null);
  }

  /** A member is not as it must be: 400. */
  static Refused field(String issue, String field) {
    return new Refused(400, issue, "The request is not well-formed.", field);
  }

  static Refused missing() {
    return new Refused(404, "INVALID_RESOURCE_ID", "The resource does not exist.", null);
  }

  static Answer answer(Refused refused) {
    return switch (refused.code()) {
      case "unauthorized" ->
          new Answer(
              401,
              new Members()
                  .put("error", String.valueOf(refused.param()))
                  .put("error_description", String.valueOf(refused.getMessage()))
                  .build());
      case "internal" ->
          error(500, "INTERNAL_SERVER_ERROR", "An internal server error has occurred.", refused);
      case "INVALID_RESOURCE_ID", "no_such_authorization" ->
          error(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.", refused);
      case "idempotency_mismatch" ->
          error(
              422,
              "UNPROCESSABLE_ENTITY",
              "This PayPal-Request-Id came with another request.",
              issue("DUPLICATE_REQUEST_ID"));
      default -> {
        boolean formal = FORMAL.contains(refused.code());
        yield error(
            formal ? 400 : 422,
            formal ? "INVALID_REQUEST" : "UNPROCESSABLE_ENTITY",
            String.valueOf(refused.getMessage()),
            refused);
      }
    };
  }

  /** The order is not paid before its shopper was there. */
  static Answer challenge(String url) {
    Refused refused = issue("PAYER_ACTION_REQUIRED");
    Map<String, @Nullable Object> body =
        new LinkedHashMap<>(Objects.requireNonNull(answer(refused).body()));
    body.put(
        "links",
        List.of(
            new Members()
                .put("href", url)
                .put("rel", "payer-action")
                .put("method", "GET")
                .build()));
    return new Answer(422, body);
  }

  private static Answer error(int status, String name, String message, Refused refused) {
    Members detail =
        new Members()
            .some("field", refused.param())
            .put("issue", refused.code())
            .put("description", String.valueOf(refused.getMessage()));
    return new Answer(
        status,
        new Members()
            .put("name", name)
            .put("message", message)
            .put("debug_id", "0123456789abc")
            .put("details", List.of(detail.build()))
            .put("links", List.of())
            .build());
  }
}
