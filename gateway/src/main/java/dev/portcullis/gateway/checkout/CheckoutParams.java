package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Addresses;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.payments.CardRequests;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.kit.ChargeLimits;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of checkout sessions, and what must hold between them. */
final class CheckoutParams {

  private static final long MAX_TOTAL = 99_999_999;
  private static final int MAX_ITEMS = 100;
  private static final int MAX_URL = 2_048;

  /** Stands in an address for the session's id, and is put in when the shopper is sent there. */
  static final String ID = "{CHECKOUT_SESSION_ID}";

  private static final int DESCRIPTOR = 22;
  private static final Duration SHORTEST = Duration.ofMinutes(30);
  static final Duration LONGEST = Duration.ofHours(24);

  /** A client counts from its own clock, and the request takes its time. */
  private static final Duration TOLERANCE = Duration.ofMinutes(1);

  private static final Param PAYMENT_INTENT =
      Param.hash(
          "payment_intent_data",
          Shape.of(
              Param.choice("capture_method", "automatic", "automatic_async", "manual"),
              Param.lines("description").max(1000),
              Param.metadata(),
              Param.email("receipt_email"),
              Param.choice("setup_future_usage", "off_session", "on_session"),
              Param.hash("shipping", Addresses.SHIPPING),
              Param.string("statement_descriptor").max(DESCRIPTOR),
              Param.string("statement_descriptor_suffix").max(DESCRIPTOR),
              Param.string("transfer_group").max(255)));

  private static final Param SETUP_INTENT =
      Param.hash(
          "setup_intent_data", Shape.of(Param.lines("description").max(1000), Param.metadata()));

  private static final Param LOCALE =
      Param.choice(
          "locale", "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi",
          "fil", "fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb",
          "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK",
          "zh-TW");

  private static final Param METHOD_OPTIONS =
      Param.hash(
          "payment_method_options",
          Shape.of(Param.hash("card", Shape.of(CardRequests.AUTHENTICATION))));

  /** Completed sessions are counted when one more is, so that there are not too many of them. */
  private static final long MOST_COMPLETED = 20_000;

  private static final Param RESTRICTIONS =
      Param.hash(
          "restrictions",
          Shape.of(
              Param.hash(
                      "completed_sessions",
                      Shape.of(Param.integer("limit").range(1, MOST_COMPLETED).required()))
                  .required()));

  static final Shape CREATE =
      CheckoutWishes.in(
          Shape.of(
              Param.choice("mode", "payment", "setup")
                  .refusing(Unsupported.BILLING, "subscription")
                  .required(),
              Param.choice("ui_mode", "hosted_page")
                  .refusing(
                      "the page of a session is a page of its own.",
                      "custom",
                      "elements",
                      "embedded",
                      "embedded_page",
                      "form"),
              Param.string("success_url").max(MAX_URL).required(),
              Param.string("cancel_url").max(MAX_URL),
              Param.list("line_items", Param.hash("line_item", LineItem.SHAPE)).max(MAX_ITEMS),
              Param.currency("currency"),
              Param.id("customer"),
              Param.email("customer_email"),
              Param.string("client_reference_id").max(200),
              Param.timestamp("expires_at"),
              LOCALE,
              Param.choice("submit_type", "auto", "book", "donate", "pay"),
              Param.list("payment_method_types", Unsupported.cardType("type")),
              PAYMENT_INTENT,
              SETUP_INTENT,
              METHOD_OPTIONS,
              Param.metadata()));

  /** What a payment link says of the sessions that it makes. */
  static final Shape LINK =
      CheckoutWishes.in(
              Shape.of(
                  Param.hash(
                      "after_completion",
                      Shape.of(
                          Param.choice("type", "hosted_confirmation", "redirect").required(),
                          Param.hash(
                              "hosted_confirmation",
                              Shape.of(Param.lines("custom_message").max(500).unsettable())),
                          Param.hash(
                              "redirect", Shape.of(Param.string("url").max(MAX_URL).required())))),
                  Param.lines("inactive_message").max(500),
                  Param.list("line_items", Param.hash("line_item", LineItem.SHAPE))
                      .max(MAX_ITEMS)
                      .required(),
                  Param.currency("currency"),
                  Param.choice("submit_type", "auto", "book", "donate", "pay"),
                  Param.list("payment_method_types", Unsupported.cardType("type")),
                  PAYMENT_INTENT,
                  RESTRICTIONS,
                  Param.metadata()))
          .refusing(Unsupported.CONNECT, "application_fee_amount", "on_behalf_of", "transfer_data");

  static final Shape LINK_UPDATE =
      Shape.of(
          Param.bool("active"),
          Param.lines("inactive_message").max(500).unsettable(),
          RESTRICTIONS.unsettable(),
          Param.metadata());

  static final Shape LINK_LIST = ListQuery.shape(Param.bool("active"));

  static final Shape LIST =
      ListQuery.shape(
              Param.id("customer"),
              Param.hash("customer_details", Shape.of(Param.email("email").required())),
              Param.id("payment_intent"),
              Param.choice("status", "open", "complete", "expired"))
          .refusing(Unsupported.BILLING, "payment_link", "subscription");

  static final Shape LINE_ITEMS =
      Shape.of(
          Param.integer("limit").range(1, MAX_ITEMS),
          Param.id("starting_after"),
          Param.id("ending_before"));

  private CheckoutParams() {}

