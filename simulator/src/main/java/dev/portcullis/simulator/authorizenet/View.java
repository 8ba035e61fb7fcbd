package dev.portcullis.simulator.authorizenet;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Operation.Status;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Transactions as they stand. What was captured settles a day later. */
final class View {
  private static final long FIRST = 60_000_000_000L;
  private static final Duration UNTIL_SETTLED = Duration.ofDays(1);

  private final Desk desk;

  View(Desk desk) {
    this.desk = desk;
  }

  /** Its name there: digits. */
  static String id(Operation operation) {
    return Long.toString(FIRST + operation.identity().number());
  }

  /** Its payment's name. */
  String ofPayment(Movement movement) {
    return id(payment(movement));
  }

  /** A payment or a refund of that name. */
  Optional<Operation> find(String id) {
    if (!id.matches("[0-9]{11}")) {
      return Optional.empty();
    }
    long number = Long.parseLong(id) - FIRST;
    return number < 0 || number > Integer.MAX_VALUE
        ? Optional.empty()
        : desk.books().at((int) number).filter(View::isTransaction);
  }

  static boolean isTransaction(Operation operation) {
    return operation instanceof Authorization
        || (operation instanceof Movement movement && movement.kind() == Kind.REFUND);
  }

  String status(Operation transaction) {
    return switch (transaction) {
      case Authorization payment -> status(payment);
      case Movement refund -> status(refund);
      case Operation.Dispute dispute -> throw new IllegalArgumentException("no transaction");
      case Operation.Receipt receipt -> throw new IllegalArgumentException("no transaction");
    };
  }

  private String status(Authorization payment) {
    if (payment.outcome().status() != Status.APPROVED) {
      return Reason.of(payment.outcome().declineCode()).responseCode().equals("2")
          ? "declined"
          : "generalError";
    }
    if (payment.funds().voided()) {
      return "voided";
    }
    if (payment.funds().captured() == 0) {
      return "authorizedPendingCapture";
    }
    Instant taken = capture(payment).map(View::time).orElse(time(payment));
    return isSettled(taken) ? "settledSuccessfully" : "capturedPendingSettlement";
  }

  private String status(Movement refund) {
    if (refund.status() == Status.DECLINED) {
      return "settlementError";
    }
    return isSettled(time(refund)) ? "refundSettledSuccessfully" : "refundPendingSettlement";
  }

  private boolean isSettled(Instant since) {
    return !since.plus(UNTIL_SETTLED).isAfter(desk.clock().instant());
  }

  private Optional<Movement> capture(Authorization payment) {
    return desk.books().movements(payment).stream()
        .filter(movement -> movement.kind() == Kind.CAPTURE)
        .findFirst();
  }

  static Instant time(Operation operation) {
    return Instant.ofEpochSecond(operation.identity().created());
  }

  /** What is, or will be, settled of it: of a void what would have been. */
  BigDecimal settled(Operation transaction) {
    return switch (transaction) {
      case Authorization payment ->
          decimal(
              capture(payment).map(Movement::amount).orElse(payment.terms().amount()),
              payment.terms().currency());
      case Movement refund -> decimal(refund.amount(), refund.currency());
      case Operation.Dispute dispute -> throw new IllegalArgumentException("no transaction");
      case Operation.Receipt receipt -> throw new IllegalArgumentException("no transaction");
    };
  }

  static BigDecimal decimal(long amount, String currency) {
    return BigDecimal.valueOf(amount, Currency.of(currency).exponent());
  }

  /** The payment behind it. */
  Authorization payment(Operation transaction) {
    return transaction instanceof Authorization payment
        ? payment
        : desk.books()
            .find(((Movement) transaction).authorization())
            .map(Authorization.class::cast)
            .orElseThrow(() -> new IllegalStateException("the books lost a payment"));
  }

