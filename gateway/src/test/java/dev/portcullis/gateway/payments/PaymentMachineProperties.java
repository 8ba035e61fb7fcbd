package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.journal.LedgerLine;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.payments.PaymentIntent.Status;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Random commands and answers, in any order, late and twice: whatever comes, the money adds up and
 * the events tell the same story as the objects.
 */
class PaymentMachineProperties {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  /** What happens next; numbers choose among what is possible. */
  private record Move(Kind kind, long number) {}

  private enum Kind {
    CONFIRM,
    CAPTURE,
    CANCEL,
    UPDATE,
    REFUND,
    ANSWER_PAYMENT,
    ANSWER_REFUND
  }

  @Provide
  Arbitrary<List<Move>> moves() {
    Arbitrary<Move> move =
        net.jqwik.api.Combinators.combine(
                Arbitraries.of(Kind.class), Arbitraries.longs().between(0, 1_000_000))
            .as(Move::new);
    return move.list().ofMinSize(1).ofMaxSize(40);
  }

  @Property(tries = 2_000)
  void theMoneyAddsUpAndTheEventsTellTheSameStory(
      @ForAll("moves") List<Move> moves, @ForAll boolean manual, @ForAll boolean byHand) {
    World world = new World(manual, byHand);
    for (Move move : moves) {
      world.make(move);
      world.check();
    }
  }

  /** The objects, the operations that were asked, and what the provider really did. */
  private static final class World {
    private PaymentIntent intent;
    private final Map<String, Charge> charges = new LinkedHashMap<>();
    private final Map<String, Refund> refunds = new LinkedHashMap<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Attempt> repayments = new ArrayList<>();
    private final List<BalanceTransaction> bookings = new ArrayList<>();
    private final List<Fact> facts = new ArrayList<>();
    private int nextId;

    /** Whether the merchant has confirmed since the shopper was last asked. */
    private boolean confirmed;

    World(boolean manual, boolean byHand) {
      Transition created =
          PaymentMachine.create(
              Head.fresh("pi_1", "acct_1", false, NOW), terms(manual, byHand, 1_000), Map.of());
      intent = (PaymentIntent) created.objects().getFirst();
      facts.addAll(created.facts());
    }

    private static PaymentIntent.Terms terms(boolean manual, boolean byHand, long amount) {
      return new PaymentIntent.Terms(
          Money.of(amount, "usd"), manual, byHand, null, "pm_1", null, "https://shop.example/");
    }

    private String id(String prefix) {
      return prefix + "_" + ++nextId;
    }

    void make(Move move) {
      switch (move.kind) {
        case CONFIRM -> {
          if (intent.awaitsSecondConfirmation()) {
            confirmAgain(move);
          } else {
            decide(confirm());
          }
        }
        case CAPTURE -> latestCharge(move);
        case CANCEL -> decide(new Command.Cancel(id("op"), latest(), "duplicate"));
        case UPDATE ->
            decide(
                new Command.Update(
                    terms(
                        intent.terms().manualCapture(),
                        intent.terms().manualConfirmation(),
                        1 + move.number % 5_000),
                    Map.of()));
        case REFUND -> refund(move);
        case ANSWER_PAYMENT -> answerPayment(move);
        case ANSWER_REFUND -> answerRefund(move);
      }
    }

    private Command confirm() {
      PaymentIntent.Terms terms =
          intent.terms().paymentMethod() == null
              ? intent.terms().withPaymentMethod("pm_2")
              : intent.terms();
      return new Command.Confirm(
          terms,
          intent.details(),
          id("op"),
          false,
          Shopper.UNKNOWN,
          Challenge.ifNeeded("https://pay.example/back"),
          null);
    }

    private void confirmAgain(Move move) {
      Charge charge = Objects.requireNonNull(latest());
      PaymentIntent before = intent;
      boolean same = move.number % 3 != 0;
      PaymentIntent.Terms wanted =
          same ? before.terms() : before.terms().withPaymentMethod("pm_other");
      decide(new Command.ConfirmAgain(wanted, before.details(), id("op"), charge));
      assertThat(intent.status() == before.status())
          .as("the shopper agreed to these terms alone")
          .isEqualTo(!same);
    }

    private void latestCharge(Move move) {
      Charge charge = latest();
      if (charge != null && charge.providerReference() != null) {
        decide(new Command.Capture(id("op"), charge, 1 + move.number % 6_000));
      }
    }

    private @Nullable Charge latest() {
      String id = intent.progress().latestCharge();
      return id == null ? null : charges.get(id);
    }

