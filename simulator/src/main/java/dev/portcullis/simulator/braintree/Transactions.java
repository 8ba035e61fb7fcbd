package dev.portcullis.simulator.braintree;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.AuthorizationRequest;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Operation.Status;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Story;
import dev.portcullis.simulator.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What both APIs do. A transaction settles a day after it was submitted for that: until then it can
 * be voided as a whole, and only afterwards be refunded.
 */
final class Transactions {

  /** Ids are numbers of eight digits in base 36 from here on. */
  private static final long FIRST = 78_364_164_096L;

  private static final Duration UNTIL_SETTLED = Duration.ofDays(1);
  private static final String SETTLED = "settled";

  private final Desk desk;

  Transactions(Desk desk) {
    this.desk = desk;
  }

  /**
   * A payment that is wanted.
   *
   * @param key the idempotency key, or a text that was never there
   * @param amount as it came
   * @param merchantAccount which says the currency, too
   * @param orderId the merchant's name for it, or null
   * @param capture whether to submit it for settlement at once
   * @param stored whether the merchant will keep the card
   * @param verifying what the network called the payment that the card was kept with, or null
   * @param address whether there is one to compare
   * @param authenticated whether it brings the proof of an authentication that was done elsewhere
   */
  record Wanted(
      String key,
      @Nullable String amount,
      @Nullable String merchantAccount,
      @Nullable String orderId,
      boolean capture,
      boolean stored,
      @Nullable String verifying,
      boolean address,
      boolean authenticated) {

    /** A merchant account has one currency: here, the code that its id ends with, or dollars. */
    String currency() {
      String id = merchantAccount == null ? "" : merchantAccount.toLowerCase(Locale.ROOT);
      String ending = id.length() < 3 ? "" : id.substring(id.length() - 3);
      return Currency.find(ending).map(Currency::code).orElse("usd");
    }
  }

  static Refused invalid(String code, String message, String attribute) {
    return new Refused(422, code, message, attribute);
  }

  /**
   * Why such a card is no card.
   *
   * @throws Refused with Braintree's code for it
   */
  void requireCard(CardData card) {
    String flaw = card.flaw(YearMonth.from(desk.clock().instant().atZone(ZoneOffset.UTC)));
    if (flaw == null || flaw.equals("expired_card")) {
      if (card.story() == Story.NOT_A_TEST_CARD) {
        throw invalid("81717", "Credit card number is not an accepted test number.", "number");
      }
      return;
    }
    throw switch (flaw) {
      case "invalid_expiry_month" ->
          invalid("81712", "Expiration month is invalid.", "expiration_month");
      case "invalid_expiry_year" ->
          invalid("81713", "Expiration year is invalid.", "expiration_year");
      case "invalid_cvc" ->
          invalid(
              "81707",
              "CVV must be 4 digits for American Express and 3 digits for other card types.",
              "cvv");
      default -> invalid("81715", "Credit card number is invalid.", "number");
    };
  }

  /** The number of a card as it came. */
  static String number(Tree card) {
    String number = card.at("number").scalar();
    if (!number.matches("[0-9]{12,19}")) {
      throw invalid("81716", "Credit card number must be 12-19 digits.", "number");
    }
    return number;
  }

  private static Refused otherInput() {
    return invalid(
        "invalid_api_request_key", "The apiRequestKey came before with another input.", "base");
  }

  /**
   * The payment that was made with that key before, as it stands now.
   *
   * @throws Refused if it was something else
   */
  Optional<Authorization> earlier(Wanted wanted) {
    Optional<Operation> earlier = desk.books().lookup(wanted.key());
    if (earlier.isEmpty()) {
      return Optional.empty();
    }
    if (earlier.get() instanceof Authorization payment
        && payment.terms().amount() == Amounts.read(wanted.amount(), wanted.currency())
        && payment.terms().currency().equals(wanted.currency())
        && Objects.equals(payment.notes().alias(), wanted.orderId())) {
      return Optional.of(payment);
    }
    throw otherInput();
  }

  /**
   * What followed the payment with that key before.
   *
   * @throws Refused if it was something else
   */
  Optional<Movement> earlier(String key, Authorization payment) {
    Optional<Operation> earlier = desk.books().lookup(key);
    if (earlier.isEmpty()) {
      return Optional.empty();
    }
    if (earlier.get() instanceof Movement movement
        && movement.authorization().equals(payment.identity().id())) {
      return Optional.of(movement);
    }
    throw otherInput();
  }

