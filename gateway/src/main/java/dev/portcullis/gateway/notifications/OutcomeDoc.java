package dev.portcullis.gateway.notifications;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A notification's outcome as it is stored. Of what is no verdict only that is kept: a challenge's
 * address leads to the payment.
 */
final class OutcomeDoc {

  private static final String APPROVED = "approved";
  private static final String DECLINED = "declined";
  private static final String OPEN = "open";

  private OutcomeDoc() {}

  static String write(Notification.Outcome outcome) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", outcome.id());
    doc.put("operation", outcome.about().reference());
    doc.put("kind", outcome.about().kind().name());
    put(doc, "called", outcome.about().providerReference());
    put(doc, "authorization", outcome.about().authorization());
    Money amount = outcome.amount();
    if (amount != null) {
      doc.put("amount", amount.minorUnits());
      doc.put("currency", amount.currency().code());
    }
    put(doc, "at", outcome.at() == null ? null : outcome.at().toEpochMilli());
    switch (outcome.result()) {
      case ProviderResult.Approved(String reference, Details details) -> {
        doc.put("verdict", APPROVED);
        doc.put("reference", reference);
        doc.put("details", details(details));
      }
      case ProviderResult.Declined(DeclineCode code, String reference, Details details) -> {
        doc.put("verdict", DECLINED);
        doc.put("code", code.name());
        put(doc, "reference", reference);
        doc.put("details", details(details));
      }
      case ProviderResult.Pending(String reference, String alert) -> {
        doc.put("verdict", OPEN);
        put(doc, "reference", reference);
      }
      case ProviderResult.RequiresAction(String reference, String url) -> {
        doc.put("verdict", OPEN);
        put(doc, "reference", reference);
      }
      case ProviderResult.Rejected _, ProviderResult.Unknown _, ProviderResult.NotFound _ ->
          doc.put("verdict", OPEN);
    }
    return Json.writeString(doc);
  }

  /**
   * Reads it.
   *
   * @throws RuntimeException if it is not as it was written
   */
  static Notification.Outcome read(Map<?, ?> doc) {
    Long amount = number(doc, "amount");
    Long at = number(doc, "at");
    return new Notification.Outcome(
        required(doc, "id"),
        new Notification.About(
            required(doc, "operation"),
            OperationKind.valueOf(required(doc, "kind")),
            text(doc, "called"),
            text(doc, "authorization")),
        result(doc),
        amount == null ? null : Money.of(amount, required(doc, "currency")),
        at == null ? null : Instant.ofEpochMilli(at));
  }

  private static ProviderResult result(Map<?, ?> doc) {
    String reference = text(doc, "reference");
    return switch (required(doc, "verdict")) {
      case APPROVED ->
          new ProviderResult.Approved(required(doc, "reference"), details(map(doc, "details")));
      case DECLINED ->
          new ProviderResult.Declined(
              DeclineCode.valueOf(required(doc, "code")), reference, details(map(doc, "details")));
      case OPEN -> new ProviderResult.Pending(reference);
      default -> throw new IllegalStateException("a stored notification has no verdict");
    };
  }

  private static Map<String, @Nullable Object> details(Details details) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    put(doc, "cvc", name(details.checks().cvc()));
    put(doc, "line1", name(details.checks().addressLine1()));
    put(doc, "postal_code", name(details.checks().postalCode()));
    put(doc, "network_transaction_id", details.networkTransactionId());
    put(doc, "authorization_code", details.authorizationCode());
    ThreeDSecure threeDSecure = details.threeDSecure();
    if (threeDSecure != null) {
      put(doc, "three_d_secure_version", threeDSecure.version());
      doc.put("three_d_secure", threeDSecure.result());
    }
    put(doc, "failure_reason", details.failureReason());
    doc.put("funds_available", details.fundsAvailable());
    NetworkAdvice advice = details.advice();
    put(doc, "advice", advice.action() == null ? null : advice.action().wire());
    put(doc, "network_advice_code", advice.code());
    put(doc, "network_decline_code", advice.declineCode());
    put(doc, "said_code", details.said().code());
    put(doc, "said", details.said().message());
    return doc;
  }

  private static Details details(Map<?, ?> doc) {
    String threeDSecure = text(doc, "three_d_secure");
    return new Details(
        new Checks(check(doc, "cvc"), check(doc, "line1"), check(doc, "postal_code")),
        text(doc, "network_transaction_id"),
        text(doc, "authorization_code"),
        threeDSecure == null
            ? null
            : new ThreeDSecure(text(doc, "three_d_secure_version"), threeDSecure),
        text(doc, "failure_reason"),
        Boolean.TRUE.equals(doc.get("funds_available")),
        NetworkAdvice.of(
            text(doc, "advice"),
            text(doc, "network_advice_code"),
            text(doc, "network_decline_code")),
        new ProviderWords(text(doc, "said_code"), text(doc, "said")));
  }

  private static @Nullable String name(@Nullable Check check) {
    return check == null ? null : check.name();
  }

  private static @Nullable Check check(Map<?, ?> doc, String name) {
    String word = text(doc, name);
    return word == null ? null : Check.valueOf(word);
  }

  private static void put(Map<String, @Nullable Object> doc, String name, @Nullable Object value) {
    if (value != null) {
      doc.put(name, value);
    }
  }

  private static @Nullable String text(Map<?, ?> doc, String name) {
    return (String) doc.get(name);
  }

  private static @Nullable Long number(Map<?, ?> doc, String name) {
    return (Long) doc.get(name);
  }

  private static String required(Map<?, ?> doc, String name) {
    return Objects.requireNonNull(text(doc, name), name);
  }

  private static Map<?, ?> map(Map<?, ?> doc, String name) {
    return (Map<?, ?>) Objects.requireNonNull(doc.get(name), name);
  }
}
