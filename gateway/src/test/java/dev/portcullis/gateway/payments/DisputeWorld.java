package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.payments.Charge.Contest;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A charge of 19.99 USD and its dispute, to which notices come as the intake takes them. */
final class DisputeWorld {

  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  static final long ALL = 1_999;
  static final long FEE = FeeSchedule.SANDBOX.dispute();

  /** Taken, given back and taken again in another amount, and the same once more. */
  private static final int STEPS = 6;

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

  /** One whose charge is disputed already. */
  static DisputeWorld of(Dispute dispute) {
    DisputeWorld world = new DisputeWorld();
    world.dispute = dispute;
    world.charge = world.charge.contestedBy(dispute.held());
    return world;
  }

  Dispute known() {
    return Objects.requireNonNull(dispute);
  }

  Charge charge() {
    return charge;
  }

  void take(DisputeNotice told) {
    take(told, NOW);
  }

  /**
   * Step by step, as the intake does.
   *
   * @param asked when the provider was asked
   */
  void take(DisputeNotice told, Instant asked) {
    for (int step = 0; step < STEPS; step++) {
      DisputeNotice news = DisputeMachine.news(dispute, told, asked.toEpochMilli());
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
    transition
        .bookings()
        .forEach(booking -> assertThat(known().bookings().getLast()).isEqualTo(booking));
  }

  /** As releases stored it that kept no moves. */
  void forgetMoves() {
    Dispute.Claim claim = known().claim();
    dispute =
        known()
            .claiming(
                new Dispute.Claim(claim.amount(), claim.reason(), null, null, DisputeMoves.NONE));
  }

  private void check() {
    boolean foreign =
        !known().bookings().isEmpty()
            && !known().bookings().getLast().amount().currency().equals(charge.amount().currency());
    assertThat(known().held()).isBetween(0L, ALL);
    assertThat(charge.standing().contest())
        .isEqualTo(new Contest(true, foreign && known().held() > 0 ? ALL : known().held()));
    assertThat(fees()).isEqualTo(known().bookings().isEmpty() ? 0 : FEE);
    assertThat(Dispute.read(known().head(), Doc.parse(Json.writeString(known().doc()))))
        .isEqualTo(dispute);
  }

  private long fees() {
    return known().bookings().stream().mapToLong(b -> b.fee().minorUnits()).sum();
  }

  /** What it did to the balance, fees included. */
  long moved() {
    return -known().held() - fees();
  }

  String end() {
    Dispute end = known();
    return "%s %d %s due %s, moved %d, held %s"
        .formatted(
            end.status(),
            end.claim().amount().minorUnits(),
            end.claim().reason(),
            end.claim().dueBy(),
            moved(),
            charge.standing().contest());
  }
}
