package dev.portcullis.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What was done until the rate grew no more: just-in-time compilation goes on for a minute or two,
 * and what is measured before it has settled says how old the processes are.
 *
 * @param count how often it succeeded
 * @param failures how often it did not
 * @param best the highest rate, in a second
 */
record WarmUp(long count, long failures, long best) {

  /** A rate that is not higher than the best so far by this factor has not grown. */
  private static final double GROWN = 1.03;

  /** Something else that the machine does may hold a turn back, or two. */
  private static final int STEADY = 4;

  private static final int MOST = 24;

  /**
   * Does it, and tells of each rate.
   *
   * @param part for how long at a time
   * @param what what is counted, for the line that is printed
   */
  static WarmUp run(
      Supplier<Optional<String>> work,
      int connections,
      Duration part,
      String what,
      PrintStream out) {
    out.println("Warming up until the rate is steady ...");
    long count = 0;
    long failures = 0;
    long best = 0;
    int steady = 0;
    for (int n = 0; n < MOST && steady < STEADY; n++) {
      Sample warm = new Load(work, connections).closedLoop(part);
      out.println("  " + warm.perSecond() + " " + what + "/s");
      count += warm.count();
      failures += warm.failures();
      steady = warm.perSecond() > best * GROWN ? 0 : steady + 1;
      best = Math.max(best, warm.perSecond());
    }
    return new WarmUp(count, failures, best);
  }
}
