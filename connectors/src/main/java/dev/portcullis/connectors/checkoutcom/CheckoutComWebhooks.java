package dev.portcullis.connectors.checkoutcom;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderWords;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Checkout.com's webhooks. Of what follows a payment, {@code action_id} is its own name, as
 * its receipt gave it.
 */
final class CheckoutComWebhooks {

  private enum Verdict {
    APPROVED,
    DECLINED,
    PENDING
  }

  private record Event(OperationKind kind, Verdict verdict) {}

  private static final Map<String, Event> EVENTS =
      Map.ofEntries(
          Map.entry("payment_approved", new Event(OperationKind.AUTHORIZE, Verdict.APPROVED)),
          Map.entry("card_verified", new Event(OperationKind.AUTHORIZE, Verdict.APPROVED)),
          Map.entry("payment_declined", new Event(OperationKind.AUTHORIZE, Verdict.DECLINED)),
          Map.entry("payment_canceled", new Event(OperationKind.AUTHORIZE, Verdict.DECLINED)),
          Map.entry("payment_expired", new Event(OperationKind.AUTHORIZE, Verdict.DECLINED)),
          Map.entry(
              "payment_authentication_failed",
              new Event(OperationKind.AUTHORIZE, Verdict.DECLINED)),
          Map.entry(
              "card_verification_declined", new Event(OperationKind.AUTHORIZE, Verdict.DECLINED)),
          Map.entry("payment_pending", new Event(OperationKind.AUTHORIZE, Verdict.PENDING)),
          Map.entry("payment_captured", new Event(OperationKind.CAPTURE, Verdict.APPROVED)),
          Map.entry("payment_capture_declined", new Event(OperationKind.CAPTURE, Verdict.DECLINED)),
          Map.entry("payment_capture_pending", new Event(OperationKind.CAPTURE, Verdict.PENDING)),
          Map.entry("payment_voided", new Event(OperationKind.CANCEL, Verdict.APPROVED)),
          Map.entry("payment_void_declined", new Event(OperationKind.CANCEL, Verdict.DECLINED)),
          Map.entry("payment_refunded", new Event(OperationKind.REFUND, Verdict.APPROVED)),
          Map.entry("payment_refund_declined", new Event(OperationKind.REFUND, Verdict.DECLINED)),
          Map.entry("payment_refund_pending", new Event(OperationKind.REFUND, Verdict.PENDING)));

  private CheckoutComWebhooks() {}

  static Notification read(Map<String, @Nullable Object> body) {
    JsonTree event = JsonTree.of(body);
    String type = event.at("type").text();
    if (type == null) {
      return new Notification.Unread("Checkout.com's notification has no type");
    }
    Event known = EVENTS.get(type);
    return known == null
        ? new Notification.Other(String.valueOf(new ProviderWords(type, null).code()))
        : outcome(type, known, event);
  }

  private static Notification outcome(String type, Event known, JsonTree body) {
    JsonTree data = body.at("data");
    String payment = data.at("id").id();
    boolean authorize = known.kind == OperationKind.AUTHORIZE;
    String id = authorize ? payment : data.at("action_id").id();
    String reference = data.at("reference").id();
    Instant at = data.at("processed_on").time();
    Instant told = at == null ? body.at("timestamp").time() : at;
    String event = body.at("id").id();
    if (event == null || payment == null || id == null || told == null) {
      return new Notification.Unread("Checkout.com's notification lacks what it is about");
    }
    if (reference == null) {
      return new Notification.Other(type); // made elsewhere
    }
    return new Notification.Outcome(
        event,
        new Notification.About(reference, known.kind, id, authorize ? null : payment),
        result(type, known, id, data),
        CheckoutComConnector.AMOUNTS.money(data.at("amount"), data.at("currency")),
        told);
  }

  private static ProviderResult result(String type, Event event, String id, JsonTree data) {
    String code = data.at("response_code").text();
    ProviderWords said = new ProviderWords(code, data.at("response_summary").text());
    return switch (event.verdict) {
      case APPROVED -> new Approved(id, CheckoutComDetails.of(data, said));
      case PENDING -> new Pending(id);
      case DECLINED ->
          new Declined(
              decline(type, code),
              id,
              new Details(
                  Checks.NONE,
                  null,
                  null,
                  null,
                  event.kind == OperationKind.REFUND ? "unknown" : null,
                  false,
                  CheckoutComDetails.advice(data),
                  code == null ? new ProviderWords(type, said.message()) : said));
    };
  }

  private static DeclineCode decline(String type, @Nullable String code) {
    if (type.equals("payment_authentication_failed")) {
      return DeclineCode.AUTHENTICATION_FAILED;
    }
    return code == null ? DeclineCode.GENERIC_DECLINE : CheckoutComCodes.decline(code);
  }
}
