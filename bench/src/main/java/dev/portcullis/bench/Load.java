package dev.portcullis.bench;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
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
    return everyConnection(
        start -> {
          long end = start + duration.toNanos();
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
    long interval = (long) (1_000_000_000L / perSecond);
    long total = (long) (duration.toSeconds() * perSecond);
    AtomicLong next = new AtomicLong();
    return everyConnection(
        start -> {
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
    work.get()
        .ifPresentOrElse(
            made -> {
              latency.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since));
              last.set(made);
            },
            failures::incrementAndGet);
  }

  /**
   * Begins when each connection has done it once: those that idled were closed, and to make all of
   * them anew at one time is no part of any load.
   *
   * @param each is told when it began
   */
  private Sample everyConnection(LongConsumer each) {
    // Threads of the system: where 16 wait for one socket each, a virtual one costs more.
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      onEvery(threads, this::open);
      long start = System.nanoTime();
      onEvery(threads, () -> each.accept(start));
      return new Sample(
          latency, failures.get(), Duration.ofNanos(System.nanoTime() - start), last.get());
    }
  }

  private void open() {
    if (work.get().isEmpty()) {
      failures.incrementAndGet();
    }
  }

  private void onEvery(ExecutorService threads, Runnable task) {
    try {
      List<Callable<Object>> tasks = Collections.nCopies(connections, Executors.callable(task));
      for (Future<Object> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a connection's work failed", e);
    }
  }
}
