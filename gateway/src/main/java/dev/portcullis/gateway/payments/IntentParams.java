package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Addresses;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.mandates.Consent;
import dev.portcullis.gateway.paymentmethods.BillingDetails;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.kit.ChargeLimits;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What requests about intents may say, and what of it becomes terms and details. */
final class IntentParams {

  private static final int DESCRIPTOR = 22;

  private static final Param CARD_OPTIONS =
      Param.hash("payment_method_options", Shape.of(Param.hash("card", CardRequests.SHAPE)));

  private static final Param SETUP_CARD_OPTIONS =
      Param.hash(
          "payment_method_options",
          Shape.of(Param.hash("card", Shape.of(CardRequests.AUTHENTICATION))));

  private static final Param RADAR =
      Param.hash("radar_options", Shape.of(Param.id("session").required()));

  private static final Param AUTOMATIC =
      Param.hash(
          "automatic_payment_methods",
          Shape.of(
              Param.bool("enabled").required(),
              Param.choice("allow_redirects", "always", "never")));

  private static final Param METHOD_DATA =
      Param.hash(
          "payment_method_data",
          Shape.of(
              Unsupported.cardType("type").required(),
              Param.hash("card", Shape.of(Param.string("token").max(255).required())).required(),
              BillingDetails.PARAM,
              PaymentMethod.REDISPLAY,
              Param.metadata()));

  private static final Param TYPES =
      Param.list("payment_method_types", Unsupported.cardType("type"));

  private static final Shape DESCRIBED =
      Shape.of(
          Param.lines("description").max(1000).unsettable(),
          Param.metadata(),
          Param.email("receipt_email").unsettable(),
          Param.hash("shipping", Addresses.SHIPPING).unsettable(),
          Param.string("statement_descriptor").max(DESCRIPTOR).unsettable(),
          Param.string("statement_descriptor_suffix").max(DESCRIPTOR).unsettable(),
          Param.string("transfer_group").max(255).unsettable());

  private static final Shape PAYMENT =
      DESCRIBED
          .and(
              Param.id("customer"),
              Param.id("payment_method").unsettable(),
              METHOD_DATA,
              CARD_OPTIONS,
              Param.choice("capture_method", "automatic", "automatic_async", "manual"),
              Param.choice("setup_future_usage", "off_session", "on_session").unsettable(),
              TYPES)
          .refusing(Unsupported.CONNECT, "application_fee_amount", "transfer_data");

  static final Shape CREATE =
      PAYMENT
          .and(
              Param.integer("amount").range(1, Long.MAX_VALUE).required(),
              Param.currency("currency").required(),
              AUTOMATIC,
              Param.choice("confirmation_method", "automatic", "manual"),
              Param.bool("confirm"),
              Param.bool("off_session"),
              Param.bool("error_on_requires_action"),
              Param.bool("use_stripe_sdk"),
              Param.id("mandate"),
              Consent.PARAM,
              RADAR,
              Param.url("return_url"))
          .refusing(Unsupported.CONNECT, "on_behalf_of");

  static final Shape UPDATE =
      PAYMENT.and(Param.integer("amount").range(1, Long.MAX_VALUE), Param.currency("currency"));

  static final Shape CONFIRM =
      Shape.of(
          Param.id("payment_method"),
          METHOD_DATA,
          CARD_OPTIONS,
          Param.choice("capture_method", "automatic", "automatic_async", "manual"),
          Param.choice("setup_future_usage", "off_session", "on_session").unsettable(),
          Param.email("receipt_email").unsettable(),
          Param.hash("shipping", Addresses.SHIPPING).unsettable(),
          Param.bool("off_session"),
          Param.bool("error_on_requires_action"),
          Param.bool("use_stripe_sdk"),
          Param.id("mandate"),
          Consent.PARAM,
          RADAR,
          TYPES,
          Param.url("return_url"),
          Param.string("client_secret").max(255));

  static final Shape RETRIEVE = Shape.of(Param.string("client_secret").max(255));

  /** The source is what an SDK believes to be asked for; there is but one challenge at a time. */
  static final Shape LEAVE = RETRIEVE.and(Param.string("source").max(255));

  static final Shape CAPTURE =
      Shape.of(
              Param.integer("amount_to_capture").range(1, ChargeLimits.LARGEST),
              Param.bool("final_capture"),
              Param.metadata(),
              Param.string("statement_descriptor").max(DESCRIPTOR),
              Param.string("statement_descriptor_suffix").max(DESCRIPTOR))
          .refusing(Unsupported.CONNECT, "application_fee_amount", "transfer_data");

  static final Shape CANCEL =
      Shape.of(
          Param.choice(
              "cancellation_reason",
              "abandoned",
              "duplicate",
              "fraudulent",
              "requested_by_customer"));

  static final Shape LIST = ListQuery.shape(Param.id("customer"));

  static final Shape SETUP_UPDATE =
      Shape.of(
              Param.id("customer"),
              Param.lines("description").max(1000).unsettable(),
              Param.metadata(),
              Param.id("payment_method").unsettable(),
              METHOD_DATA,
              SETUP_CARD_OPTIONS,
              TYPES)
          .refusing(Unsupported.CONNECT, "attach_to_self")
          .refusing(
              "a card that is set up here pays the merchant, and money is not sent to it.",
              "flow_directions");