    private void decide(Command command) {
      PaymentIntent before = intent;
      switch (PaymentMachine.transition(intent, command, NOW)) {
        case Decision.Refusal(var error) -> assertThat(error.status()).isEqualTo(400);
        case Transition transition -> {
          confirmed |= command instanceof Command.Confirm;
          confirmed |= command instanceof Command.ConfirmAgain;
          assertThat(before.status())
              .as("nothing but an answer moves what is under way or over")
              .satisfiesAnyOf(
                  s -> assertThat(s).isNotIn(Status.PROCESSING, Status.SUCCEEDED, Status.CANCELED),
                  s -> assertThat(command).isInstanceOf(Command.Update.class),
                  s -> assertThat(command).isInstanceOf(Command.Answer.class));
          take(transition);
          confirmed &= intent.status() != Status.REQUIRES_ACTION;
          if (transition.ask() != null) {
            String charge =
                transition.ask() instanceof ProviderOperation.Authorize
                    ? id("ch")
                    : intent.progress().latestCharge();
            attempts.add(
                new Attempt(
                    transition.ask(),
                    Way.to(Provider.SANDBOX),
                    "payment_intent",
                    "pi_1",
                    charge,
                    Map.of("id", "pm_1"),
                    false));
          }
        }
      }
    }

    private void take(Transition transition) {
      for (Entity object : transition.objects()) {
        switch (object) {
          case PaymentIntent changed -> {
            assertThat(changed.head().version()).isEqualTo(intent.head().version() + 1);
            intent = changed;
          }
          case Charge charge -> {
            Charge before = charges.put(charge.head().id(), charge);
            int version = before == null ? 0 : before.head().version();
            assertThat(charge.head().version()).isEqualTo(version + 1);
          }
          case Refund refund -> refunds.put(refund.head().id(), refund);
          case SetupIntent setup -> throw new AssertionError("no set-up here");
          case Dispute dispute -> throw new AssertionError("no dispute here");
        }
      }
      facts.addAll(transition.facts());
      bookings.addAll(transition.bookings());
      long sum =
          transition.bookings().stream()
              .flatMap(booking -> booking.lines().stream())
              .mapToLong(line -> line.amount().minorUnits())
              .sum();
      assertThat(sum).as("each step balances").isZero();
    }

    private Bookkeeper books() {
      return new Bookkeeper(id("txn"), NOW, FeeSchedule.SANDBOX);
    }

    private void answerPayment(Move move) {
      if (attempts.isEmpty()) {
        return;
      }
      Attempt attempt = attempts.get((int) (move.number % attempts.size()));
      decide(
          new Command.Answer(
              attempt,
              attempt.charge() == null ? null : charges.get(attempt.charge()),
              result(attempt, move.number / 7),
              id("op"),
              move.number % 2 == 0,
              books()));
    }

    private static ProviderResult result(Attempt attempt, long number) {
      String reference = "auth_" + attempt.ask().id();
      boolean authorize = attempt.ask() instanceof ProviderOperation.Authorize;
      return switch ((int) (number % (authorize ? 8 : 6))) {
        case 0, 6 -> new ProviderResult.Approved(reference, ProviderResult.Details.NONE);
        case 1 ->
            new ProviderResult.Declined(
                DeclineCode.DO_NOT_HONOR, reference, ProviderResult.Details.NONE);
        case 2 -> new ProviderResult.Pending(reference);
        case 3 -> new ProviderResult.Unknown("nobody knows");
        case 4 ->
            new ProviderResult.Rejected(
                number % 3 == 0
                    ? ProviderResult.Rejected.Kind.CARD_GONE
                    : ProviderResult.Rejected.Kind.MALFORMED,
                "not like this",
                ProviderWords.NONE);
        case 5 -> new ProviderResult.NotFound();
        default -> new ProviderResult.RequiresAction(reference, "https://bank.example/");
      };
    }

    private void refund(Move move) {
      Charge charge = latest();
      if (charge == null) {
        return;
      }
      Decision decision =
          RefundMachine.create(
              charge,
              Head.fresh(id("re"), "acct_1", false, NOW),
              id("op"),
              1 + move.number % 2_000,
              Map.of());
      if (decision instanceof Transition transition) {
        take(transition);
        Refund refund = Objects.requireNonNull(transition.find(Refund.class));
        repayments.add(
            new Attempt(
                Objects.requireNonNull(transition.ask()),
                Way.to(Provider.SANDBOX),
                "refund",
                refund.head().id(),
                charge.head().id(),
                Map.of(),
                false));
      }
    }

    private void answerRefund(Move move) {
      if (repayments.isEmpty()) {
        return;
      }
      Attempt attempt = repayments.get((int) (move.number % repayments.size()));
      Refund refund = Objects.requireNonNull(refunds.get(attempt.object()));
      Charge charge = Objects.requireNonNull(charges.get(refund.charge()));
      take(RefundMachine.answer(refund, charge, result(attempt, move.number / 7), books()));
    }

