package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the page of a session shall ask of the shopper, and say to them. */
final class CheckoutWishes {

  private static final int MESSAGE = 1_200;
  private static final int MAX_FIELDS = 3;
  private static final int MAX_OPTIONS = 200;
  private static final int LABEL = 100;
  private static final int LONGEST_ANSWER = 255;
  private static final List<String> TEXTS =
      List.of("after_submit", "shipping_address", "submit", "terms_of_service_acceptance");

  private static final Param KEY =
      Param.string("key", Pattern.compile("[0-9A-Za-z]{1,200}"), "letters and digits");

  private static final Shape BOUNDS =
      Shape.of(
          Param.string("default_value").max(LONGEST_ANSWER),
          Param.integer("maximum_length").range(1, LONGEST_ANSWER),
          Param.integer("minimum_length").range(1, LONGEST_ANSWER));

  private static final Shape OPTION =
      Shape.of(
          Param.string("label").max(LABEL).required(),
          Param.string("value", Pattern.compile("[0-9A-Za-z]{1,100}"), "letters and digits")
              .required());

  private static final Shape DROPDOWN =
      Shape.of(
          Param.string("default_value").max(LABEL),
          Param.list("options", Param.hash("option", OPTION)).max(MAX_OPTIONS).required());

  private static final Shape FIELD =
      Shape.of(
          KEY.required(),
          Param.hash(
                  "label",
                  Shape.of(
                      Param.string("custom").max(50).required(),
                      Param.choice("type", "custom").required()))
              .required(),
          Param.bool("optional"),
          Param.choice("type", "dropdown", "numeric", "text").required(),
          Param.hash("dropdown", DROPDOWN),
          Param.hash("numeric", BOUNDS),
          Param.hash("text", BOUNDS));

  private CheckoutWishes() {}

  /** The shape and what can be wished for. */
  static Shape in(Shape shape) {
    Param message = Param.lines("message").max(MESSAGE).required();
    Shape texts = Shape.NONE;
    for (String name : TEXTS) {
      texts = texts.and(Param.hash(name, Shape.of(message)).unsettable());
    }
    Shape reuse = Shape.of(Param.choice("position", "auto", "hidden").required());
    Shape consent =
        Shape.of(
            Param.hash("payment_method_reuse_agreement", reuse),
            Param.choice("promotions", "auto", "none"),
            Param.choice("terms_of_service", "none", "required"));
    Shape recovery =
        Shape.of(
            Param.alwaysFalse("allow_promotion_codes", Unsupported.BILLING),
            Param.alwaysFalse("enabled", "a session that has expired is not recovered here.")
                .required());
    return shape
        .and(
            Param.hash("after_expiration", Shape.of(Param.hash("recovery", recovery))),
            Param.alwaysFalse("allow_promotion_codes", Unsupported.BILLING),
            Unsupported.disabled("automatic_tax", Unsupported.TAX),
            Param.choice("billing_address_collection", "auto", "required"),
            Param.hash("consent_collection", consent),
            Param.list("custom_fields", Param.hash("field", FIELD)).max(MAX_FIELDS).unsettable(),
            Param.hash("custom_text", texts),
            Param.choice("customer_creation", "always", "if_required"),
            Unsupported.disabled("invoice_creation", Unsupported.BILLING),
            Param.hash(
                "saved_payment_method_options",
                Shape.of(
                    Param.list(
                        "allow_redisplay_filters",
                        Param.choice("filter", "always", "limited", "unspecified")),
                    Param.choice("payment_method_remove", "disabled"),
                    Param.choice("payment_method_save", "disabled", "enabled"))),
            Param.hash("phone_number_collection", Shape.of(Param.bool("enabled").required())),
            Param.hash(
                "shipping_address_collection",
                Shape.of(
                    Param.list("allowed_countries", Param.country("country")).max(250).required())),
            Unsupported.disabled("tax_id_collection", Unsupported.TAX))
        .refusing(Unsupported.BILLING, "discounts", "payment_method_collection")
        .refusing(Unsupported.BILLING, "subscription_data")
        .refusing("a checkout does not change its customer here.", "customer_update")
        .refusing("no rates for shipping are offered here.", "shipping_options");
  }

  /**
   * Puts what was wished for onto the session.
   *
   * @throws ApiException 400 if something does not go together
   */
  static void put(Arguments sent, boolean setup, Map<String, @Nullable Object> session) {
    sent.hash("after_expiration")
        .flatMap(after -> after.hash("recovery"))
        .ifPresent(recovery -> session.put("after_expiration", recovery()));
    sent.bool("allow_promotion_codes").ifPresent(no -> session.put("allow_promotion_codes", no));
    sent.string("billing_address_collection")
        .ifPresent(when -> session.put("billing_address_collection", when));
    sent.hash("consent_collection").ifPresent(c -> session.put("consent_collection", consent(c)));
    if (!sent.list("custom_fields").isEmpty()) {
      session.put("custom_fields", fields(sent.list("custom_fields")));
    }
    sent.hash("custom_text").ifPresent(texts -> session.put("custom_text", texts(texts)));
    sent.string("customer_creation")
        .ifPresent(
            when -> {
              if (setup || sent.has("customer")) {
                throw refused(
                    "customer_creation",
                    "`customer_creation` can only be used in `payment` mode and without"
                        + " `customer`.");
              }
              session.put("customer_creation", when);
            });
    sent.hash("saved_payment_method_options")
        .ifPresent(
            saved -> {
              if (setup || !sent.has("customer")) {
                throw refused(
                    "saved_payment_method_options",
                    "`saved_payment_method_options` can only be used in `payment` mode and with"
                        + " `customer`.");
              }
              session.put("saved_payment_method_options", saved(saved));
            });
    sent.hash("phone_number_collection")
        .ifPresent(
            phone ->
                session.put("phone_number_collection", Map.of("enabled", phone.isTrue("enabled"))));
    sent.hash("shipping_address_collection")
        .ifPresent(
            shipping -> {
              if (setup) {
                throw refused(
                    "shipping_address_collection",
                    "You can not pass `shipping_address_collection` in `setup` mode.");
              }
              session.put(
                  "shipping_address_collection",
                  Map.of("allowed_countries", shipping.strings("allowed_countries")));
            });
    if (sent.has("tax_id_collection")) {
      session.put("tax_id_collection", Map.of("enabled", false, "required", "never"));
    }
  }