  Authorization pay(Wanted wanted, Tokens.Card given) {
    CardData card = given.card();
    requireCard(card);
    String currency = wanted.currency();
    Operation.Terms terms =
        new Operation.Terms(
            Amounts.read(wanted.amount(), currency),
            currency,
            wanted.capture(),
            wanted.stored(),
            card.last4(),
            card.story());
    Operation.Notes notes =
        new Operation.Notes(
            wanted.orderId(),
            Map.of(
                "merchant_account",
                wanted.merchantAccount() == null ? "" : wanted.merchantAccount(),
                "brand",
                card.brand(),
                "expiry",
                card.expiry(),
                "address",
                wanted.address() || given.address() ? "given" : ""));
    // Its 3-D Secure needs a script of Braintree's in the browser: nobody can be asked from here.
    return desk.books()
        .authorize(
            new AuthorizationRequest(
                wanted.key(),
                terms,
                card,
                false,
                wanted.verifying(),
                "https://www.braintreepayments.com/",
                new AuthorizationRequest.Way(false, true, notes, wanted.authenticated())));
  }

  /** A payment by its short name. */
  Authorization payment(String legacyId) {
    if (find(legacyId).orElse(null) instanceof Authorization authorization) {
      return authorization;
    }
    throw new Refused(404, "not_found", "There is no such transaction.", null);
  }

