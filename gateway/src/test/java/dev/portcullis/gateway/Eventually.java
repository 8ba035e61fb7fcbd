package dev.portcullis.gateway;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

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
}
