package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A bank's moves of one dispute's money as a provider tells them, each by itself: whatever order
 * they come in, and how often, and which of them were answered meanwhile, the books end alike.
 */
class DisputeMovesProperties {

  private static final Instant NOW = DisputeWorld.NOW;
  private static final long ALL = DisputeWorld.ALL;
  private static final long FEE = DisputeWorld.FEE;

  private static DisputeNotice notice(long sequence, Stage stage, long amount) {
    return notice(sequence, stage, Money.of(amount, "usd"), Telling.MOVE);
  }

  private static DisputeNotice notice(long sequence, Stage stage, Money amount, Telling telling) {
    return new DisputeNotice(
        "dsp_1", "op_0", sequence, amount, "general", null, stage, NOW, null, telling);
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
    DisputeWorld orderly = new DisputeWorld();
    history.forEach(orderly::take);
    List<DisputeNotice> shuffled = new ArrayList<>(history);
    history.stream().filter(each -> random.nextBoolean()).forEach(shuffled::add);
    Collections.shuffle(shuffled, random);
    DisputeWorld disorderly = new DisputeWorld();
    shuffled.forEach(disorderly::take);
    assertThat(disorderly.end()).as(history.toString()).isEqualTo(orderly.end());
  }

  @Example
  void aHalfIsHalfAndTwoAreAll() {
    DisputeWorld world = new DisputeWorld();
    world.take(notice(4, Stage.WON, 1_000));
    assertThat(world.moved()).as("what it gave back it had taken").isEqualTo(-FEE);
    world.take(notice(3, Stage.CHARGEBACK, ALL));
    assertThat(world.moved()).isEqualTo(-(ALL - 1_000) - FEE);
    assertThat(world.known().status()).isEqualTo(Dispute.Status.WON);
    world.take(notice(4, Stage.WON, 999));
    assertThat(world.moved()).isEqualTo(-FEE);
    world.take(notice(5, Stage.LOST, ALL));
    assertThat(world.moved()).isEqualTo(-ALL - FEE);
    world.take(notice(4, Stage.WON, 999));
    assertThat(world.moved()).as("a copy").isEqualTo(-ALL - FEE);
    assertThat(world.known().status()).isEqualTo(Dispute.Status.LOST);
  }

  /** How a dispute stands, told at each of its turns, with one amount or another. */
  private static List<DisputeNotice> states(Random random) {
    List<Stage> way =
        List.of(
            Stage.CHARGEBACK,
            Stage.CHARGEBACK_UNDER_REVIEW,
            Stage.CHARGEBACK_UNDER_REVIEW,
            Stage.LOST,
            Stage.LOST,
            Stage.LOST,
            Stage.WON);
    List<DisputeNotice> told = new ArrayList<>();
    for (int n = 0; n < way.size(); n++) {
      for (int times = random.nextInt(3); times > 0; times--) {
        long amount = random.nextInt(3) == 0 ? ALL : 1 + random.nextInt((int) ALL);
        told.add(notice(n + 1, way.get(n), Money.of(amount, "usd"), Telling.STATE));
      }
    }
    return told.isEmpty() ? states(random) : told;
  }

  @Property(tries = 3_000)
  void ofStatesTheLastOneCounts(@ForAll long seed) {
    Random random = new Random(seed);
    List<DisputeNotice> history = states(random);
    long last = history.stream().mapToLong(DisputeNotice::sequence).max().orElseThrow();
    long told = amount(history, each -> each.sequence() == last);
    long most = amount(history, each -> each.stage() != Stage.WON);
    long held = last < 7 ? told : Math.max(0, most - told);
    for (int n = 0; n < 2; n++) {
      DisputeWorld world = new DisputeWorld();
      history.forEach(world::take);
      history.forEach(world::take);
      assertThat(world.known().held()).as(history.toString()).isEqualTo(held);
      Collections.shuffle(history, random);
    }
  }

  private static long amount(List<DisputeNotice> told, Predicate<DisputeNotice> which) {
    return told.stream()
        .filter(which)
        .mapToLong(each -> each.amount().minorUnits())
        .max()
        .orElse(0);
  }

  @Example
  void aStateThatIsToldAgainIsNoNews() {
    DisputeWorld world = new DisputeWorld();
    DisputeNotice opened = notice(1, Stage.CHARGEBACK, Money.of(ALL, "usd"), Telling.STATE);
    DisputeNotice won = notice(7, Stage.WON, Money.of(500, "usd"), Telling.STATE);
    world.take(opened);
    world.take(won);
    world.take(notice(7, Stage.WON, Money.of(700, "usd"), Telling.STATE));
    assertThat(world.moved()).as("not 500 and 700").isEqualTo(-(ALL - 700) - FEE);
    Dispute before = world.known();
    world.take(won);
    world.take(opened);
    assertThat(world.known()).isSameAs(before);
  }

  /** An arbitration that is lost is the end of the second chargeback before it. */
  @Example
  void whatIsTakenAgainAndLostIsTakenOnce() {
    DisputeWorld world = new DisputeWorld();
    world.take(notice(3, Stage.CHARGEBACK, ALL));
    world.take(notice(4, Stage.WON, ALL));
    world.take(notice(5, Stage.LOST, 500));
    world.take(notice(6, Stage.LOST, 500));
    assertThat(world.moved()).isEqualTo(-500 - FEE);
    world.take(notice(7, Stage.WON, 500));
    assertThat(world.moved()).isEqualTo(-FEE);
  }

