package dev.portcullis.wire.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads of the system that are kept, and virtual ones for what comes beyond them.
 *
 * <p>A virtual thread that waits for a socket is woken by way of a poller and a carrier, each a
 * thread of the system that is woken itself, and everything that libraries keep for a thread is
 * made for it anew. Where few wait at a time a thread of the system costs less; where many do,
 * nobody waits for one.
 */
public final class KeptThreads {

  /** As many as are busy at a time with what comes in quickly and is done quickly. */
  public static final int FEW = 32;

  private static final long IDLE_SECONDS = 60;

  private KeptThreads() {}

  /**
   * An executor that never makes a task wait, nor refuses one.
   *
   * @param name before the number of each thread
   * @param kept how many threads of the system there are at most, 1 or more; one that has had
   *     nothing to do for a minute ends. None keeps the process from ending.
   */
  public static Executor first(String name, int kept) {
    ThreadFactory beyond = Thread.ofVirtual().name(name + "beyond-", 0).factory();
    ExecutorService pool =
        new ThreadPoolExecutor(
            0,
            kept,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            // What belongs to whoever happens to need the thread first is not kept with it.
            Thread.ofPlatform()
                .daemon()
                .name(name, 0)
                .inheritInheritableThreadLocals(false)
                .factory(),
            (task, _) -> beyond.newThread(task).start());
    return task -> {
      try {
        pool.execute(task);
      } catch (OutOfMemoryError noThread) {
        // The system has no thread left to give. A virtual one needs none.
        beyond.newThread(task).start();
      }
    };
  }
}
