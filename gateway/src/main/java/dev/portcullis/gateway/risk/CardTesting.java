package dev.portcullis.gateway.risk;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How card testing is noticed: pure functions over watches.
 *
 * <p>A tester tries many cards, each new to the account, and most are declined. So each attempt
 * with a card that comes for the first time moves the watches of all that it shares with others:
 * address, BIN, order of amount, customer, key. What a narrow scope explains says nothing of a
 * broad one: when a bank is down, the watch of its BIN is alarmed and the account's others stay
 * calm. Cards that the account knows are never refused by this, and are not counted; of one card
 * that is tried again and again every decline counts, for that card alone.
 */
final class CardTesting {

  private CardTesting() {}

  /** How an attempt ended, and whether the card came for the first time. */
  record Outcome(Attempt attempt, boolean approved, boolean firstTime) {}

  /**
   * The scope that speaks against letting an unknown card through.
   *
   * @param watches those of the attempt's scopes that are known
   */
  static Optional<Scope> objection(Attempt attempt, Map<Scope, Watch> watches, Instant now) {
    return attempt.scopes().values().stream()
        .filter(scope -> watches.containsKey(scope) && watches.get(scope).isPaused(now))
        .findFirst();
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
      boolean explained = scope.kind() != Scope.Kind.CARD && !(before.isCalm() && after.isCalm());
      if (explained) {
        break;
      }
    }
    return changed;
  }
}
