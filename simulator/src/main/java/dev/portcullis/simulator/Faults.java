package dev.portcullis.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The plan in force, and the waits that it asks for. */
final class Faults {

  /** Enough for a long run; the oldest reference forgotten only draws its first fault again. */
  private static final int MAX_REFERENCES = 50_000;

  private static final FaultPlan.Draw NOTHING = new FaultPlan.Draw(0, null, 0);

  private final CountDownLatch stopping = new CountDownLatch(1);
  private @Nullable FaultPlan plan;
  private final Map<String, Integer> attempts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MAX_REFERENCES;
        }
      };

  /** Puts a plan into force and forgets what came before; null for none. */
  synchronized void use(@Nullable FaultPlan next) {
    plan = next;
    attempts.clear();
  }

  /** What happens to this request; each request of a reference draws anew. */
  synchronized FaultPlan.Draw draw(String reference) {
    return plan == null
        ? NOTHING
        : plan.draw(reference, attempts.merge(reference, 1, Integer::sum));
  }

  /** How long a timed-out request is held, in milliseconds. */
  synchronized int timeoutMillis() {
    return plan == null ? 0 : plan.timeoutMillis();
  }

  /** Waits so long, or until the simulator stops; says whether it stops. */
  boolean await(int millis) {
    try {
      return millis > 0 && stopping.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Ends every wait: a drain does not wait for pretended time-outs. */
  void stop() {
    stopping.countDown();
  }
}