  /**
   * What must hold between the parameters.
   *
   * @throws ApiException 400 that names one
   */
  static void check(Arguments sent) {
    boolean setup = isSetup(sent);
    if (!setup && sent.list("line_items").isEmpty()) {
      throw new ApiException(ApiErrors.missing("line_items"));
    }
    for (String param : List.of("line_items", "payment_intent_data", "submit_type")) {
      if (setup && sent.has(param)) {
        throw refused(param, "You can not pass `" + param + "` in `setup` mode.");
      }
    }
    if (!setup && sent.has("setup_intent_data")) {
      throw refused("setup_intent_data", "You can not pass `setup_intent_data` in `payment` mode.");
    }
    if (sent.has("customer") && sent.has("customer_email")) {
      throw new ApiException(
          ApiErrors.invalid(
              "customer_email",
              "parameters_exclusive",
              "You may only specify one of these parameters: customer, customer_email."));
    }
  }

  /**
   * An address that the shopper is sent to, in which {@link #ID} may stand.
   *
   * @throws ApiException 400 if it is none
   */
  static @Nullable String address(Arguments sent, String param) {
    String text = sent.string(param).orElse(null);
    if (text == null || isWebAddress(text.replace(ID, "cs"))) {
      return text;
    }
    throw new ApiException(
        ApiErrors.invalid(
            param,
            "url_invalid",
            "Not a valid URL: "
                + param
                + " must be an http or https URL, in which "
                + ID
                + " may stand for the session's id."));
  }

  private static boolean isWebAddress(String text) {
    try {
      URI url = new URI(text);
      boolean web =
          "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
      return web && url.getHost() != null && url.getUserInfo() == null;
    } catch (URISyntaxException _) {
      return false;
    }
  }

  static boolean isSetup(Arguments sent) {
    return sent.string("mode").filter("setup"::equals).isPresent();
  }

  /**
   * The sum of the items, exact.
   *
   * @throws ApiException 400 if they have several currencies, or cost nothing or too much
   */
  static long total(List<LineItem> items, @Nullable Currency wanted) {
    Currency currency = items.getFirst().currency();
    if (wanted != null && !wanted.equals(currency)) {
      throw refused("currency", "The currency of the session is not the one of its line items.");
    }
    long total = 0;
    for (int at = 0; at < items.size(); at++) {
      LineItem item = items.get(at);
      if (!item.currency().equals(currency)) {
        throw refused(
            "line_items[" + at + "][price_data][currency]",
            "All line items of a session have the same currency.");
      }
      // Neither can overflow: an item costs at most 10^8 times 10^6, and there are 100 at most.
      total = Math.addExact(total, item.amount());
    }
    if (total < 1 || total > MAX_TOTAL) {
      throw refused(
          "line_items",
          "The line items cost " + total + " together; it must be 1 to " + MAX_TOTAL + ".");
    }
    ChargeLimits.check(new Money(total, currency))
        .ifPresent(
            fault -> {
              throw refused(
                  "line_items",
                  switch (fault) {
                    case TOO_SMALL ->
                        "The line items must cost at least "
                            + new Money(ChargeLimits.smallest(currency), currency).shown()
                            + " together.";
                    case TOO_LARGE ->
                        "The line items must cost no more than "
                            + new Money(ChargeLimits.LARGEST, currency).shown()
                            + " together.";
                    case NOT_A_STEP ->
                        "The line items' total has digits that amounts in "
                            + currency
                            + " cannot have.";
                  });
            });
    return total;
  }

  /**
   * When the session ends.
   *
   * @throws ApiException 400 if that is too soon or too late
   */
  static long expiry(Arguments sent, Instant now) {
    long latest = now.plus(LONGEST).getEpochSecond();
    if (!sent.has("expires_at")) {
      return latest;
    }
    long wanted = sent.requiredInteger("expires_at");
    if (wanted < now.plus(SHORTEST).minus(TOLERANCE).getEpochSecond()
        || wanted > now.plus(LONGEST).plus(TOLERANCE).getEpochSecond()) {
      throw refused(
          "expires_at",
          "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.");
    }
    return wanted;
  }

  /** What was said of the intent to make, in the wire's form. */
  static Map<String, @Nullable Object> intent(Arguments sent) {
    Map<String, @Nullable Object> intent = new LinkedHashMap<>();
    sent.hash("payment_method_options")
        .flatMap(options -> options.hash("card"))
        .ifPresent(card -> intent.put(CardRequests.NAME, CardRequests.authentication(card)));
    Arguments data =
        sent.hash(isSetup(sent) ? "setup_intent_data" : "payment_intent_data").orElse(null);
    if (data == null) {
      return intent;
    }
    for (String name :
        List.of(
            "capture_method",
            "description",
            "receipt_email",
            "setup_future_usage",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_group")) {
      data.string(name).ifPresent(value -> intent.put(name, value));
    }
    data.hash("shipping").ifPresent(s -> intent.put("shipping", Addresses.readShipping(s)));
    data.metadata().ifPresent(update -> intent.put("metadata", update.applyTo(Map.of())));
    return intent;
  }

  /** How often a payment link may be paid, if that is said. */
  static Optional<Long> limit(Arguments sent) {
    return sent.hash("restrictions")
        .flatMap(restrictions -> restrictions.hash("completed_sessions"))
        .map(completed -> completed.requiredInteger("limit"));
  }

  private static ApiException refused(String param, String message) {
    return new ApiException(ApiErrors.invalid(param, "parameter_invalid", message));
  }
}