  /** A transaction or a refund by its short name. */
  Optional<Operation> find(String legacyId) {
    if (!legacyId.matches("[0-9a-z]{8}")) {
      return Optional.empty();
    }
    long number = Long.parseLong(legacyId, 36) - FIRST;
    if (number < 0 || number > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    return desk.books()
        .at((int) number)
        .filter(
            found ->
                found instanceof Authorization
                    || (found instanceof Movement movement && movement.kind() == Kind.REFUND));
  }

  static String legacyId(Operation operation) {
    return Long.toString(FIRST + operation.identity().number(), 36);
  }

  Authorization capture(Authorization payment, String key, @Nullable String amount) {
    if (earlier(key, payment).isPresent()) {
      return payment;
    }
    if (!shown(payment).status().equals("AUTHORIZED")) {
      throw invalid("91507", "Cannot submit for settlement unless status is authorized.", "base");
    }
    long wanted =
        amount == null
            ? payment.terms().amount()
            : Amounts.read(amount, payment.terms().currency());
    if (wanted > payment.terms().amount()) {
      throw invalid("91522", "Settlement amount is too large.", "amount");
    }
    move(Kind.CAPTURE, payment, key, wanted, null);
    return again(payment);
  }

  Authorization cancel(Authorization payment, String key) {
    if (earlier(key, payment).isPresent()) {
      return payment;
    }
    String status = shown(payment).status();
    if (!status.equals("AUTHORIZED") && !status.equals("SUBMITTED_FOR_SETTLEMENT")) {
      throw invalid(
          "91504",
          "Transaction can only be voided if status is authorized, submitted_for_settlement, or"
              + " - for PayPal - settlement_pending.",
          "base");
    }
    move(Kind.VOID, payment, key, 0, null);
    return again(payment);
  }

  Movement refund(
      Authorization payment, String key, @Nullable String amount, @Nullable String orderId) {
    Optional<Movement> earlier = earlier(key, payment);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    if (!shown(payment).status().equals("SETTLED")) {
      throw invalid("91506", "Cannot refund transaction unless it is settled.", "base");
    }
    long rest = payment.funds().captured() - payment.funds().refunded();
    if (rest == 0) {
      throw invalid("91512", "Transaction has already been completely refunded.", "base");
    }
    long wanted = amount == null ? rest : Amounts.read(amount, payment.terms().currency());
    if (wanted > rest) {
      throw invalid("91521", "Refund amount is too large.", "amount");
    }
    String order = orderId == null ? payment.notes().alias() : orderId;
    return move(Kind.REFUND, payment, key, wanted, order);
  }

  private Movement move(
      Kind kind, Authorization payment, String key, long amount, @Nullable String orderId) {
    Operation.Notes notes =
        new Operation.Notes(null, orderId == null ? Map.of() : Map.of("order", orderId));
    return desk.books()
        .move(
            new MovementRequest(
                kind,
                key,
                payment.identity().id(),
                amount,
                null,
                new MovementWay(true, false, notes)));
  }

  Authorization again(Authorization payment) {
    return again(payment.identity().id());
  }

  private Authorization again(String id) {
    return desk.books()
        .find(id)
        .map(Authorization.class::cast)
        .orElseThrow(() -> new IllegalStateException("the books lost a payment"));
  }

  /** What a test may ask of the sandbox: to settle it now. */
  Authorization settle(Authorization payment) {
    if (!shown(payment).status().equals("SUBMITTED_FOR_SETTLEMENT")) {
      throw invalid("91575", "Cannot transition transaction to settled.", "base");
    }
    return desk.books()
        .annotate(
            payment.identity().id(),
            payment.notes().with(Map.of(SETTLED, desk.clock().instant().toString())));
  }

  List<Shown> named(String orderId) {
    List<Shown> found = new ArrayList<>();
    for (Operation operation : desk.books().allNamed(orderId)) {
      if (operation instanceof Authorization authorization) {
        found.addFirst(shown(authorization));
      }
    }
    return found;
  }

  Shown shown(Authorization payment) {
    List<Movement> movements = desk.books().movements(payment);
    List<Shown.Event> history = new ArrayList<>();
    history.add(authorized(payment));
    long amount = payment.terms().amount();
    if (payment.outcome().status() == Status.APPROVED && payment.terms().capture()) {
      submit(history, time(payment), payment);
    }
    List<Shown> refunds = new ArrayList<>();
    for (Movement movement : movements) {
      switch (movement.kind()) {
        case CAPTURE -> {
          amount = movement.amount();
          submit(history, time(movement), payment);
        }
        case VOID -> history.add(event("VOIDED", time(movement), null));
        case REFUND -> refunds.add(shown(movement, payment));
        case EVIDENCE, ACCEPTANCE -> throw new IllegalStateException("not of a payment");
      }
    }
    return new Shown(
        legacyId(payment),
        false,
        Amounts.write(amount, payment.terms().currency()),
        payment.notes().alias(),
        time(payment),
        history,
        payment,
        refunds);
  }

  private void submit(List<Shown.Event> history, Instant at, Authorization payment) {
    history.add(event("SUBMITTED_FOR_SETTLEMENT", at, null));
    String early = payment.notes().get(SETTLED);
    Instant due = early.isEmpty() ? at.plus(UNTIL_SETTLED) : Instant.parse(early);
    if (!payment.funds().voided() && !due.isAfter(desk.clock().instant())) {
      history.add(event("SETTLED", due, null));
    }
  }

  private static Shown.Event event(String status, Instant at, @Nullable Processor processor) {
    return new Shown.Event(status, at, processor, null);
  }

  private static Shown.Event authorized(Authorization payment) {
    String code = payment.outcome().declineCode();
    Instant at = time(payment);
    if (payment.outcome().status() == Status.APPROVED) {
      return event("AUTHORIZED", at, Processor.APPROVED);
    }
    if ("fraudulent".equals(code)) {
      return new Shown.Event("GATEWAY_REJECTED", at, null, "FRAUD");
    }
    String status = "processing_error".equals(code) ? "FAILED" : "PROCESSOR_DECLINED";
    return event(status, at, Processor.of(code));
  }

  Shown shown(Movement refund, Authorization payment) {
    Instant at = time(refund);
    List<Shown.Event> history = new ArrayList<>();
    switch (refund.status()) {
      case PENDING -> history.add(event("AUTHORIZED", at, Processor.APPROVED));
      case DECLINED -> {
        history.add(event("SUBMITTED_FOR_SETTLEMENT", at, null));
        history.add(event("SETTLEMENT_DECLINED", at, new Processor("4001", "Settlement Declined")));
      }
      default -> {
        history.add(event("SUBMITTED_FOR_SETTLEMENT", at, null));
        Instant due = at.plus(UNTIL_SETTLED);
        if (!due.isAfter(desk.clock().instant())) {
          history.add(event("SETTLED", due, null));
        }
      }
    }
    String order = refund.notes().get("order");
    return new Shown(
        legacyId(refund),
        true,
        Amounts.write(refund.amount(), refund.currency()),
        order.isEmpty() ? null : order,
        at,
        history,
        payment,
        List.of());
  }

  /** A transaction or a refund. */
  Shown shown(Operation operation) {
    return operation instanceof Movement refund
        ? shown(refund, again(refund.authorization()))
        : shown((Authorization) operation);
  }

  /** Whether that change was that it settled. */
  boolean hasSettled(Authorization before, Authorization after) {
    return before.notes().get(SETTLED).isEmpty() && !after.notes().get(SETTLED).isEmpty();
  }

  private static Instant time(Operation operation) {
    return Instant.ofEpochSecond(operation.identity().created());
  }
}
