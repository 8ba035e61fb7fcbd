package dev.portcullis.wire.people;

import dev.portcullis.wire.audit.RepeatedActs;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Puts failures on record: ten an hour of each person, and of all unknown names together, as they
 * come, and of the rest how many there were. Whoever can reach the listener could otherwise grow a
 * trail that nothing is ever taken from. Each request stands in the log all the same.
 */
final class FailedSignIns {

  static final int ENTRIES = 10;
  static final Duration INTERVAL = Duration.ofHours(1);

  private static final Logger LOG = Logger.getLogger(FailedSignIns.class.getName());
  private static final String ACTION = "person.sign_in_failed";

  private final PeopleStore store;
  private final RepeatedActs acts = new RepeatedActs(INTERVAL, ENTRIES);

  FailedSignIns(PeopleStore store) {
    this.store = store;
  }

  /**
   * One more.
   *
   * @param who a person of the register, or {@code unknown}; never what was typed
   */
  void record(String who, String address, Instant now) {
    if (acts.isEntry(who, now)) {
      store.record(new Act(who, address, ACTION, who, ""));
    }
  }

  /** The counts of hours that are over; never fails: what cannot be written waits. */
  void tell(Instant now) {
    safely(() -> acts.tell(now, this::append));
  }

  /** The same with the hour that is under way. */
  void tellAll(Instant now) {
    safely(() -> acts.tellAll(now, this::append));
  }

  private void append(RepeatedActs.Beyond beyond) {
    store.record(new Act("system", "", ACTION, beyond.subject(), beyond.text()));
  }

  private static void safely(Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the number of failed sign-ins could not be put on record", e);
    }
  }
}
