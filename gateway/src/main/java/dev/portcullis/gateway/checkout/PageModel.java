package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.text.Collator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the templates show of a session: texts alone, which they escape. */
final class PageModel {

  private final CheckoutSession session;
  private final Words words;
  private final String merchant;

  PageModel(CheckoutSession session, Words words, Branding branding) {
    this.session = session;
    this.words = words;
    this.merchant = merchant(session, branding);
  }

  /** What the merchant calls itself, or else where its shop is. */
  private static String merchant(CheckoutSession session, Branding branding) {
    String name = branding.name();
    String url = session.text("success_url");
    if (name != null) {
      return name;
    }
    return url == null ? "" : host(url.replace(CheckoutParams.ID, "cs"));
  }

  private static String host(String url) {
    return Objects.requireNonNullElse(URI.create(url).getHost(), "");
  }

  /** What every page of the session shows. */
  Map<String, @Nullable Object> common() {
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    model.put("merchant", merchant);
    model.put("test", !Boolean.TRUE.equals(session.doc().get("livemode")));
    model.put("title", words.text(session.isSetup() ? "title.setup" : "title.payment", merchant));
    model.put("back", address("cancel_url"));
    model.put("backLabel", words.text("back", merchant));
    return model;
  }

  /** What a payment link's page shows before there is a session. */
  Map<String, @Nullable Object> link() {
    Map<String, @Nullable Object> model = common();
    model.put("total", words.amount(session.total()));
    model.put("items", session.items().stream().map(this::item).toList());
    return model;
  }

  /**
   * A page that says one thing.
   *
   * @param self its own address
   */
  Map<String, @Nullable Object> ended(String word, String self) {
    Map<String, @Nullable Object> model = common();
    model.put("heading", words.text(word));
    model.put("text", words.text(word + ".text", merchant));
    model.put("after", session.isComplete() ? custom("after_submit") : null);
    if (session.isComplete()) {
      // Where the merchant has no page of its own, this is it.
      boolean own = Objects.equals(session.text("success_url"), self);
      model.put("back", own ? null : address("success_url"));
    }
    return model;
  }

  /** An address that the merchant has named, with the session's id in it. */
  @Nullable String address(String member) {
    String url = session.text(member);
    return url == null ? null : url.replace(CheckoutParams.ID, session.id());
  }

  /**
   * The page on which the shopper pays.
   *
   * @param cards those that they have already
   * @param script what the page's script is told
   */
  Map<String, @Nullable Object> form(
      List<PaymentMethod> cards, Map<String, ? extends @Nullable Object> script) {
    Map<String, @Nullable Object> model = common();
    String amount = session.isSetup() ? null : words.amount(session.total());
    model.put("total", amount);
    model.put("items", session.items().stream().map(this::item).toList());
    model.put("email", session.email());
    model.put("cards", cards.stream().map(this::card).toList());
    model.put("askPhone", PageAsks.phone(session));
    model.put("askBilling", PageAsks.billing(session));
    model.put("askShipping", PageAsks.shipping(session));
    model.put("countries", PageAsks.billing(session) ? countries(everywhere()) : List.of());
    model.put("shippingCountries", countries(PageAsks.countries(session)));
    model.put("fields", PageAsks.fields(session).stream().map(this::field).toList());
    model.put("askTerms", PageAsks.terms(session));
    model.put("askPromotions", PageAsks.promotions(session));
    model.put("promotionsLabel", words.text("promotions", merchant));
    Object terms = custom("terms_of_service_acceptance");
    model.put("termsLabel", terms == null ? words.text("terms", merchant) : terms);
    model.put("submitText", custom("submit"));
    model.put("shippingText", custom("shipping_address"));
    model.put("saveLabel", PageAsks.saving(session) ? words.text("save", merchant) : null);
    boolean keeps = session.isSetup() || session.intentData().get("setup_future_usage") != null;
    model.put("consentText", keeps ? words.text("consent.setup", merchant) : null);
    model.put("payLabel", payLabel(amount));
    model.put("secureLabel", words.text("secure", merchant));
    Map<String, @Nullable Object> data = new LinkedHashMap<>(script);
    data.put("locale", words.tag());
    data.put("email", session.email());
    data.put("words", spoken());
    model.put("data", Json.writeString(data));
    return model;
  }