  /** All of it, as a look-up gives it. */
  Map<String, @Nullable Object> details(Operation transaction) {
    Authorization payment = payment(transaction);
    boolean refund = transaction instanceof Movement;
    Reason reason = reason(payment);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("transId", id(transaction));
    body.put("refTransId", refund ? id(payment) : null);
    body.put("submitTimeUTC", time(transaction).toString());
    body.put("submitTimeLocal", time(transaction).toString().replace("Z", ""));
    body.put("transactionType", type(transaction));
    body.put("transactionStatus", status(transaction));
    body.put("responseCode", Long.valueOf(refund ? "1" : reason.responseCode()));
    body.put("responseReasonCode", Long.valueOf(refund ? "1" : reason.code()));
    body.put("responseReasonDescription", refund ? "Approval" : reason.text());
    if (!refund) {
      body.put("authCode", approved(payment) ? CardChecks.authorizationCode(payment) : null);
      body.put("AVSResponse", avs(payment));
      body.put("cardCodeResponse", cardCode(payment));
    }
    body.put("order", order(transaction));
    body.put(
        "authAmount",
        refund
            ? settled(transaction)
            : decimal(payment.terms().amount(), payment.terms().currency()));
    body.put("settleAmount", settled(transaction));
    body.put("payment", Map.of("creditCard", card(payment)));
    if (!refund && approved(payment)) {
      body.put("networkTransId", NetworkTransaction.of(payment));
    }
    body.values().removeIf(value -> value == null);
    return body;
  }

  static boolean approved(Authorization payment) {
    return payment.outcome().status() == Status.APPROVED;
  }

  static Reason reason(Authorization payment) {
    return approved(payment) ? Reason.APPROVED : Reason.of(payment.outcome().declineCode());
  }

  private static String type(Operation transaction) {
    if (transaction instanceof Movement) {
      return "refundTransaction";
    }
    return transaction instanceof Authorization payment && payment.terms().capture()
        ? "authCaptureTransaction"
        : "authOnlyTransaction";
  }

  private static @Nullable Map<String, Object> order(Operation transaction) {
    String invoice = transaction.notes().alias();
    return invoice == null ? null : Map.of("invoiceNumber", invoice);
  }

  private static Map<String, Object> card(Authorization payment) {
    return Map.of(
        "cardNumber",
        "XXXX" + payment.terms().last4(),
        "expirationDate",
        "XXXX",
        "cardType",
        brand(payment));
  }

  static String brand(Authorization payment) {
    return switch (payment.notes().get("brand")) {
      case "visa" -> "Visa";
      case "mastercard" -> "MasterCard";
      case "amex" -> "AmericanExpress";
      case "jcb" -> "JCB";
      case "diners" -> "DinersClub";
      default -> "Discover";
    };
  }

  /**
   * A and Z: one of the two matched; N: neither; S: the issuer has no such check; B: no address.
   */
  static String avs(Authorization payment) {
    if (payment.notes().get("address").isEmpty()) {
      return "B";
    }
    CardChecks checks = CardChecks.of(payment);
    boolean line1 = checks.line1().equals("pass");
    boolean zip = checks.postalCode().equals("pass");
    if (checks.line1().equals("unavailable")) {
      return "S";
    }
    return line1 ? (zip ? "Y" : "A") : (zip ? "Z" : "N");
  }

  static String cardCode(Authorization payment) {
    return switch (CardChecks.of(payment).cvc()) {
      case "pass" -> "M";
      case "fail" -> "N";
      default -> "P";
    };
  }

  /** One line of a list. */
  Map<String, @Nullable Object> summary(Operation transaction) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("transId", id(transaction));
    body.put("submitTimeUTC", time(transaction).toString());
    body.put("submitTimeLocal", time(transaction).toString().replace("Z", ""));
    body.put("transactionStatus", status(transaction));
    body.put("invoiceNumber", transaction.notes().alias());
    body.put("accountType", brand(payment(transaction)));
    body.put("accountNumber", "XXXX" + payment(transaction).terms().last4());
    body.put("settleAmount", settled(transaction));
    body.values().removeIf(value -> value == null);
    return body;
  }

  /** Whether it is still in the list of what has not settled. */
  boolean isUnsettled(Operation transaction) {
    return switch (status(transaction)) {
      case "settledSuccessfully", "refundSettledSuccessfully" -> false;
      case "authorizedPendingCapture" -> true;
      default -> !isSettled(time(transaction));
    };
  }

  List<Operation> newest(int most) {
    return desk.books().newest(most).stream().filter(View::isTransaction).toList();
  }
}