  private static Map<String, @Nullable Object> recovery() {
    Map<String, @Nullable Object> recovery = new LinkedHashMap<>();
    recovery.put("allow_promotion_codes", false);
    recovery.put("enabled", false);
    recovery.put("expires_at", null);
    recovery.put("url", null);
    Map<String, @Nullable Object> after = new LinkedHashMap<>();
    after.put("recovery", recovery);
    return after;
  }

  private static Map<String, @Nullable Object> saved(Arguments sent) {
    Map<String, @Nullable Object> saved = new LinkedHashMap<>();
    List<String> filters = sent.strings("allow_redisplay_filters");
    saved.put("allow_redisplay_filters", filters.isEmpty() ? List.of("always") : filters);
    saved.put("payment_method_remove", sent.string("payment_method_remove").orElse(null));
    saved.put("payment_method_save", sent.string("payment_method_save").orElse(null));
    return saved;
  }

  private static Map<String, @Nullable Object> consent(Arguments sent) {
    Map<String, @Nullable Object> consent = new LinkedHashMap<>();
    consent.put(
        "payment_method_reuse_agreement",
        sent.hash("payment_method_reuse_agreement")
            .map(reuse -> Map.of("position", reuse.requiredString("position")))
            .orElse(null));
    consent.put("promotions", sent.string("promotions").orElse(null));
    consent.put("terms_of_service", sent.string("terms_of_service").orElse(null));
    return consent;
  }

  private static Map<String, @Nullable Object> texts(Arguments sent) {
    Map<String, @Nullable Object> texts = new LinkedHashMap<>();
    for (String name : TEXTS) {
      texts.put(
          name,
          sent.hash(name)
              .map(text -> Map.of("message", text.requiredString("message")))
              .orElse(null));
    }
    return texts;
  }

  private static List<Map<String, @Nullable Object>> fields(List<Object> sent) {
    List<Map<String, @Nullable Object>> fields = new java.util.ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (Object one : sent) {
      String path = "custom_fields[" + fields.size() + "]";
      Arguments field = (Arguments) one;
      if (!keys.add(field.requiredString("key"))) {
        throw refused(path + "[key]", "Each custom field needs a key of its own.");
      }
      fields.add(field(field, path));
    }
    return fields;
  }

  private static Map<String, @Nullable Object> field(Arguments sent, String path) {
    String type = sent.requiredString("type");
    Map<String, @Nullable Object> field = new LinkedHashMap<>();
    field.put("key", sent.requiredString("key"));
    Arguments label = sent.hash("label").orElseThrow();
    field.put("label", Map.of("custom", label.requiredString("custom"), "type", "custom"));
    field.put("optional", sent.isTrue("optional"));
    field.put("type", type);
    for (String other : List.of("dropdown", "numeric", "text")) {
      if (!other.equals(type) && sent.has(other)) {
        throw refused(path + "[" + other + "]", "The field is of the type " + type + ".");
      }
    }
    field.put(
        type,
        type.equals("dropdown")
            ? dropdown(sent.hash(type).orElse(null), path)
            : bounds(sent.hash(type).orElse(null), path + "[" + type + "]"));
    return field;
  }

  private static Map<String, @Nullable Object> dropdown(@Nullable Arguments sent, String path) {
    if (sent == null || sent.list("options").isEmpty()) {
      throw new ApiException(ApiErrors.missing(path + "[dropdown][options]"));
    }
    List<Map<String, String>> options =
        sent.list("options").stream()
            .map(Arguments.class::cast)
            .map(
                o -> Map.of("label", o.requiredString("label"), "value", o.requiredString("value")))
            .toList();
    Set<String> values = new HashSet<>();
    for (Map<String, String> option : options) {
      if (!values.add(String.valueOf(option.get("value")))) {
        throw refused(path + "[dropdown][options]", "Each option needs a value of its own.");
      }
    }
    String byDefault = sent.string("default_value").orElse(null);
    if (byDefault != null && !values.contains(byDefault)) {
      throw refused(
          path + "[dropdown][default_value]", "The default must be the value of an option.");
    }
    Map<String, @Nullable Object> dropdown = new LinkedHashMap<>();
    dropdown.put("default_value", byDefault);
    dropdown.put("options", options);
    dropdown.put("value", null);
    return dropdown;
  }

  private static Map<String, @Nullable Object> bounds(@Nullable Arguments sent, String path) {
    Map<String, @Nullable Object> bounds = new LinkedHashMap<>();
    bounds.put("default_value", sent == null ? null : sent.string("default_value").orElse(null));
    for (String name : List.of("maximum_length", "minimum_length")) {
      bounds.put(name, sent != null && sent.has(name) ? sent.requiredInteger(name) : null);
    }
    if (bounds.get("maximum_length") instanceof Long most
        && bounds.get("minimum_length") instanceof Long least
        && least > most) {
      throw refused(path + "[minimum_length]", "The shortest answer is longer than the longest.");
    }
    bounds.put("value", null);
    return bounds;
  }

  private static ApiException refused(String param, String message) {
    return new ApiException(ApiErrors.invalid(param, "parameter_invalid", message));
  }
}
