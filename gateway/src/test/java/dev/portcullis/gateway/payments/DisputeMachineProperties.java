package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.BalanceTransaction.Kind;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.payments.Charge.Contest;
import dev.portcullis.gateway.payments.Dispute.Status;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Random notices, some skipped, some old, some twice, between random responses and their answers:
 * the books say the same as the status, and nothing is taken or given back twice.
 */
class DisputeMachineProperties {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Money AMOUNT = Money.of(1_999, "usd");
  private static final List<Stage> STAGES = List.of(Stage.values());

  private enum What {
    NOTICE,
    OLD_NOTICE,
    SUBMIT,
    STAGE_EVIDENCE,
    ACCEPT,
    ANSWER,
    PARK
  }

  private record Move(What kind, int number) {}

  @Provide
  Arbitrary<List<Move>> moves() {
    return Combinators.combine(
            Arbitraries.of(What.class), Arbitraries.integers().between(0, 10_000))
        .as(Move::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Property(tries = 2_000)
  void theBooksSayTheSameAsTheStatus(@ForAll("moves") List<Move> moves) {
    World world = new World();
    for (Move move : moves) {
      world.make(move);
      world.check();
    }
  }

  private static final class World {
    private Charge charge =
        new Charge(
            Head.fresh("ch_1", "acct_1", false, NOW),
            "pi_1",
            AMOUNT,
            new Charge.Standing(Charge.Status.SUCCEEDED, 1_999, 0, false, Contest.NONE),
            "auth_1",
            "txn_0",
            Map.of());
    private @Nullable Dispute dispute;
    private final List<Attempt> attempts = new ArrayList<>();
    private final Set<String> ofInquiries = new HashSet<>();
    private final List<BalanceTransaction> bookings = new ArrayList<>();
    private final List<Fact> facts = new ArrayList<>();
    private long sequence;
    private int nextId;

    private String id(String prefix) {
      return prefix + "_" + ++nextId;
    }

    private Bookkeeper books() {
      return new Bookkeeper(id("txn"), NOW, FeeSchedule.SANDBOX);
    }

    void make(Move move) {
      switch (move.kind) {
        case NOTICE -> {
          sequence += 1 + move.number % 3;
          notice(sequence, STAGES.get(move.number % STAGES.size()), move.number / 7);
        }
        case OLD_NOTICE ->
            notice(
                Math.max(1, sequence - move.number % 4),
                STAGES.get(move.number % STAGES.size()),
                move.number / 7);
        case SUBMIT -> respond(move, true);
        case STAGE_EVIDENCE -> respond(move, false);
        case ACCEPT -> {
          if (dispute != null) {
            decide(DisputeMachine.accept(dispute, id("op")));
          }
        }
        case ANSWER -> answer(move);
        case PARK -> park(move);
      }
    }

    /** Step by step until it is taken in, as the intake does. */
    private void notice(long number, Stage stage, int terms) {
      sequence = Math.max(sequence, number);
      Money amount = Money.of(1_999 - 500 * (terms % 3), "usd");
      Instant dueBy = NOW.plus(Duration.ofDays(9 + terms % 2));
      boolean withdrawn = dispute != null && dispute.isWithdrawn();
      boolean taken = dispute != null && !dispute.bookings().isEmpty();
      DisputeNotice notice =
          new DisputeNotice("dsp_1", "op_0", number, amount, "fraudulent", null, stage, NOW, dueBy);
      boolean news = dispute == null || dispute.progress().sequence() < number;
      boolean keeps = withdrawn && Status.of(stage).isInquiry();
      Money told = keeps ? Objects.requireNonNull(dispute).claim().amount() : amount;
      for (int step = 0; dispute == null || dispute.progress().sequence() < number; step++) {
        assertThat(step).as("a notice is taken in within three steps").isLessThan(3);
        take(
            dispute == null
                ? DisputeMachine.opened(
                    Head.fresh("du_1", "acct_1", false, NOW),
                    charge,
                    Provider.SANDBOX,
                    notice,
                    books())
                : DisputeMachine.noticed(dispute, charge, notice, books()));
      }
      assertThat(DisputeMachine.noticed(dispute, charge, notice, books()).objects()).isEmpty();
      if (news) {
        assertThat(dispute.status())
            .isEqualTo(taken && stage == Stage.INQUIRY_CLOSED ? Status.WON : Status.of(stage));
        assertThat(dispute.claim().dueBy()).isEqualTo(dueBy);
        assertThat(dispute.claim().amount())
            .as("what is taken is what it is about")
            .isEqualTo(told);
      }
    }

    private void respond(Move move, boolean submit) {
      if (dispute == null) {
        return;
      }
      Map<String, @Nullable Object> said = new LinkedHashMap<>();
      if (move.number % 5 != 0) {
        said.put("evidence", Map.of("uncategorized_text", "no. " + move.number));
      }
      Instant now = move.number % 7 == 0 ? NOW.plus(Duration.ofDays(11)) : NOW;
      decide(
          submit
              ? DisputeMachine.submit(dispute, said, id("op"), now)
              : DisputeMachine.update(dispute, said, now));
    }

    private void decide(Decision decision) {
      switch (decision) {
        case Decision.Refusal(var error) -> assertThat(error.status()).isEqualTo(400);
        case Transition transition -> {
          take(transition);
          if (transition.ask() != null) {
            if (Objects.requireNonNull(dispute).status().isInquiry()) {
              ofInquiries.add(transition.ask().id());
            }
            attempts.add(
                new Attempt(
                    transition.ask(),
                    Way.to(Provider.SANDBOX),
                    "dispute",
                    "du_1",
                    "ch_1",
                    Map.of(),
                    false));
          }
        }
      }
    }

    private void answer(Move move) {
      if (attempts.isEmpty() || dispute == null) {
        return;
      }
      Attempt attempt = attempts.get(move.number % attempts.size());
      ProviderResult result =
          switch (move.number % 6) {
            case 0, 1 -> new ProviderResult.Approved("evid_1", ProviderResult.Details.NONE);
            case 2 ->
                new ProviderResult.Declined(
                    DeclineCode.GENERIC_DECLINE, null, ProviderResult.Details.NONE);
            case 3 ->
                new ProviderResult.Rejected(
                    ProviderResult.Rejected.Kind.OTHER, "no", ProviderWords.NONE);
            case 4 -> new ProviderResult.Unknown("nobody knows");
            default -> new ProviderResult.NotFound();
          };
      boolean current = attempt.ask().id().equals(dispute.progress().operation());
      Status before = dispute.status();
      Transition transition = DisputeMachine.answer(dispute, attempt, result);
      String other = current ? null : dispute.progress().operation();
      if (!current && !(result instanceof ProviderResult.Approved)) {
        assertThat(transition.objects()).isEmpty();
      }
      assertThat(transition.outlook() == Transition.Outlook.DONE)
          .as("only a definite answer ends it")
          .isEqualTo(move.number % 6 < 4);
      take(transition);
      assertThat(dispute.progress().operation())
          .as("what else is under way goes on")
          .isEqualTo(move.number % 6 < 4 || !current ? other : attempt.ask().id());
      if (move.number % 6 < 4) {
        // What has ended is not answered again: its row says so.
        attempts.remove(attempt);
      }
      if (before.isClosed()) {
        assertThat(dispute.status()).as("an answer opens nothing again").isEqualTo(before);
      }
      if (ofInquiries.contains(attempt.ask().id())) {
        assertThat(dispute.status() == Status.UNDER_REVIEW)
            .as("what was sent to the bank's question answers no chargeback")
            .isEqualTo(before == Status.UNDER_REVIEW);
      }
    }

    /** A response of which nothing can be learned any more locks nothing. */
    private void park(Move move) {
      if (attempts.isEmpty() || dispute == null) {
        return;
      }
      Attempt attempt = attempts.get(move.number % attempts.size());
      boolean current = attempt.ask().id().equals(dispute.progress().operation());
      Status before = dispute.status();
      Transition parked = DisputeMachine.parked(dispute, attempt);
      assertThat(parked.objects()).hasSize(current ? 1 : 0);
      assertThat(parked.outlook()).isEqualTo(Transition.Outlook.UNKNOWN);
      take(parked);
      assertThat(dispute.status()).isEqualTo(before);
      if (current) {
        assertThat(dispute.progress().operation()).isNull();
      }
    }

    private void take(Transition transition) {
      for (Entity object : transition.objects()) {
        switch (object) {
          case Dispute changed -> {
            int before = dispute == null ? 0 : dispute.head().version();
            assertThat(changed.head().version()).isEqualTo(before + 1);
            dispute = changed;
          }
          case Charge changed -> {
            assertThat(changed.head().version()).isEqualTo(charge.head().version() + 1);
            charge = changed;
          }
          case PaymentIntent intent -> throw new AssertionError("no payment here");
          case SetupIntent intent -> throw new AssertionError("no set-up here");
          case Refund refund -> throw new AssertionError("no refund here");
        }
      }
      assertThat(transition.bookings()).hasSizeLessThanOrEqualTo(1);
      for (BalanceTransaction booking : transition.bookings()) {
        assertThat(booking.lines().stream().mapToLong(l -> l.amount().minorUnits()).sum()).isZero();
        bookings.add(booking);
      }
      facts.addAll(transition.facts());
    }

    void check() {
      if (dispute == null) {
        return;
      }
      assertThat(dispute.bookings()).isEqualTo(bookings);
      for (int i = 0; i < bookings.size(); i++) {
        assertThat(bookings.get(i).kind())
            .as("taken, given back, taken, and so on")
            .isEqualTo(i % 2 == 0 ? Kind.DISPUTE : Kind.DISPUTE_REVERSAL);
      }
      long moved = bookings.stream().mapToLong(b -> b.amount().minorUnits()).sum();
      switch (dispute.status()) {
        case NEEDS_RESPONSE, UNDER_REVIEW, LOST -> assertThat(dispute.isWithdrawn()).isTrue();
        case WON -> {
          assertThat(dispute.isWithdrawn()).isFalse();
          assertThat(bookings).isNotEmpty();
        }
        case WARNING_NEEDS_RESPONSE, WARNING_UNDER_REVIEW, WARNING_CLOSED -> {}
      }
      long held = -moved;
      assertThat(held).isEqualTo(dispute.isWithdrawn() ? dispute.claim().amount().minorUnits() : 0);
      assertThat(charge.standing().contest()).isEqualTo(new Contest(true, held));
      assertThat(charge.refundable()).isEqualTo(AMOUNT.minorUnits() - held);
      assertThat(bookings.stream().mapToLong(b -> b.fee().minorUnits()).sum())
          .as("one dispute costs once")
          .isEqualTo(bookings.isEmpty() ? 0 : FeeSchedule.SANDBOX.dispute());
      assertThat(count("charge.dispute.created")).isEqualTo(1);
      assertThat(count("charge.dispute.funds_withdrawn")).isEqualTo(count(Kind.DISPUTE));
      assertThat(count("charge.dispute.funds_reinstated")).isEqualTo(count(Kind.DISPUTE_REVERSAL));
      assertThat(
              Dispute.read(
                  dispute.head(),
                  Doc.parse(dev.portcullis.wire.json.Json.writeString(dispute.doc()))))
          .isEqualTo(dispute);
      assertThat(
              Charge.read(
                  charge.head(),
                  Doc.parse(dev.portcullis.wire.json.Json.writeString(charge.doc()))))
          .isEqualTo(charge);
    }

    private long count(String type) {
      return facts.stream().filter(fact -> fact.type().equals(type)).count();
    }

    private long count(Kind kind) {
      return bookings.stream().filter(booking -> booking.kind() == kind).count();
    }
  }
}
