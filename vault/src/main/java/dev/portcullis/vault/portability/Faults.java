package dev.portcullis.vault.portability;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Transfers that met a fault, which is not theirs for all that is known: each waits longer than the
 * time before, up to a bound, and holds up no other one.
 */
final class Faults {

  static final Duration LONGEST = Duration.ofMinutes(5);

  private record Wait(Instant until, Duration next) {}

  private final Map<String, Wait> waits = new HashMap<>();
  private final Set<String> uncounted = new HashSet<>();

  boolean isDue(Transfer transfer, Instant now) {
    Wait wait = waits.get(transfer.id());
    return wait == null || !now.isBefore(wait.until());
  }

  void met(Transfer transfer, Instant now) {
    Wait before = waits.get(transfer.id());
    Duration wait = before == null ? Duration.ofSeconds(1) : before.next();
    Duration twice = wait.multipliedBy(2);
    waits.put(
        transfer.id(), new Wait(now.plus(wait), twice.compareTo(LONGEST) < 0 ? twice : LONGEST));
  }

  void none(Transfer transfer) {
    waits.remove(transfer.id());
  }

  /** A key or the database was not there: the try that was counted was none. */
  void wasNoTry(Transfer transfer) {
    uncounted.add(transfer.id());
  }

  /** Whether the coming try was counted before. */
  boolean isCounted(Transfer transfer) {
    return uncounted.remove(transfer.id());
  }
}
