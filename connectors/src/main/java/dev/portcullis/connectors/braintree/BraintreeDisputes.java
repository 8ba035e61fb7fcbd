package dev.portcullis.connectors.braintree;

import static java.util.Map.entry;

import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.kit.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Braintree tells of disputes (developer.paypal.com/braintree/docs/reference/general/webhooks/
 * dispute): all of it is signed. A bank that asks again after a decision begins another dispute, of
 * the kind {@code pre_arbitration}, which takes the money once more; a {@code retrieval} only asks.
 * Each webhook has the dispute as it stands then, so that its amounts move nothing by themselves.
 */
final class BraintreeDisputes {

  /**
   * Each kind of webhook with where it leads, in the order in which they follow one another: its
   * time is that of the telling.
   */
  private static final Map<String, Step> STEPS =
      Map.ofEntries(
          entry("dispute_opened", new Step(1, Stage.CHARGEBACK, Stage.INQUIRY)),
          entry(
              "dispute_disputed",
              new Step(2, Stage.CHARGEBACK_UNDER_REVIEW, Stage.INQUIRY_UNDER_REVIEW)),
          entry(
              "dispute_under_review",
              new Step(3, Stage.CHARGEBACK_UNDER_REVIEW, Stage.INQUIRY_UNDER_REVIEW)),
          entry("dispute_expired", new Step(4, Stage.LOST, Stage.INQUIRY_CLOSED)),
          entry("dispute_accepted", new Step(5, Stage.LOST, Stage.INQUIRY_CLOSED)),
          entry("dispute_auto_accepted", new Step(5, Stage.LOST, Stage.INQUIRY_CLOSED)),
          entry("dispute_lost", new Step(6, Stage.LOST, Stage.INQUIRY_CLOSED)),
          entry("dispute_won", new Step(7, Stage.WON, Stage.INQUIRY_CLOSED)));

  private record Step(long number, Stage ofMoney, Stage ofQuestions) {}

  private BraintreeDisputes() {}

  static boolean areTold(String kind) {
    return STEPS.containsKey(kind);
  }

  static Notification read(String kind, JsonTree dispute) {
    Step step = STEPS.get(kind);
    String id = dispute.at("id").id();
    String operation = dispute.at("transaction", "order-id").id();
    String about = dispute.at("kind").text();
    if (id != null && operation == null) {
      return new Notification.Other(kind); // made elsewhere
    }
    Stage stage = step == null ? null : stage(step, about);
    Money amount = stage == null ? null : amount(stage, dispute);
    if (step == null || stage == null || id == null || operation == null || amount == null) {
      return new Notification.Unread("Braintree's notification lacks what it is about");
    }
    return new Notification.Disputed(
        String.join(" ", kind, id, Long.toString(amount.minorUnits())),
        id,
        operation,
        step.number,
        amount,
        stage,
        Telling.STATE);
  }

  private static @Nullable Stage stage(Step step, @Nullable String about) {
    return switch (about) {
      case "chargeback", "pre_arbitration" -> step.ofMoney;
      case "retrieval" -> step.ofQuestions;
      case null, default -> null;
    };
  }

  /** What was won may be a part. */
  private static @Nullable Money amount(Stage stage, JsonTree dispute) {
    Money disputed = money(dispute, "amount-disputed");
    Money won = stage == Stage.WON ? money(dispute, "amount-won") : null;
    Money amount = won != null && won.isPositive() ? won : disputed;
    return amount == null || !amount.isPositive() ? null : amount;
  }

  private static @Nullable Money money(JsonTree dispute, String name) {
    return BraintreeConnector.AMOUNTS.decimalMoney(
        dispute.at(name), dispute.at("currency-iso-code"));
  }
}
