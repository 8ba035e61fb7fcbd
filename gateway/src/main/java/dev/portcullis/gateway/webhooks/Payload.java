package dev.portcullis.gateway.webhooks;

import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much of an event is sent. */
enum Payload {
  /** The event with its object as it was, as Stripe sends it. */
  SNAPSHOT,
  /** What happened and to which object: who wants more asks for it, and sees it as it is now. */
  THIN;

  static final List<String> NAMES = List.of("snapshot", "thin");

  /** Where objects of each type are served; others cannot be asked for. */
  private static final Map<String, String> PATHS =
      Map.ofEntries(
          Map.entry("charge", "/v1/charges/"),
          Map.entry("checkout.session", "/v1/checkout/sessions/"),
          Map.entry("customer", "/v1/customers/"),
          Map.entry("dispute", "/v1/disputes/"),
          Map.entry("mandate", "/v1/mandates/"),
          Map.entry("payment_intent", "/v1/payment_intents/"),
          Map.entry("payment_method", "/v1/payment_methods/"),
          Map.entry("refund", "/v1/refunds/"),
          Map.entry("setup_intent", "/v1/setup_intents/"),
          Map.entry("webhook_endpoint", "/v1/webhook_endpoints/"));

  /** The one of that name. */
  static Payload of(String name) {
    return name.equals("thin") ? THIN : SNAPSHOT;
  }

  /** The bytes that are sent of an event in the wire's form. */
  byte[] bytes(Map<String, @Nullable Object> event) {
    return Json.write(
        switch (this) {
          case SNAPSHOT -> event;
          case THIN -> thin(event);
        });
  }

  private static Map<String, @Nullable Object> thin(Map<String, @Nullable Object> event) {
    Map<String, @Nullable Object> thin = new LinkedHashMap<>();
    for (String kept : List.of("id", "object", "api_version", "created", "livemode", "type")) {
      thin.put(kept, event.get(kept));
    }
    thin.put("related_object", related(event));
    return thin;
  }

  private static @Nullable Map<String, @Nullable Object> related(
      Map<String, @Nullable Object> event) {
    if (event.get("data") instanceof Map<?, ?> data
        && data.get("object") instanceof Map<?, ?> object
        && object.get("id") instanceof String id
        && object.get("object") instanceof String type) {
      Map<String, @Nullable Object> related = new LinkedHashMap<>();
      related.put("id", id);
      related.put("type", type);
      related.put("url", PATHS.containsKey(type) ? PATHS.get(type) + id : null);
      return related;
    }
    return null;
  }
}
