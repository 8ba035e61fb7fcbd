package dev.portcullis.gateway.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a page sees, whose key everybody can read: of an intent enough to go on with the payment,
 * nothing of the customer, of the card's fingerprint or of the merchant's notes. Every answer to
 * such a key passes here, be it new, an earlier one given again or a refusal.
 */
final class PublicViews {

  private static final List<String> MEMBERS =
      List.of(
          "id",
          "object",
          "amount",
          "automatic_payment_methods",
          "canceled_at",
          "cancellation_reason",
          "capture_method",
          "client_secret",
          "confirmation_method",
          "created",
          "currency",
          "description",
          "livemode",
          "next_action",
          "payment_method_types",
          "receipt_email",
          "setup_future_usage",
          "shipping",
          "status",
          "usage");

  private static final List<String> ERROR_MEMBERS =
      List.of("code", "decline_code", "message", "param", "type");

  private PublicViews() {}

  static Reply of(Reply reply) {
    Map<String, @Nullable Object> body = reply.body();
    if (body.get("error") instanceof Map<?, ?> error) {
      Map<String, @Nullable Object> shown = some(cast(error), ERROR_MEMBERS);
      for (String object : List.of("payment_intent", "setup_intent")) {
        if (error.get(object) instanceof Map<?, ?> intent) {
          shown.put(object, intent(cast(intent)));
        }
      }
      Map<String, @Nullable Object> wrapped = new LinkedHashMap<>();
      wrapped.put("error", shown);
      return new Reply(reply.status(), wrapped);
    }
    return new Reply(reply.status(), intent(body));
  }

  private static Map<String, @Nullable Object> intent(Map<String, @Nullable Object> intent) {
    Map<String, @Nullable Object> shown = some(intent, MEMBERS);
    for (String error : List.of("last_payment_error", "last_setup_error")) {
      if (intent.get(error) instanceof Map<?, ?> map) {
        shown.put(error, some(cast(map), ERROR_MEMBERS));
      } else if (intent.containsKey(error)) {
        shown.put(error, null);
      }
    }
    return shown;
  }

  @SuppressWarnings("unchecked") // an answer has maps of names alone
  private static Map<String, @Nullable Object> cast(Map<?, ?> map) {
    return (Map<String, @Nullable Object>) map;
  }

  private static Map<String, @Nullable Object> some(
      Map<String, @Nullable Object> map, List<String> members) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    for (String member : members) {
      if (map.containsKey(member)) {
        shown.put(member, map.get(member));
      }
    }
    return shown;
  }
}
