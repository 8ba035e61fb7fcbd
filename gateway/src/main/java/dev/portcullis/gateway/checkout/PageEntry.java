package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.checkout.SessionPayments.Attempt;
import dev.portcullis.gateway.http.Addresses;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a shopper enters on the page, held against what the session asks of them. */
final class PageEntry {

  private static final int LINE = 255;
  private static final List<String> REQUIRED_LINES = List.of("line1", "city", "country");

  private static final Shape ADDRESS =
      Shape.of(
          Param.string("name").max(LINE),
          Param.string("line1").max(LINE),
          Param.string("line2").max(LINE),
          Param.string("city").max(LINE),
          Param.string("postal_code").max(20),
          Param.string("state").max(LINE),
          Param.country("country"));

  /** What the page's script sends. */
  static final Shape SHAPE =
      Shape.of(
          Param.id("payment_method").required(),
          Param.email("email"),
          Param.string("name").max(LINE),
          Param.string("phone").max(20),
          Param.bool("save"),
          Param.bool("terms"),
          Param.bool("promotions"),
          Param.hash("billing", ADDRESS),
          Param.hash("shipping", ADDRESS),
          Param.list(
                  "custom",
                  Param.hash(
                      "field",
                      Shape.of(
                          Param.string("key").max(200).required(),
                          Param.string("value").max(LINE))))
              .max(3));

  /**
   * Something that has to be entered otherwise.
   *
   * @param field the field's id on the page
   * @param word the key of what is said of it
   */
  record Fault(String field, String word) {}

  private final CheckoutSession session;
  private final Arguments sent;

  PageEntry(CheckoutSession session, Arguments sent) {
    this.session = session;
    this.sent = sent;
  }

  /** The first thing that has to be entered otherwise, in the page's order. */
  Optional<Fault> fault() {
    List<Fault> faults = new ArrayList<>();
    if (session.email() == null && !sent.has("email")) {
      faults.add(new Fault("email", "error.required"));
    }
    if (PageAsks.phone(session) && !sent.has("phone")) {
      faults.add(new Fault("phone", "error.required"));
    }
    if (PageAsks.shipping(session)) {
      faults.addAll(address("shipping"));
    }
    if (PageAsks.billing(session)) {
      faults.addAll(address("billing"));
    }
    for (Map<?, ?> field : PageAsks.fields(session)) {
      custom(field).ifPresent(faults::add);
    }
    if (PageAsks.terms(session) && !sent.isTrue("terms")) {
      faults.add(new Fault("terms", "error.terms"));
    }
    return faults.stream().findFirst();
  }

  private List<Fault> address(String which) {
    Arguments address = sent.hash(which).orElse(null);
    List<Fault> faults = new ArrayList<>();
    for (String line : REQUIRED_LINES) {
      if (address == null || !address.has(line)) {
        faults.add(new Fault(which + "-" + line, "error.required"));
      }
    }
    boolean shipping = which.equals("shipping");
    if (shipping && (address == null || !address.has("name"))) {
      faults.addFirst(new Fault("shipping-name", "error.required"));
    }
    if (shipping
        && address != null
        && address.has("country")
        && !PageAsks.countries(session).contains(address.requiredString("country"))) {
      faults.add(new Fault("shipping-country", "error.value"));
    }
    return faults;
  }

  private Optional<Fault> custom(Map<?, ?> field) {
    String id = "custom-" + field.get("key");
    String value = answers().get(String.valueOf(field.get("key")));
    if (value == null) {
      return Boolean.TRUE.equals(field.get("optional"))
          ? Optional.empty()
          : Optional.of(new Fault(id, "error.required"));
    }
    return fits(field, value) ? Optional.empty() : Optional.of(new Fault(id, "error.value"));
  }

