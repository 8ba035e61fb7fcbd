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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * A bank's moves of one dispute's money as a provider tells them, each by itself: whatever order
 * they come in, and how often, and which of them were answered meanwhile, the books end alike.
 */
class DisputeMovesProperties {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final long ALL = 1_999;
  private static final long FEE = FeeSchedule.SANDBOX.dispute();

  private static DisputeNotice notice(long sequence, Stage stage, long amount) {
    return new DisputeNotice(
        "dsp_1",
        "op_0",
        sequence,
        Money.of(amount, "usd"),
        "general",
        null,
        stage,
        NOW,
        null,
        true);
  }

  /** Amounts that add up, in up to three parts; any of it may be missing. */
  private static List<DisputeNotice> history(Random random) {
    List<DisputeNotice> told = new ArrayList<>();
    List<Stage> way = List.of(Stage.INQUIRY, Stage.INQUIRY, Stage.CHARGEBACK, Stage.WON);
    for (int n = 0; n < 7; n++) {
      Stage stage = n < way.size() ? way.get(n) : n == 6 ? Stage.WON : Stage.LOST;
      if (random.nextInt(4) == 0) {
        continue;
      }
      if (stage != Stage.WON) {
        told.add(notice(n + 1, stage, random.nextInt(3) == 0 ? 1_500 : ALL));
        continue;
      }
      long left = ALL;
      for (int part = random.nextInt(3); part >= 0 && left > 0; part--) {
        long amount = part == 0 && random.nextBoolean() ? left : 1 + random.nextInt((int) left);
        told.add(notice(n + 1, stage, amount));
        left -= amount;
      }
    }
    return told.isEmpty() ? List.of(notice(3, Stage.CHARGEBACK, ALL)) : told;
  }

  @Property(tries = 3_000)
  void neitherOrderNorCopiesLeaveATrace(@ForAll long seed) {
    Random random = new Random(seed);
    List<DisputeNotice> history = history(random);
    World orderly = new World();
    history.forEach(orderly::take);
    List<DisputeNotice> shuffled = new ArrayList<>(history);
    history.stream().filter(each -> random.nextBoolean()).forEach(shuffled::add);
    Collections.shuffle(shuffled, random);
    World disorderly = new World();
    shuffled.forEach(disorderly::take);
    assertThat(disorderly.end()).as(history.toString()).isEqualTo(orderly.end());
  }

  @Example
  void aHalfIsHalfAndTwoAreAll() {
    World world = new World();
    world.take(notice(4, Stage.WON, 1_000));
    assertThat(world.moved()).as("what it gave back it had taken").isEqualTo(-FEE);
    world.take(notice(3, Stage.CHARGEBACK, ALL));
    assertThat(world.moved()).isEqualTo(-(ALL - 1_000) - FEE);
    assertThat(world.status()).isEqualTo(Dispute.Status.WON);
    world.take(notice(4, Stage.WON, 999));
    assertThat(world.moved()).isEqualTo(-FEE);
    world.take(notice(5, Stage.LOST, ALL));
    assertThat(world.moved()).isEqualTo(-ALL - FEE);
    world.take(notice(4, Stage.WON, 999));
    assertThat(world.moved()).as("a copy").isEqualTo(-ALL - FEE);
    assertThat(world.status()).isEqualTo(Dispute.Status.LOST);
  }

  /** Disputes of releases that kept no moves. */
  @Example
  void whatWasBookedBeforeMovesWereKeptCounts() {
    World world = new World();
    world.take(notice(3, Stage.CHARGEBACK, ALL));
    world.forget();
    world.take(notice(4, Stage.WON, 1_000));
    assertThat(world.moved()).isEqualTo(-(ALL - 1_000) - FEE);
    world.take(notice(5, Stage.LOST, 500));
    assertThat(world.moved()).isEqualTo(-(ALL - 500) - FEE);
  }

  private static final class World {
    private Charge charge =
        new Charge(
            Head.fresh("ch_1", "acct_1", false, NOW),
            "pi_1",
            Money.of(ALL, "usd"),
            new Charge.Standing(Charge.Status.SUCCEEDED, ALL, 0, false, Contest.NONE),
            "auth_1",
            "txn_0",
            Map.of());
    private @Nullable Dispute dispute;
    private int steps;

    /** Step by step, as the intake does. */
    void take(DisputeNotice told) {
      for (int step = 0; step < 4; step++) {
        DisputeNotice news = DisputeMachine.news(dispute, told, NOW.toEpochMilli());
        if (news == null) {
          check();
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
      assertThat(transition.bookings()).hasSizeLessThanOrEqualTo(1);
      for (Entity object : transition.objects()) {
        if (object instanceof Dispute changed) {
          dispute = changed;
        } else if (object instanceof Charge changed) {
          charge = changed;
        }
      }
      List<BalanceTransaction> all = known().bookings();
      transition.bookings().forEach(booking -> assertThat(all.getLast()).isEqualTo(booking));
    }

    void forget() {
      Dispute.Claim claim = known().claim();
      dispute =
          known()
              .claiming(
                  new Dispute.Claim(claim.amount(), claim.reason(), null, null, DisputeMoves.NONE));
    }

    private void check() {
      assertThat(known().held()).isBetween(0L, ALL);
      assertThat(charge.standing().contest()).isEqualTo(new Contest(true, known().held()));
      assertThat(known().bookings().stream().mapToLong(b -> b.fee().minorUnits()).sum())
          .isEqualTo(known().bookings().isEmpty() ? 0 : FEE);
      assertThat(
              Dispute.read(
                  known().head(),
                  Doc.parse(dev.portcullis.wire.json.Json.writeString(known().doc()))))
          .isEqualTo(dispute);
    }

    private Dispute known() {
      return Objects.requireNonNull(dispute);
    }

    Dispute.Status status() {
      return known().status();
    }

    long moved() {
      return known().bookings().stream()
          .mapToLong(b -> b.amount().minorUnits() - b.fee().minorUnits())
          .sum();
    }

    String end() {
      return "%s of %s, moved %d, held %s"
          .formatted(status(), known().claim().amount(), moved(), charge.standing().contest());
    }
  }
}
