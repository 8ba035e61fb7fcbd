package dev.portcullis.wire.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps whoever can make something happen as often as they like from filling an append-only trail
 * with it. The first ones of each interval are entries of their own; the rest is counted, and the
 * count becomes one entry when the interval is over. Safe for several threads.
 */
public final class RepeatedActs {

  /** Of more different ones together it is only known how many there were. */
  static final int MOST_SUBJECTS = 1_000;

  /** The subject of those beyond that. */
  static final String OTHERS = "others";

  /**
   * Those that were no entries of their own.
   *
   * @param subject what they had in common
   * @param count how many, 1 or more
   * @param from when the interval began
   * @param until when it was over
   */
  public record Beyond(String subject, long count, Instant from, Instant until) {
    /** In words, for an entry's detail. */
    public String text() {
      return count + " more from " + from + " to " + until;
    }
  }

  private final Duration interval;
  private final int entries;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Deque<Beyond> untold = new ArrayDeque<>();
  private final Object telling = new Object();
  private Instant from = Instant.EPOCH;

  /**
   * @param interval for how long one counts
   * @param entries how many of each subject are entries of their own in one interval
   */
  public RepeatedActs(Duration interval, int entries) {
    this.interval = interval;
    this.entries = entries;
  }

  /** Counts one; whether it is an entry of its own. */
  public synchronized boolean isEntry(String subject, Instant now) {
    endIfOver(now);
    boolean own = counts.containsKey(subject) || counts.size() < MOST_SUBJECTS;
    return counts.merge(own ? subject : OTHERS, 1L, Long::sum) <= entries;
  }

  /**
   * Hands over the counts of intervals that are over. What the trail does not take, since it
   * throws, is handed over again the next time.
   */
  public void tell(Instant now, Consumer<Beyond> trail) {
    synchronized (this) {
      endIfOver(now);
    }
    tell(trail);
  }

  /** The same with the interval that is under way: nobody will come back for its count. */
  public void tellAll(Instant now, Consumer<Beyond> trail) {
    synchronized (this) {
      end(now);
    }
    tell(trail);
  }

  /** The trail is slow, and whoever counts must not wait for it. */
  private void tell(Consumer<Beyond> trail) {
    synchronized (telling) {
      for (Beyond next = first(); next != null; next = first()) {
        trail.accept(next);
        removeFirst();
      }
    }
  }

  private synchronized @Nullable Beyond first() {
    return untold.peekFirst();
  }

  private synchronized void removeFirst() {
    untold.removeFirst();
  }

  private void endIfOver(Instant now) {
    Instant current =
        Instant.ofEpochSecond(
            Math.floorDiv(now.getEpochSecond(), interval.toSeconds()) * interval.toSeconds());
    if (!current.equals(from)) {
      end(from.plus(interval));
      from = current;
    }
  }

  private void end(Instant until) {
    counts.forEach(
        (subject, count) -> {
          if (count > entries) {
            untold.addLast(new Beyond(subject, count - entries, from, until));
          }
        });
    counts.clear();
  }
}
