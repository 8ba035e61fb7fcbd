package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderWords;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Adyen's standard webhooks, each of which may hold several items. Eight fields of an item
 * are signed, and nothing else in it is believed: no time, no reason, no additional data. The item
 * of a modification may name the payment's reference in place of the modification's; {@code
 * pspReference} is always the modification's own, as its receipt gave it.
 */
final class AdyenWebhooks {

  private static final int MOST_ITEMS = 100;

  private AdyenWebhooks() {}

  static List<Notification> read(Map<String, @Nullable Object> body) {
    List<Notification> items =
        JsonTree.of(body)
            .at("notificationItems")
            .each()
            .limit(MOST_ITEMS)
            .map(item -> item(item.at("NotificationRequestItem")))
            .toList();
    return items.isEmpty()
        ? List.of(new Notification.Unread("Adyen's notification has no items"))
        : items;
  }

  private static Notification item(JsonTree item) {
    String code = item.at("eventCode").text();
    return switch (code) {
      case "AUTHORISATION" -> outcome(item, OperationKind.AUTHORIZE, false);
      case "CAPTURE" -> outcome(item, OperationKind.CAPTURE, false);
      case "CAPTURE_FAILED" -> outcome(item, OperationKind.CAPTURE, true);
      case "CANCELLATION", "CANCEL_OR_REFUND" -> outcome(item, OperationKind.CANCEL, false);
      case "REFUND" -> outcome(item, OperationKind.REFUND, false);
      case "REFUND_FAILED", "REFUNDED_REVERSED" -> outcome(item, OperationKind.REFUND, true);
      case null -> new Notification.Unread("Adyen's notification has no event code");
      default -> new Notification.Other(String.valueOf(new ProviderWords(code, null).code()));
    };
  }

  /**
   * @param undone whether the event says that what had succeeded failed after all
   */
  private static Notification outcome(JsonTree item, OperationKind kind, boolean undone) {
    String reference = item.at("merchantReference").id();
    String id = item.at("pspReference").id();
    String event = item.at("eventCode").text();
    boolean succeeded = item.at("success").is("true");
    if (reference == null || id == null || !(succeeded || item.at("success").is("false"))) {
      return new Notification.Unread("Adyen's notification lacks what it is about");
    }
    return new Notification.Outcome(
        event + ":" + id + ":" + succeeded,
        new Notification.About(reference, kind, id, item.at("originalReference").id()),
        succeeded && !undone ? new Approved(id, Details.NONE) : declined(id, kind, event),
        AdyenConnector.AMOUNTS.money(item.at("amount", "value"), item.at("amount", "currency")),
        null);
  }

  /** Why is not signed. The request that was refused tells it, when it is sent again. */
  private static Declined declined(String id, OperationKind kind, @Nullable String event) {
    return new Declined(
        DeclineCode.GENERIC_DECLINE,
        id,
        new Details(
            Checks.NONE,
            null,
            null,
            null,
            kind == OperationKind.REFUND ? "unknown" : null,
            false,
            new ProviderWords(event, null)));
  }
}
