package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads Stripe's events. The object in one is as it was then, so it is read like an answer. */
final class StripeEvents {

  private static final long LAST_SECOND = 253_402_300_799L;

  private static final Money NO_MONEY = Money.of(0, "usd");

  private StripeEvents() {}

  static Notification read(Map<String, @Nullable Object> body) {
    JsonTree event = JsonTree.of(body);
    String type = event.at("type").text();
    Long created = event.at("created").number();
    String id = event.at("id").id();
    if (id == null || type == null || created == null || created < 0 || created > LAST_SECOND) {
      return new Notification.Unread("Stripe's event has no id, type or time");
    }
    Instant at = Instant.ofEpochSecond(created);
    JsonTree object = event.at("data", "object");
    if (object.at("metadata", "operation").id() == null) {
      return other(type); // of something that was made elsewhere
    }
    return switch (object.at("object").text()) {
      case "payment_intent" -> payment(object, id, at);
      case "setup_intent" -> authorized(object, null, id, at);
      case "refund" -> refund(object, id, at);
      case null, default -> other(type);
    };
  }

  private static Notification payment(JsonTree intent, String id, Instant at) {
    Money amount = amount(intent);
    return amount == null
        ? new Notification.Unread("Stripe's event has no amount")
        : authorized(intent, amount, id, at);
  }

  /** A set-up has no amount; it is read as the verification that it is. */
  private static Notification authorized(
      JsonTree intent, @Nullable Money amount, String id, Instant at) {
    String operation = operation(intent);
    return new Notification.Outcome(
        id,
        new Notification.About(operation, OperationKind.AUTHORIZE, intent.at("id").id(), null),
        StripeIntents.authorized(operation, amount == null ? NO_MONEY : amount, null, intent),
        amount,
        at);
  }

  private static Notification refund(JsonTree refund, String id, Instant at) {
    String operation = operation(refund);
    Money amount = amount(refund);
    return amount == null
        ? new Notification.Unread("Stripe's event has no amount")
        : new Notification.Outcome(
            id,
            new Notification.About(
                operation,
                OperationKind.REFUND,
                refund.at("id").id(),
                refund.at("payment_intent").id()),
            StripeRefunds.refunded(operation, amount, refund),
            amount,
            at);
  }

  private static String operation(JsonTree object) {
    return Objects.requireNonNull(object.at("metadata", "operation").id());
  }

  private static @Nullable Money amount(JsonTree object) {
    return StripeConnector.AMOUNTS.money(object.at("amount"), object.at("currency"));
  }

  private static Notification other(String type) {
    return new Notification.Other(String.valueOf(new ProviderWords(type, null).code()));
  }
}
