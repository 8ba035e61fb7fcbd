package dev.portcullis.gateway.payments;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a merchant can say against a dispute: texts. There are no files here, so the API's members
 * that hold the id of one are refused by name, and shown as null.
 */
final class Evidence {

  private static final int SHORT = 5_000;
  private static final int LONG = 20_000;

  /** All texts of a dispute together. */
  private static final int MOST = 150_000;

  private static final List<String> SHORT_TEXTS =
      List.of(
          "billing_address",
          "customer_email_address",
          "customer_name",
          "customer_purchase_ip",
          "duplicate_charge_id",
          "service_date",
          "shipping_address",
          "shipping_carrier",
          "shipping_date",
          "shipping_tracking_number");
  private static final List<String> LONG_TEXTS =
      List.of(
          "access_activity_log",
          "cancellation_policy_disclosure",
          "cancellation_rebuttal",
          "duplicate_charge_explanation",
          "product_description",
          "refund_policy_disclosure",
          "refund_refusal_explanation",
          "uncategorized_text");
  private static final List<String> FILES =
      List.of(
          "cancellation_policy",
          "customer_communication",
          "customer_signature",
          "duplicate_charge_documentation",
          "receipt",
          "refund_policy",
          "service_documentation",
          "shipping_documentation",
          "uncategorized_file");

  static final Shape SHAPE = shape();

  private Evidence() {}

  private static Shape shape() {
    List<Param> params = new ArrayList<>();
    SHORT_TEXTS.forEach(name -> params.add(Param.lines(name).max(SHORT).unsettable()));
    LONG_TEXTS.forEach(name -> params.add(Param.lines(name).max(LONG).unsettable()));
    return Shape.of(params.toArray(Param[]::new));
  }

  /**
   * The evidence with what was sent: a text replaces the one before, an empty one removes it.
   *
   * @throws ApiException 400 if all of it is too long
   */
  static Map<String, String> merged(Map<String, String> before, Arguments sent) {
    Map<String, String> after = new LinkedHashMap<>(before);
    for (Param param : SHAPE.params()) {
      if (sent.isUnset(param.name())) {
        after.remove(param.name());
      }
      sent.string(param.name()).ifPresent(text -> after.put(param.name(), text));
    }
    long length = after.values().stream().mapToLong(t -> t.codePointCount(0, t.length())).sum();
    if (length > MOST) {
      throw new ApiException(
          ApiErrors.invalid(
              "evidence",
              "parameter_invalid_string_too_long",
              "The evidence of a dispute must be at most " + MOST + " characters in all."));
    }
    return after;
  }

  /** As the API shows it, with every member. */
  static Map<String, @Nullable Object> render(Map<String, String> evidence) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    SHORT_TEXTS.forEach(name -> map.put(name, evidence.get(name)));
    LONG_TEXTS.forEach(name -> map.put(name, evidence.get(name)));
    FILES.forEach(name -> map.put(name, null));
    map.put("enhanced_evidence", Map.of());
    return map;
  }
}