  static final Shape SETUP_CREATE =
      SETUP_UPDATE
          .and(
              AUTOMATIC,
              Param.bool("confirm"),
              Param.url("return_url"),
              Param.bool("use_stripe_sdk"),
              Consent.PARAM,
              Param.choice("usage", "off_session", "on_session"))
          .refusing(Unsupported.CONNECT, "on_behalf_of")
          .refusing(
              "a card that is set up can pay more than once; an amount of its own has a payment.",
              "single_use");

  static final Shape SETUP_CONFIRM =
      Shape.of(
          Param.id("payment_method"),
          METHOD_DATA,
          SETUP_CARD_OPTIONS,
          Consent.PARAM,
          Param.url("return_url"),
          Param.bool("use_stripe_sdk"),
          Param.string("client_secret").max(255));

  static final Shape SETUP_CANCEL =
      Shape.of(
          Param.choice("cancellation_reason", "abandoned", "duplicate", "requested_by_customer"));

  static final Shape SETUP_LIST =
      ListQuery.shape(Param.id("customer"), Param.id("payment_method"))
          .refusing(Unsupported.CONNECT, "attach_to_self");

  private IntentParams() {}

  /** The terms of a new payment. */
  static PaymentIntent.Terms terms(Arguments sent, @Nullable String paymentMethod) {
    return new PaymentIntent.Terms(
        Amounts.chargeable(
            new Money(sent.requiredInteger("amount"), sent.currency("currency").orElseThrow())),
        sent.string("capture_method").filter("manual"::equals).isPresent(),
        sent.string("confirmation_method").filter("manual"::equals).isPresent(),
        sent.string("customer").orElse(null),
        paymentMethod,
        sent.string("setup_future_usage").orElse(null),
        sent.url("return_url").map(Object::toString).orElse(null));
  }

  /**
   * The terms after an update or a confirmation.
   *
   * @param paymentMethod the payment method that was sent, or null if none was
   */
  static PaymentIntent.Terms terms(
      PaymentIntent.Terms before, Arguments sent, @Nullable String paymentMethod) {
    Money amount =
        new Money(
            sent.integer("amount").orElse(before.amount().minorUnits()),
            sent.currency("currency").orElse(before.amount().currency()));
    if (sent.has("amount") || sent.has("currency")) {
      amount = Amounts.chargeable(amount);
    }
    String kept = sent.isUnset("payment_method") ? null : before.paymentMethod();
    return new PaymentIntent.Terms(
        amount,
        sent.string("capture_method").map("manual"::equals).orElse(before.manualCapture()),
        before.manualConfirmation(),
        sent.string("customer").orElse(before.customer()),
        paymentMethod == null ? kept : paymentMethod,
        sent.isUnset("setup_future_usage")
            ? null
            : sent.string("setup_future_usage").orElse(before.setupFutureUsage()),
        sent.url("return_url").map(Object::toString).orElse(before.returnUrl()));
  }

  /**
   * The details of a new intent. One that says nothing of how to be paid takes whatever the account
   * takes (Stripe changelog 2023-08-16).
   */
  static Map<String, @Nullable Object> details(Arguments sent) {
    Map<String, @Nullable Object> details = details(Map.of(), sent);
    if (!sent.has("payment_method_types")) {
      details.putIfAbsent(
          "automatic_payment_methods", Map.of("allow_redirects", "always", "enabled", true));
    }
    return details;
  }

  /**
   * The details with which an intent is confirmed. What a shopper agreed to when an earlier card
   * was tried says nothing of this one.
   *
   * @param now when the consent was received, which is when it was given unless it says so itself
   */
  static Map<String, @Nullable Object> confirmed(
      Map<String, @Nullable Object> details, Arguments sent, Instant now) {
    Map<String, @Nullable Object> confirmed = new LinkedHashMap<>(details);
    confirmed.remove("mandate");
    confirmed.remove(Consent.NAME);
    sent.hash(Consent.NAME).ifPresent(data -> confirmed.put(Consent.NAME, Consent.read(data, now)));
    return confirmed;
  }

  /** The details after a request. */
  static Map<String, @Nullable Object> details(
      Map<String, @Nullable Object> before, Arguments sent) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>(before);
    for (String name :
        List.of(
            "description",
            "receipt_email",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_group",
            "capture_method")) {
      if (sent.isUnset(name)) {
        details.remove(name);
      } else {
        sent.string(name).ifPresent(value -> details.put(name, value));
      }
    }
    if (sent.isUnset("shipping")) {
      details.remove("shipping");
    }
    sent.hash("shipping").ifPresent(s -> details.put("shipping", Addresses.readShipping(s)));
    sent.metadata().ifPresent(update -> details.put("metadata", update.applyTo(metadata(before))));
    sent.hash("radar_options")
        .ifPresent(
            radar ->
                details.put("radar_options", Map.of("session", radar.requiredString("session"))));
    sent.hash("payment_method_options")
        .flatMap(options -> options.hash("card"))
        .ifPresent(card -> details.put(CardRequests.NAME, CardRequests.read(before, card)));
    sent.hash("automatic_payment_methods")
        .ifPresent(automatic -> details.put("automatic_payment_methods", automatic(automatic)));
    return details;
  }

  /** The metadata in details or facts. */
  static Map<String, String> metadata(Map<String, @Nullable Object> details) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (details.get("metadata") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> metadata.put((String) key, (String) value));
    }
    return metadata;
  }

  private static Map<String, @Nullable Object> automatic(Arguments sent) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("allow_redirects", sent.string("allow_redirects").orElse("always"));
    map.put("enabled", sent.isTrue("enabled"));
    return map;
  }
}
