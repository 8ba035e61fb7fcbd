package dev.portcullis.gateway.risk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How card testing is noticed: pure functions over watches.
 *
 * <p>A tester tries many cards, each new to the account, and most are declined. So each attempt
 * with a card that comes for the first time moves the watches of all that it shares with others:
 * address, BIN, order of amount, customer, key. What a narrow scope explains says nothing of a
 * broad one, and it explains long before it is alarmed: when a bank is down, the watch of its BIN
 * is alarmed and the account's others stay calm; and who tries bogus cards from one address, to
 * have an honest shop's amounts refused, has his own address refused. Cards that the account knows
 * are never refused by this, and are not counted; of one card that is tried again and again every
 * decline counts, for that card alone.
 */
final class CardTesting {

  private CardTesting() {}

  /** How an attempt ended, and whether the card came for the first time. */
  record Outcome(Attempt attempt, boolean approved, boolean firstTime) {}

  /** What is to become of an attempt. */
  sealed interface Judgement {
    /** Nothing speaks against it. */
    record Pass() implements Judgement {}

    /**
     * It is refused.
     *
     * @param evenIfKnown whether it is for what the card itself did
     */
    record Refuse(boolean evenIfKnown) implements Judgement {}

    /**
     * It may show whether a pause can end, if none did a moment ago.
     *
     * @param scopes those that it would speak for
     */
    record Probe(List<Scope> scopes) implements Judgement {}
  }

  /**
   * What is to become of an attempt. Whose card, address or customer was declined lately is no
   * probe: a tester who waits for the pause to end would take every one, and prolong it.
   *
   * @param watches those of the attempt's scopes that are known
   */
  static Judgement judge(Attempt attempt, Map<Scope, Watch> watches, Instant now) {
    List<Scope> probing = new ArrayList<>();
    boolean declined = false;
    Thresholds thresholds = Thresholds.of(attempt.livemode());
    for (Scope scope : attempt.scopes().values()) {
      Watch watch = watches.getOrDefault(scope, Watch.calm(now));
      if (watch.isPaused(now)) {
        return new Judgement.Refuse(scope.kind() == Scope.Kind.CARD);
      } else if (!watch.isCalm()) {
        probing.add(scope);
      } else {
        declined |= isOnesOwn(scope) && watch.pointsAt(now, thresholds) > 0;
      }
    }
    if (probing.isEmpty()) {
      return new Judgement.Pass();
    }
    return declined ? new Judgement.Refuse(false) : new Judgement.Probe(probing);
  }

  /** Whether a scope is one shopper's, as far as can be told. */
  static boolean isOnesOwn(Scope scope) {
    return switch (scope.kind()) {
      case CARD, CUSTOMER, ADDRESS -> true;
      case BIN, AMOUNT, KEY -> false;
    };
  }

  /**
   * The watches after an outcome.
   *
   * @param watches those of the attempt's scopes that are known
   * @return those that have changed
   */
  static Map<Scope, Watch> after(Outcome outcome, Map<Scope, Watch> watches, Instant now) {
    Thresholds thresholds = Thresholds.of(outcome.attempt().livemode());
    Map<Scope, Watch> changed = new HashMap<>();
    for (Scope scope : outcome.attempt().scopes().values()) {
      if (scope.kind() != Scope.Kind.CARD && !outcome.firstTime()) {
        break;
      }
      Watch before = watches.getOrDefault(scope, Watch.calm(now));
      Watch after =
          before.after(outcome.approved(), thresholds.alarm(scope.kind()), thresholds, now);
      if (!after.equals(before)
          && !(before.points() == 0 && after.points() == 0 && after.isCalm() && before.isCalm())) {
        changed.put(scope, after);
      }
      boolean alarmed = !(before.isCalm() && after.isCalm());
      boolean explained = before.pointsAt(now, thresholds) >= thresholds.explains(scope.kind());
      if (scope.kind() != Scope.Kind.CARD && (alarmed || explained)) {
        break;
      }
    }
    return changed;
  }
}
