package dev.portcullis.vault.card;

import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was typed or sent beside a card. Personal, so it is stored sealed, and only until the
 * gateway has it.
 *
 * @param billing Stripe's {@code billing_details}, every field present
 * @param metadata the merchant's own names and texts
 * @param allowRedisplay {@code always}, {@code limited} or {@code unspecified}
 */
record CardDetails(
    Map<String, @Nullable Object> billing, Map<String, ?> metadata, String allowRedisplay) {

  static final String UNSPECIFIED = "unspecified";

  /** Nothing was sent beside the card. */
  static CardDetails none() {
    return new CardDetails(billing(Map.of(), Map.of()), Map.of(), UNSPECIFIED);
  }

  /** Billing details in Stripe's form: all fields, null where nothing is known. */
  static Map<String, @Nullable Object> billing(
      Map<String, String> address, Map<String, String> person) {
    Map<String, @Nullable Object> place = new LinkedHashMap<>();
    for (String field :
        new String[] {"city", "country", "line1", "line2", "postal_code", "state"}) {
      place.put(field, address.get(field));
    }
    Map<String, @Nullable Object> billing = new LinkedHashMap<>();
    billing.put("address", place);
    for (String field : new String[] {"email", "name", "phone", "tax_id"}) {
      billing.put(field, person.get(field));
    }
    return billing;
  }

  /** A field of the address, or null. */
  @Nullable Object address(String field) {
    return billing.get("address") instanceof Map<?, ?> address ? address.get(field) : null;
  }

  byte[] toJson() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("billing_details", billing);
    tree.put("metadata", metadata);
    tree.put("allow_redisplay", allowRedisplay);
    return Json.write(tree);
  }

  @SuppressWarnings("unchecked") // written by toJson
  static CardDetails fromJson(byte[] json) {
    Map<String, @Nullable Object> tree = Json.readObject(json);
    return new CardDetails(
        (Map<String, @Nullable Object>) required(tree.get("billing_details")),
        (Map<String, ?>) required(tree.get("metadata")),
        (String) required(tree.get("allow_redisplay")));
  }

  private static Object required(@Nullable Object value) {
    if (value == null) {
      throw new IllegalStateException("a member of the card's details is missing");
    }
    return value;
  }
}