    void check() {
      PaymentIntent.Progress progress = intent.progress();
      long amount = intent.amount().minorUnits();
      assertThat(progress.received()).isBetween(0L, amount);
      assertThat(progress.capturable()).isBetween(0L, amount);
      assertThat(progress.received() == 0 || progress.capturable() == 0).isTrue();
      assertThat(progress.received() > 0).isEqualTo(intent.status() == Status.SUCCEEDED);
      assertThat(!intent.terms().manualConfirmation() || progress.received() == 0 || confirmed)
          .as("what the shopper was asked for is taken when the merchant has confirmed again")
          .isTrue();
      if (intent.status() == Status.REQUIRES_CONFIRMATION && progress.capturable() > 0) {
        assertThat(intent.terms().manualConfirmation()).isTrue();
        assertThat(Objects.requireNonNull(latest()).providerReference()).isNotNull();
      }
      assertThat(progress.nextAction() != null)
          .isEqualTo(intent.status() == Status.REQUIRES_ACTION);
      long captured = 0;
      for (Charge charge : charges.values()) {
        captured += charge.standing().captured();
        assertThat(charge.standing().refunded()).isBetween(0L, charge.standing().captured());
        assertThat(charge.standing().refunded()).isEqualTo(onTheirWayBack(charge));
      }
      assertThat(captured).as("what was taken is what was received").isEqualTo(progress.received());
      checkLedger(captured);
      checkEvents();
      checkDocuments();
    }

    private long onTheirWayBack(Charge charge) {
      return refunds.values().stream()
          .filter(r -> r.charge().equals(charge.head().id()))
          .filter(r -> r.status() != Refund.Status.FAILED)
          .mapToLong(r -> r.amount().minorUnits())
          .sum();
    }

    private void checkLedger(long captured) {
      long earned =
          bookings.stream()
              .flatMap(booking -> booking.lines().stream())
              .filter(l -> l.account() == LedgerLine.Account.MERCHANT_BALANCE)
              .mapToLong(l -> -l.amount().minorUnits())
              .sum();
      long given =
          refunds.values().stream()
              .filter(r -> r.status() == Refund.Status.SUCCEEDED)
              .mapToLong(r -> r.amount().minorUnits())
              .sum();
      long fees = bookings.stream().mapToLong(booking -> booking.fee().minorUnits()).sum();
      assertThat(earned).isEqualTo(captured - given - fees);
      assertThat(earned)
          .isEqualTo(bookings.stream().mapToLong(booking -> booking.net().minorUnits()).sum());
      for (Charge charge : charges.values()) {
        checkBooking(charge.balanceTransaction(), charge.head().id(), charge.standing().captured());
      }
      for (Refund refund : refunds.values()) {
        boolean paid = refund.status() == Refund.Status.SUCCEEDED;
        checkBooking(
            refund.balanceTransaction(),
            refund.head().id(),
            paid ? -refund.amount().minorUnits() : 0);
      }
    }

    /** What moved money names the one transaction that booked it; what did not names none. */
    private void checkBooking(@Nullable String transaction, String source, long amount) {
      List<BalanceTransaction> found =
          bookings.stream().filter(booking -> booking.source().equals(source)).toList();
      if (amount == 0) {
        assertThat(transaction).isNull();
        assertThat(found).isEmpty();
        return;
      }
      assertThat(found).hasSize(1);
      assertThat(found.getFirst().id()).isEqualTo(transaction);
      assertThat(found.getFirst().amount().minorUnits()).isEqualTo(amount);
    }

    private void checkEvents() {
      assertThat(count("payment_intent.succeeded"))
          .isEqualTo(intent.status() == Status.SUCCEEDED ? 1 : 0);
      assertThat(count("payment_intent.canceled"))
          .isEqualTo(intent.status() == Status.CANCELED ? 1 : 0);
      long succeeded =
          charges.values().stream()
              .filter(c -> c.standing().status() == Charge.Status.SUCCEEDED)
              .count();
      assertThat(count("charge.succeeded")).isEqualTo(succeeded);
      assertThat(count("charge.failed")).isEqualTo(charges.size() - succeeded);
      assertThat(count("refund.created")).isEqualTo(refunds.size());
      Set<Status> last = Set.of(Status.SUCCEEDED, Status.CANCELED);
      Fact lastOfPayment =
          facts.stream().filter(f -> f.subject() instanceof PaymentIntent).toList().getLast();
      if (last.contains(intent.status())) {
        assertThat(((PaymentIntent) lastOfPayment.subject()).status()).isEqualTo(intent.status());
      }
    }

    private long count(String type) {
      return facts.stream().filter(f -> f.type().equals(type)).count();
    }

    /** What is stored is what is read. */
    private void checkDocuments() {
      assertThat(PaymentIntent.read(intent.head(), stored(intent))).isEqualTo(intent);
      for (Charge charge : charges.values()) {
        assertThat(Charge.read(charge.head(), stored(charge))).isEqualTo(charge);
      }
      for (Refund refund : refunds.values()) {
        assertThat(Refund.read(refund.head(), stored(refund))).isEqualTo(refund);
      }
    }

    private static Doc stored(Entity entity) {
      return Doc.parse(dev.portcullis.wire.json.Json.writeString(entity.doc()));
    }
  }
}