  private String payLabel(@Nullable String amount) {
    if (amount == null) {
      return words.text("setup");
    }
    String kind = Objects.requireNonNullElse(session.text("submit_type"), "pay");
    return words.text(kind.equals("auto") ? "pay" : kind, amount);
  }

  /** What the script says by itself. */
  private Map<String, String> spoken() {
    Map<String, String> spoken = new LinkedHashMap<>();
    for (String word : List.of("working", "done", "challenge", "waiting")) {
      spoken.put(word, words.text(word));
    }
    for (String word :
        List.of("fields", "required", "email", "value", "terms", "network", "again")) {
      spoken.put(word, words.text("error." + word));
    }
    return spoken;
  }

  private Map<String, @Nullable Object> item(Map<String, @Nullable Object> item) {
    long quantity = (Long) Objects.requireNonNull(item.get("quantity"));
    String currency = (String) Objects.requireNonNull(item.get("currency"));
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("name", item.get("description"));
    shown.put("description", description(item));
    shown.put("amount", amount(item.get("amount_total"), currency));
    shown.put("quantity", quantity == 1 ? null : words.text("quantity", words.number(quantity)));
    shown.put(
        "each",
        quantity == 1 || !(item.get("price") instanceof Map<?, ?> price)
            ? null
            : words.text("each", amount(price.get("unit_amount"), currency)));
    return shown;
  }

  private String amount(@Nullable Object minorUnits, String currency) {
    return words.amount(Money.of((Long) Objects.requireNonNull(minorUnits), currency));
  }

  private @Nullable Object description(Map<String, @Nullable Object> item) {
    Map<?, ?> product = session.products().get(String.valueOf(item.get("id")));
    return product == null ? null : product.get("description");
  }

  private Map<String, @Nullable Object> card(PaymentMethod method) {
    Map<String, @Nullable Object> card = method.card();
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("id", method.id());
    shown.put(
        "label",
        words.text(
            "card.ending",
            brand(String.valueOf(card.get("brand"))),
            String.valueOf(card.get("last4"))));
    shown.put(
        "expires",
        words.text(
            "card.expires",
            "%02d/%02d"
                .formatted(
                    (Long) Objects.requireNonNull(card.get("exp_month")),
                    (Long) Objects.requireNonNull(card.get("exp_year")) % 100)));
    return shown;
  }

  private static String brand(String wire) {
    return switch (wire) {
      case "amex" -> "American Express";
      case "diners" -> "Diners Club";
      case "jcb" -> "JCB";
      case "mastercard" -> "Mastercard";
      case "unionpay" -> "UnionPay";
      case "unknown" -> "•••";
      default -> wire.substring(0, 1).toUpperCase(Locale.ROOT) + wire.substring(1);
    };
  }

  private Map<String, @Nullable Object> field(Map<?, ?> field) {
    String type = String.valueOf(field.get("type"));
    Map<?, ?> rules = field.get(type) instanceof Map<?, ?> map ? map : Map.of();
    boolean optional = Boolean.TRUE.equals(field.get("optional"));
    Object own = field.get("label") instanceof Map<?, ?> map ? map.get("custom") : null;
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("id", "custom-" + field.get("key"));
    shown.put("label", optional ? words.text("optional", String.valueOf(own)) : own);
    shown.put("required", !optional);
    shown.put("options", rules.get("options"));
    Object value = rules.get("value");
    shown.put("value", value == null ? rules.get("default_value") : value);
    shown.put("max", Objects.requireNonNullElse(rules.get("maximum_length"), 255));
    shown.put("min", rules.get("minimum_length"));
    shown.put("mode", type.equals("numeric") ? "numeric" : "text");
    return shown;
  }

  private @Nullable Object custom(String text) {
    return session.hash("custom_text").get(text) instanceof Map<?, ?> map
        ? map.get("message")
        : null;
  }

  private static List<String> everywhere() {
    return Arrays.asList(Locale.getISOCountries());
  }

  private List<Map<String, String>> countries(List<String> codes) {
    List<Map<String, String>> countries = new ArrayList<>();
    codes.forEach(code -> countries.add(Map.of("code", code, "name", words.country(code))));
    Collator order = Collator.getInstance(words.locale());
    countries.sort((one, other) -> order.compare(one.get("name"), other.get("name")));
    return countries;
  }
}