  private static boolean fits(Map<?, ?> field, String value) {
    String type = String.valueOf(field.get("type"));
    Map<?, ?> rules = field.get(type) instanceof Map<?, ?> map ? map : Map.of();
    if (type.equals("dropdown")) {
      return rules.get("options") instanceof List<?> options
          && options.stream()
              .anyMatch(each -> each instanceof Map<?, ?> one && value.equals(one.get("value")));
    }
    long length = value.codePointCount(0, value.length());
    boolean longEnough = !(rules.get("minimum_length") instanceof Long least) || length >= least;
    boolean shortEnough = !(rules.get("maximum_length") instanceof Long most) || length <= most;
    boolean digits = !type.equals("numeric") || value.matches("[0-9]+");
    return longEnough && shortEnough && digits;
  }

  private Map<String, String> answers() {
    Map<String, String> answers = new HashMap<>();
    for (Object one : sent.list("custom")) {
      Arguments answer = (Arguments) one;
      answer.string("value").ifPresent(v -> answers.put(answer.requiredString("key"), v));
    }
    return answers;
  }

  /** What is to be tried with it. */
  Attempt attempt() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("customer_details", customer());
    @Nullable Map<String, @Nullable Object> shipping =
        PageAsks.shipping(session) ? shipping() : null;
    if (shipping != null) {
      Map<String, @Nullable Object> collected = new LinkedHashMap<>();
      collected.put("business_name", null);
      collected.put("individual_name", null);
      Map<String, @Nullable Object> details = new LinkedHashMap<>();
      details.put("address", shipping.get("address"));
      details.put("name", shipping.get("name"));
      collected.put("shipping_details", details);
      members.put("collected_information", collected);
    }
    if (PageAsks.terms(session) || PageAsks.promotions(session)) {
      Map<String, @Nullable Object> consent = new LinkedHashMap<>();
      consent.put(
          "promotions",
          PageAsks.promotions(session) ? sent.isTrue("promotions") ? "opt_in" : "opt_out" : null);
      consent.put("terms_of_service", PageAsks.terms(session) ? "accepted" : null);
      members.put("consent", consent);
    }
    if (!PageAsks.fields(session).isEmpty()) {
      members.put("custom_fields", answered());
    }
    boolean kept = PageAsks.saving(session) && sent.isTrue("save");
    return new Attempt(sent.requiredString("payment_method"), kept, shipping, members);
  }

  private Map<String, @Nullable Object> customer() {
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    String email = session.email();
    details.put("address", sent.hash("billing").map(Addresses::read).orElse(null));
    details.put("business_name", null);
    details.put("email", email == null ? sent.string("email").orElse(null) : email);
    details.put("individual_name", null);
    details.put("name", sent.string("name").orElse(null));
    details.put("phone", sent.string("phone").orElse(null));
    details.put("tax_exempt", "none");
    details.put("tax_ids", null);
    return details;
  }

  private Map<String, @Nullable Object> shipping() {
    Map<String, @Nullable Object> shipping = new LinkedHashMap<>();
    Arguments address = sent.hash("shipping").orElseThrow();
    shipping.put("address", Addresses.read(address));
    shipping.put("carrier", null);
    shipping.put("name", address.requiredString("name"));
    shipping.put("phone", sent.string("phone").orElse(null));
    shipping.put("tracking_number", null);
    return shipping;
  }

  private List<Map<String, @Nullable Object>> answered() {
    Map<String, String> answers = answers();
    return PageAsks.fields(session).stream().map(field -> answered(field, answers)).toList();
  }

  private static Map<String, @Nullable Object> answered(
      Map<?, ?> field, Map<String, String> answers) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>();
    field.forEach((name, value) -> after.put((String) name, value));
    String type = String.valueOf(field.get("type"));
    if (field.get(type) instanceof Map<?, ?> rules) {
      Map<String, @Nullable Object> own = new LinkedHashMap<>();
      rules.forEach((name, value) -> own.put((String) name, value));
      own.put("value", answers.get(String.valueOf(field.get("key"))));
      after.put(type, own);
    }
    return after;
  }
}
