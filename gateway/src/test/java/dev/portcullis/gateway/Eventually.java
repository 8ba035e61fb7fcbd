package dev.portcullis.gateway;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;

/** Waiting for what comes by itself: long enough for a machine that is busy with other things. */
public final class Eventually {

  private Eventually() {}

  /** What is to be waited for follows. */
  public static ConditionFactory eventually() {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20));
  }

  /** Waits until that is so. */
  public static void until(Callable<Boolean> reached) {
    eventually().until(reached);
  }

  /**
   * Waits until that is so, while the clock goes on step by step. Between two steps what works by
   * that clock has its time: to a gateway whose hours pass within a second, everything is late.
   */
  public static void asTimePasses(MovableClock clock, Duration step, Callable<Boolean> reached) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              clock.advance(step);
              return isSoon(reached);
            });
  }

  private static boolean isSoon(Callable<Boolean> reached) {
    try {
      eventually().atMost(Duration.ofMillis(700)).until(reached);
      return true;
    } catch (ConditionTimeoutException _) {
      return false;
    }
  }
}
