package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.journal.LedgerLine;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * One payment, from its reservation on, with refunds and several disputes at once, in any order:
 * the ledger sums to zero, nothing goes back twice to the same side, and whoever knows the events
 * alone knows the objects.
 */
class BooksProperties {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final List<Stage> STAGES = List.of(Stage.values());
  private static final int DISPUTES = 3;

  private enum What {
    CAPTURE,
    CANCEL,
    ANSWER_PAYMENT,
    REFUND,
    ANSWER_REFUND,
    NOTICE,
    RESPOND,
    ANSWER_RESPONSE
  }

  private record Move(What what, int number) {}

  @Provide
  Arbitrary<List<Move>> moves() {
    return Combinators.combine(
            Arbitraries.frequency(
                net.jqwik.api.Tuple.of(2, What.CAPTURE),
                net.jqwik.api.Tuple.of(1, What.CANCEL),
                net.jqwik.api.Tuple.of(4, What.ANSWER_PAYMENT),
                net.jqwik.api.Tuple.of(6, What.REFUND),
                net.jqwik.api.Tuple.of(6, What.ANSWER_REFUND),
                net.jqwik.api.Tuple.of(12, What.NOTICE),
                net.jqwik.api.Tuple.of(3, What.RESPOND),
                net.jqwik.api.Tuple.of(3, What.ANSWER_RESPONSE)),
            Arbitraries.integers().between(0, 1_000_000))
        .as(Move::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(60);
  }

  @Property(tries = 1_500)
  void theLedgerTheChargeAndTheEventsTellTheSameStory(@ForAll("moves") List<Move> moves) {
    World world = new World();
    for (Move move : moves) {
      world.make(move);
      world.check();
    }
  }

  private static final class World {
    private static final long AMOUNT = 10_000;

    private final Map<String, Entity> objects = new LinkedHashMap<>();
    private final Map<String, Entity> told = new LinkedHashMap<>();
    private final List<Attempt> payments = new ArrayList<>();
    private final List<Attempt> repayments = new ArrayList<>();
    private final List<Attempt> responses = new ArrayList<>();
    private final List<BalanceTransaction> bookings = new ArrayList<>();
    private final long[] sequences = new long[DISPUTES];
    private int nextId;

    World() {
      take(
          PaymentMachine.create(
              Head.fresh("pi_1", "acct_1", false, NOW),
              new PaymentIntent.Terms(
                  Money.of(AMOUNT, "usd"),
                  true,
                  false,
                  null,
                  "pm_1",
                  null,
                  "https://shop.example/"),
              Map.of()));
      decide(
          new Command.Confirm(
              intent().terms(),
              intent().details(),
              id("op"),
              false,
              Shopper.UNKNOWN,
              Challenge.ifNeeded("https://pay.example/back"),
              null));
      answerPayment(0);
    }

    private String id(String prefix) {
      return prefix + "_" + ++nextId;
    }

    private Bookkeeper books() {
      return new Bookkeeper(id("txn"), NOW, FeeSchedule.SANDBOX);
    }

    private PaymentIntent intent() {
      return (PaymentIntent) Objects.requireNonNull(objects.get("pi_1"));
    }

    private @Nullable Charge charge() {
      return (Charge) objects.get("ch_1");
    }

    private <T extends Entity> List<T> all(Class<T> type) {
      return objects.values().stream().filter(type::isInstance).map(type::cast).toList();
    }

    void make(Move move) {
      Charge charge = charge();
      switch (move.what) {
        case CAPTURE -> {
          if (charge != null) {
            decide(new Command.Capture(id("op"), charge, 1 + move.number % AMOUNT));
          }
        }
        case CANCEL -> decide(new Command.Cancel(id("op"), charge, null));
        case ANSWER_PAYMENT -> answerPayment(move.number);
        case REFUND -> refund(charge, move.number);
        case ANSWER_REFUND -> answerRefund(move.number);
        case NOTICE -> notice(charge, move.number);
        case RESPOND -> respond(move.number);
        case ANSWER_RESPONSE -> answerResponse(move.number);
      }
    }

    private void decide(Command command) {
      if (PaymentMachine.transition(intent(), command, NOW) instanceof Transition transition) {
        take(transition);
        if (transition.ask() != null) {
          payments.add(
              new Attempt(
                  transition.ask(),
                  Way.to(Provider.SANDBOX),
                  "payment_intent",
                  "pi_1",
                  "ch_1",
                  Map.of("id", "pm_1"),
                  false));
        }
      }
    }

    private static ProviderResult result(int number) {
      return switch (number % 6) {
        case 0, 1, 2 -> new ProviderResult.Approved("ref_1", ProviderResult.Details.NONE);
        case 3 ->
            new ProviderResult.Declined(
                DeclineCode.DO_NOT_HONOR, "ref_1", ProviderResult.Details.NONE);
        case 4 -> new ProviderResult.Unknown("nobody knows");
        default -> new ProviderResult.Pending("ref_1");
      };
    }

    private void answerPayment(int number) {
      Attempt attempt = payments.get(number % payments.size());
      decide(
          new Command.Answer(
              attempt, charge(), result(number / 7), id("op"), number % 2 == 0, books()));
    }

    private void refund(@Nullable Charge charge, int number) {
      if (charge == null) {
        return;
      }
      long wanted = 1 + number % (AMOUNT / 2);
      switch (RefundMachine.create(
          charge, Head.fresh(id("re"), "acct_1", false, NOW), id("op"), wanted, Map.of())) {
        case Decision.Refusal(var error) -> {
          assertThat(error.status()).isEqualTo(400);
          assertThat(wanted > charge.refundable() || charge.standing().captured() == 0).isTrue();
        }
        case Transition transition -> {
          assertThat(wanted).isLessThanOrEqualTo(charge.refundable());
          take(transition);
          repayments.add(
              new Attempt(
                  Objects.requireNonNull(transition.ask()),
                  Way.to(Provider.SANDBOX),
                  "refund",
                  Objects.requireNonNull(transition.find(Refund.class)).head().id(),
                  "ch_1",
                  Map.of(),
                  false));
        }
      }
    }

    private void answerRefund(int number) {
      if (!repayments.isEmpty()) {
        Attempt attempt = repayments.get(number % repayments.size());
        Refund refund = (Refund) Objects.requireNonNull(objects.get(attempt.object()));
        Charge charge = Objects.requireNonNull(charge());
        take(RefundMachine.answer(refund, charge, result(number / 7), books()));
      }
    }

    /** Only of what was taken, as the intake sees to it; step by step until it is taken in. */
    private void notice(@Nullable Charge charge, int number) {
      if (charge == null || charge.standing().captured() == 0) {
        return;
      }
      int which = number % DISPUTES;
      String id = "du_" + which;
      boolean taken = objects.get(id) instanceof Dispute before && !before.bookings().isEmpty();
      sequences[which]++;
      DisputeNotice notice =
          new DisputeNotice(
              "dsp_" + which,
              "op_0",
              sequences[which],
              Money.of(1 + number % charge.standing().captured(), "usd"),
              "fraudulent",
              null,
              STAGES.get(number / 3 % STAGES.size()),
              NOW,
              NOW.plus(Duration.ofDays(9)));
      for (int step = 0; step < 3; step++) {
        Charge current = Objects.requireNonNull(charge());
        take(
            objects.get(id) instanceof Dispute dispute
                ? DisputeMachine.noticed(dispute, current, notice, books())
                : DisputeMachine.opened(
                    Head.fresh(id, "acct_1", false, NOW),
                    current,
                    Provider.SANDBOX,
                    notice,
                    books()));
      }
      Dispute dispute = (Dispute) Objects.requireNonNull(objects.get(id));
      assertThat(dispute.progress().sequence()).isEqualTo(sequences[which]);
      assertThat(dispute.status())
          .isEqualTo(
              taken && notice.stage() == DisputeNotice.Stage.INQUIRY_CLOSED
                  ? Dispute.Status.WON
                  : Dispute.Status.of(notice.stage()));
    }

    private void respond(int number) {
      if (objects.get("du_" + number % DISPUTES) instanceof Dispute dispute) {
        Map<String, @Nullable Object> said =
            Map.of("evidence", Map.of("uncategorized_text", "no. " + number));
        Decision decision =
            number % 2 == 0
                ? DisputeMachine.submit(dispute, said, id("op"), NOW)
                : DisputeMachine.accept(dispute, id("op"));
        if (decision instanceof Transition transition) {
          take(transition);
          responses.add(
              new Attempt(
                  Objects.requireNonNull(transition.ask()),
                  Way.to(Provider.SANDBOX),
                  "dispute",
                  dispute.head().id(),
                  "ch_1",
                  Map.of(),
                  false));
        }
      }
    }

    private void answerResponse(int number) {
      if (!responses.isEmpty()) {
        Attempt attempt = responses.get(number % responses.size());
        Dispute dispute = (Dispute) Objects.requireNonNull(objects.get(attempt.object()));
        take(
            number % 5 == 0
                ? DisputeMachine.parked(dispute, attempt)
                : DisputeMachine.answer(dispute, attempt, result(number / 7)));
      }
    }

    private void take(Transition transition) {
      for (Entity object : transition.objects()) {
        Entity before = objects.put(object.head().id(), object);
        int version = before == null ? 0 : before.head().version();
        assertThat(object.head().version()).isEqualTo(version + 1);
      }
      for (Fact fact : transition.facts()) {
        told.put(fact.subject().head().id(), fact.subject());
        assertThat(objects.get(fact.subject().head().id()))
            .as("an event shows what is stored with it")
            .isEqualTo(fact.subject());
      }
      bookings.addAll(transition.bookings());
    }

    void check() {
      checkLedger();
      Charge charge = charge();
      if (charge != null) {
        checkCharge(charge);
      }
      checkEvents();
    }

    private void checkLedger() {
      Map<LedgerLine.Account, Long> sums = new EnumMap<>(LedgerLine.Account.class);
      for (BalanceTransaction booking : bookings) {
        for (LedgerLine line : booking.lines()) {
          sums.merge(line.account(), line.amount().minorUnits(), Math::addExact);
        }
      }
      assertThat(sums.values().stream().mapToLong(Long::longValue).sum()).isZero();
      long captured = charge() == null ? 0 : charge().standing().captured();
      long refunded =
          all(Refund.class).stream()
              .filter(refund -> refund.status() == Refund.Status.SUCCEEDED)
              .mapToLong(refund -> refund.amount().minorUnits())
              .sum();
      long fees = bookings.stream().mapToLong(booking -> booking.fee().minorUnits()).sum();
      long merchant = -sums.getOrDefault(LedgerLine.Account.MERCHANT_BALANCE, 0L);
      assertThat(merchant).isEqualTo(captured - refunded - withdrawn() - fees);
      assertThat(intent().progress().received()).isEqualTo(captured).isLessThanOrEqualTo(AMOUNT);
    }

    private long withdrawn() {
      return all(Dispute.class).stream()
          .filter(Dispute::isWithdrawn)
          .mapToLong(dispute -> dispute.claim().amount().minorUnits())
          .sum();
    }

    private void checkCharge(Charge charge) {
      Charge.Standing standing = charge.standing();
      assertThat(standing.refunded()).isBetween(0L, standing.captured());
      assertThat(standing.contest().withdrawn()).isEqualTo(withdrawn());
      assertThat(standing.contest().raised()).isEqualTo(!all(Dispute.class).isEmpty());
      long left = standing.captured() - standing.refunded() - withdrawn();
      assertThat(charge.refundable()).isEqualTo(Math.max(0, left));
      assertThat(
              Charge.read(
                  charge.head(),
                  Doc.parse(dev.portcullis.wire.json.Json.writeString(charge.doc()))))
          .isEqualTo(charge);
    }

    /** Whoever only hears the events knows where each object stands. */
    private void checkEvents() {
      for (Dispute dispute : all(Dispute.class)) {
        Dispute last = (Dispute) Objects.requireNonNull(told.get(dispute.head().id()));
        assertThat(last.status()).isEqualTo(dispute.status());
        assertThat(last.claim()).isEqualTo(dispute.claim());
        assertThat(last.bookings()).isEqualTo(dispute.bookings());
        assertThat(last.facts()).isEqualTo(dispute.facts());
        assertThat(last.progress().submissions()).isEqualTo(dispute.progress().submissions());
      }
      for (Refund refund : all(Refund.class)) {
        Refund last = (Refund) Objects.requireNonNull(told.get(refund.head().id()));
        assertThat(last.status()).isEqualTo(refund.status());
        assertThat(last.balanceTransaction()).isEqualTo(refund.balanceTransaction());
      }
      PaymentIntent last = (PaymentIntent) Objects.requireNonNull(told.get("pi_1"));
      if (intent().status() != PaymentIntent.Status.PROCESSING) {
        assertThat(last.progress().received()).isEqualTo(intent().progress().received());
      }
    }
  }
}
