package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads Adyen's standard webhooks, each of which may hold several items. Eight fields of an item
 * are signed, and nothing else in it is believed: no time, no reason, no additional data. The item
 * of a modification may name the payment's reference in place of the modification's; {@code
 * pspReference} is always the modification's own, as its receipt gave it.
 */
final class AdyenWebhooks {

  private static final int MOST_ITEMS = 100;

  /**
   * The events of a dispute (docs.adyen.com, "Dispute webhooks"), each with where it leads, in the
   * order in which they follow one another: the time of an event is not signed, and its code is. A
   * bank takes money with {@code CHARGEBACK}, and only then.
   */
  private static final Map<String, Step> DISPUTES =
      Map.of(
          "REQUEST_FOR_INFORMATION", new Step(1, Stage.INQUIRY),
          "NOTIFICATION_OF_CHARGEBACK", new Step(2, Stage.INQUIRY),
          "CHARGEBACK", new Step(3, Stage.CHARGEBACK),
          "CHARGEBACK_REVERSED", new Step(4, Stage.WON),
          "SECOND_CHARGEBACK", new Step(5, Stage.LOST),
          "PREARBITRATION_LOST", new Step(6, Stage.LOST),
          "PREARBITRATION_WON", new Step(7, Stage.WON));

  private record Step(long number, Stage stage) {}

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
      case String event when DISPUTES.containsKey(event) -> disputed(item, event);
      default -> new Notification.Other(String.valueOf(new ProviderWords(code, null).code()));
    };
  }

  /**
   * All of a dispute's events have its reference, and the payment's own. A bank may give back in
   * parts: what tells one part from the other is its amount, since when it happened is not signed.
   * Of two equal parts the second is not told from a copy of the first.
   */
  private static Notification disputed(JsonTree item, String event) {
    String reference = item.at("merchantReference").id();
    String id = item.at("pspReference").id();
    Money amount =
        AdyenConnector.AMOUNTS.money(item.at("amount", "value"), item.at("amount", "currency"));
    if (reference == null || id == null || amount == null || !amount.isPositive()) {
      return new Notification.Unread("Adyen's notification lacks what it is about");
    }
    Step step = Objects.requireNonNull(DISPUTES.get(event));
    String what = String.join(":", event, id, Long.toString(amount.minorUnits()));
    return new Notification.Disputed(
        what, id, reference, step.number, amount, step.stage, Telling.MOVE);
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
