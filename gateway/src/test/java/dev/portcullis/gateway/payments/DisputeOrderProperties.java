package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.payments.Charge.Contest;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * A dispute's history as a provider that counts no changes shows it, look by look: read in its
 * order, and read late, twice, in any order and in part, it ends alike, and the same money is gone.
 */
class DisputeOrderProperties {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  /** On its way forward; what is decided is decided otherwise now and then. */
  private static final List<List<Stage>> WAY =
      List.of(
          List.of(Stage.INQUIRY),
          List.of(Stage.INQUIRY_UNDER_REVIEW),
          List.of(Stage.INQUIRY_CLOSED),
          List.of(Stage.CHARGEBACK),
          List.of(Stage.CHARGEBACK_UNDER_REVIEW),
          List.of(Stage.WON, Stage.LOST));

  private record Look(DisputeNotice notice, Instant asked) {}

  private static List<Look> history(Random random) {
    List<Look> looks = new ArrayList<>();
    for (List<Stage> stages : WAY) {
      for (int n = random.nextInt(4); n > 0; n--) {
        looks.add(look(looks.size(), stages.get(random.nextInt(stages.size())), random));
      }
    }
    return looks.isEmpty() ? List.of(look(0, Stage.CHARGEBACK, random)) : looks;
  }

  /** Each has another day by which evidence is due, so that none is like another. */
  private static Look look(int number, Stage stage, Random random) {
    DisputeNotice notice =
        new DisputeNotice(
            "du_there",
            "op_0",
            DisputeNotice.UNCOUNTED,
            Money.of(500 + 100L * random.nextInt(10), "usd"),
            random.nextBoolean() ? "fraudulent" : "duplicate",
            null,
            stage,
            NOW,
            NOW.plus(Duration.ofDays(9 + number)));
    return new Look(notice, NOW.plusSeconds(60L * number));
  }

  /** Each once or twice or not at all, the last one surely. */
  private static List<Look> disorderly(List<Look> history, Random random) {
    List<Look> all = new ArrayList<>(List.of(history.getLast()));
    for (Look look : history) {
      for (int n = random.nextInt(3); n > 0; n--) {
        all.add(look);
      }
    }
    Collections.shuffle(all, random);
    return all;
  }

  @Property(tries = 2_000)
  void theOrderOfLooksLeavesNoTrace(@ForAll long seed) {
    Random random = new Random(seed);
    List<Look> history = history(random);
    World orderly = new World();
    history.forEach(orderly::look);
    World disorderly = new World();
    disorderly(history, random).forEach(disorderly::look);
    assertThat(disorderly.end()).isEqualTo(orderly.end());
    DisputeNotice last = history.getLast().notice;
    assertThat(orderly.end())
        .startsWith(Dispute.Status.of(last.stage()) + " " + last.amount().minorUnits());
  }

  private static final class World {
    private Charge charge =
        new Charge(
            Head.fresh("ch_1", "acct_1", false, NOW),
            "pi_1",
            Money.of(1_999, "usd"),
            new Charge.Standing(Charge.Status.SUCCEEDED, 1_999, 0, false, Contest.NONE),
            "auth_1",
            "txn_0",
            Map.of());
    private @Nullable Dispute dispute;
    private final List<BalanceTransaction> bookings = new ArrayList<>();
    private int steps;

    /** Step by step, as the intake does. */
    void look(Look look) {
      for (int step = 0; step < 6; step++) {
        DisputeNotice news = DisputeMachine.news(dispute, look.notice, look.asked.toEpochMilli());
        if (news == null) {
          return;
        }
        Bookkeeper books = new Bookkeeper("txn_" + ++steps, NOW, FeeSchedule.SANDBOX);
        take(
            dispute == null
                ? DisputeMachine.opened(
                    Head.fresh("du_1", "acct_1", false, NOW), charge, Provider.SANDBOX, news, books)
                : DisputeMachine.noticed(dispute, charge, news, books));
      }
      throw new AssertionError("it comes to no end");
    }

    private void take(Transition transition) {
      for (Entity object : transition.objects()) {
        if (object instanceof Dispute changed) {
          dispute = changed;
        } else if (object instanceof Charge changed) {
          charge = changed;
        }
      }
      bookings.addAll(transition.bookings());
    }

    String end() {
      Dispute end = Objects.requireNonNull(dispute);
      return "%s %d %s due %s, moved %d, fees %d, held %s"
          .formatted(
              end.status(),
              end.claim().amount().minorUnits(),
              end.claim().reason(),
              end.claim().dueBy(),
              bookings.stream().mapToLong(b -> b.amount().minorUnits()).sum(),
              bookings.stream().mapToLong(b -> b.fee().minorUnits()).sum(),
              charge.standing().contest());
    }
  }
}
