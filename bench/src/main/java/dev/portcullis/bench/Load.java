package dev.portcullis.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Does one thing from a number of connections, as fast as answers come or at a given rate. */
final class Load {

  private final Supplier<Optional<String>> work;
  private final int connections;
  private final Histogram latency = new ConcurrentHistogram(60_000_000L, 3);
  private final AtomicLong failures = new AtomicLong();
  private final AtomicReference<String> last = new AtomicReference<>("");

  /**
   * @param work does it once; the id of what it made, or empty if it failed
   */
  Load(Supplier<Optional<String>> work, int connections) {
    this.work = work;
    this.connections = connections;
  }

  /** Each connection goes on as soon as it has its answer. */
  Sample closedLoop(Duration duration) {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    return everyConnection(
        start,
        _ -> {
          while (System.nanoTime() < end) {
            once(System.nanoTime());
          }
        });
  }

  /**
   * They begin at fixed times whether or not earlier ones are done, and each is measured from when
   * it should have begun, so that a stall counts for all who would have waited.
   */
  Sample paced(Duration duration, double perSecond) {
    long start = System.nanoTime();
    long interval = (long) (1_000_000_000L / perSecond);
    long total = (long) (duration.toSeconds() * perSecond);
    AtomicLong next = new AtomicLong();
    return everyConnection(
        start,
        _ -> {
          for (long n = next.getAndIncrement(); n < total; n = next.getAndIncrement()) {
            long due = start + n * interval;
            while (System.nanoTime() < due) {
              LockSupport.parkNanos(due - System.nanoTime());
            }
            once(due);
          }
        });
  }

  private void once(long since) {
    Optional<String> made = work.get();
    if (made.isPresent()) {
      latency.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since));
      last.set(made.get());
    } else {
      failures.incrementAndGet();
    }
  }

  private Sample everyConnection(long start, java.util.function.IntConsumer each) {
    // Threads of the system: where 16 wait for one socket each, a virtual one costs more.
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      for (int n = 0; n < connections; n++) {
        int connection = n;
        threads.execute(() -> each.accept(connection));
      }
    }
    return new Sample(
        latency, failures.get(), Duration.ofNanos(System.nanoTime() - start), last.get());
  }
}
