package dev.portcullis.simulator.adyen;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.PrintedId;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Captures, cancellations, refunds and reversals. Each is only taken note of; whether it came true
 * is told by a notification, of what cannot be done too.
 */
final class AdyenModifications {

  /** What a modification is with Adyen: what it does, and what the notification calls it. */
  enum Kind {
    CAPTURE("captures", "capture", Operation.Kind.CAPTURE, "CAPTURE"),
    CANCEL("cancels", "cancel", Operation.Kind.VOID, "CANCELLATION"),
    REFUND("refunds", "refund", Operation.Kind.REFUND, "REFUND"),
    REVERSAL("reversals", "reverse", Operation.Kind.VOID, "CANCEL_OR_REFUND");

    private final String path;
    private final String operation;
    private final Operation.Kind kind;
    private final String event;

    Kind(String path, String operation, Operation.Kind kind, String event) {
      this.path = path;
      this.operation = operation;
      this.kind = kind;
      this.event = event;
    }

    String event() {
      return event;
    }

    boolean hasAmount() {
      return this == CAPTURE || this == REFUND;
    }
  }

  private final Desk desk;

  AdyenModifications(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    for (Kind kind : Kind.values()) {
      desk.post("/v71/payments/{psp}/" + kind.path, kind.operation, call -> modify(kind, call));
    }
  }

  private Answer modify(Kind kind, Call call) {
    Tree body = new Tree(call.body());
    String account = AdyenPayments.merchantAccount(call);
    AdyenAmounts.@Nullable Amount amount =
        kind.hasAmount() ? AdyenAmounts.read(body.at("amount")) : null;
    Operation.Authorization payment = payment(call.variable("psp"));
    String reference = body.at("reference").text();
    MovementRequest request =
        new MovementRequest(
            kind.kind,
            call.reference(),
            payment.identity().id(),
            amount == null ? 0 : amount.value(),
            amount == null ? null : amount.currency(),
            new MovementWay(
                true,
                true,
                new Operation.Notes(
                    reference, Map.of("account", account, "modification", kind.name()))));
    Operation.Movement made = move(kind, request, payment);
    return new Answer(
        201,
        new Members()
            .put("merchantAccount", account)
            .put("paymentPspReference", AdyenPayments.psp(payment))
            .put("pspReference", AdyenPayments.psp(made))
            .some("reference", reference)
            .put("status", "received")
            .some(
                "amount",
                amount == null ? null : AdyenAmounts.write(amount.value(), amount.currency()))
            .build());
  }

  private Operation.Movement move(
      Kind kind, MovementRequest request, Operation.Authorization payment) {
    if (kind == Kind.CANCEL && payment.funds().captured() > 0) {
      return desk.books().fail(request, "Transaction has already been captured");
    }
    try {
      return desk.books().move(request);
    } catch (Refused refused) {
      if (refused.code().equals("idempotency_mismatch")) {
        throw refused;
      }
      return desk.books().fail(request, reason(refused.code()));
    }
  }

  private static String reason(String code) {
    return switch (code) {
      case "amount_too_large" -> "Insufficient balance on payment";
      case "currency_mismatch" -> "Currency does not match the payment's";
      default -> "Transaction is not in a state for this modification: " + code;
    };
  }

  private Operation.Authorization payment(String psp) {
    if (PrintedId.find(desk.books(), psp).orElse(null) instanceof Operation.Authorization found) {
      return found;
    }
    throw AdyenErrors.invalid("167", "Original pspReference required for this operation");
  }
}