  @Example
  void aPartThatIsTakenAgainIsTakenOnTopOfWhatTheBankKept() {
    DisputeWorld world = new DisputeWorld();
    world.take(notice(3, Stage.CHARGEBACK, ALL));
    world.take(notice(4, Stage.WON, 1_000));
    world.take(notice(5, Stage.LOST, 400));
    assertThat(world.moved()).isEqualTo(-(ALL - 600) - FEE);
    world.take(notice(6, Stage.LOST, 400));
    assertThat(world.moved()).isEqualTo(-(ALL - 600) - FEE);
  }

  /** While anything is gone that cannot be compared, nothing can be refunded. */
  @Example
  void aPartOfAForeignAmountFreesNothingOfTheCharge() {
    DisputeWorld world = new DisputeWorld();
    world.take(notice(3, Stage.CHARGEBACK, Money.of(1_500, "eur"), Telling.MOVE));
    assertThat(world.charge().refundable()).isZero();
    world.take(notice(4, Stage.WON, Money.of(1_000, "eur"), Telling.MOVE));
    assertThat(world.charge().refundable()).isZero();
    world.take(notice(4, Stage.WON, Money.of(500, "eur"), Telling.MOVE));
    assertThat(world.charge().refundable()).isEqualTo(ALL);
  }

  /** A dispute as releases stored it that kept no moves. */
  private static DisputeWorld stored(String status, long sequence, long... bookings) {
    StringBuilder booked = new StringBuilder();
    for (int n = 0; n < bookings.length; n++) {
      booked
          .append(n == 0 ? "" : ",")
          .append(
              """
              {"id": "txn_%d", "created": 1772359200, "kind": "%s", "amount": %d, "fee": %d,
               "currency": "usd", "available_on": 1772359200, "source": "du_1",
               "description": "Chargeback for ch_1"}\
              """
                  .formatted(
                      90 + n,
                      bookings[n] < 0 ? "dispute" : "dispute_reversal",
                      bookings[n],
                      n == 0 ? FEE : 0));
    }
    String doc =
        """
        {"id": "du_1", "created": 1772359200, "charge": "ch_1", "payment_intent": "pi_1",
         "connector": "adyen", "provider": "adyen_shop", "reference": "dsp_1", "amount": 1999,
         "currency": "usd", "reason": "general", "due_by": 0, "status": "%s", "sequence": %d,
         "submissions": 0, "bookings": [%s], "facts": {}}\
        """
            .formatted(status, sequence, booked);
    return DisputeWorld.of(Dispute.read(Head.fresh("du_1", "acct_1", false, NOW), Doc.parse(doc)));
  }

  @Example
  void whatWasTakenInBeforeMovesWereKeptIsNoNews() {
    for (DisputeWorld world :
        List.of(
            stored("needs_response", 3, -ALL),
            stored("won", 4, -ALL, ALL),
            stored("won", 4, -ALL, 1_000),
            stored("lost", 5, -ALL, 1_000, -1_000),
            stored("lost", 5, -ALL, 1_000, -400),
            stored("won", 7, -ALL, ALL, -500, 300))) {
      Dispute before = world.known();
      for (DisputeNotice old :
          List.of(
              notice(3, Stage.CHARGEBACK, ALL),
              notice(4, Stage.WON, before.bookings().size() > 1 ? second(before) : ALL),
              notice(5, Stage.LOST, 500),
              notice(6, Stage.LOST, 500),
              notice(7, Stage.WON, 300))) {
        if (old.sequence() <= before.progress().sequence()) {
          world.take(old);
          assertThat(world.known()).as(old.toString()).isSameAs(before);
        }
      }
    }
  }

  private static long second(Dispute dispute) {
    return dispute.bookings().get(1).amount().minorUnits();
  }

  @Example
  void whatFollowsGoesOnFromWhatWasBookedBefore() {
    DisputeWorld another = stored("won", 4, -ALL, 1_000);
    another.take(notice(4, Stage.WON, 999));
    assertThat(another.moved()).as("the other part").isEqualTo(-FEE);
    another.take(notice(4, Stage.WON, 1_000));
    another.take(notice(3, Stage.CHARGEBACK, ALL));
    assertThat(another.moved()).as("copies").isEqualTo(-FEE);
    another.take(notice(5, Stage.LOST, 500));
    assertThat(another.moved()).isEqualTo(-500 - FEE);
    DisputeWorld lost = stored("lost", 5, -ALL, 1_000, -400);
    lost.take(notice(7, Stage.WON, 400));
    assertThat(lost.moved()).isEqualTo(-(ALL - 1_000) - FEE);
    assertThat(lost.known().status()).isEqualTo(Dispute.Status.WON);
    lost.take(notice(4, Stage.WON, 700));
    assertThat(lost.moved()).as("from before").isEqualTo(-(ALL - 1_000) - FEE);
  }

  /** Disputes of releases that kept no moves. */
  @Example
  void whatWasBookedBeforeMovesWereKeptCounts() {
    DisputeWorld world = new DisputeWorld();
    world.take(notice(3, Stage.CHARGEBACK, ALL));
    world.forgetMoves();
    world.take(notice(4, Stage.WON, 1_000));
    assertThat(world.moved()).isEqualTo(-(ALL - 1_000) - FEE);
    world.take(notice(5, Stage.LOST, 500));
    assertThat(world.moved()).isEqualTo(-(ALL - 500) - FEE);
  }
}
