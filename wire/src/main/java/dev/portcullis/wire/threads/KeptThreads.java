package dev.portcullis.wire.threads;

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
   * An executor that never makes a task wait, nor refuses one until it is shut down.
   *
   * @param name before the number of each thread
   * @param kept how many threads of the system there are at most, 1 or more; one that has had
   *     nothing to do for a minute ends. None keeps the process from ending.
   */
  public static ExecutorService first(String name, int kept) {
    ThreadFactory virtual = Thread.ofVirtual().name(name, kept).factory();
    return new ThreadPoolExecutor(
        0,
        kept,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        Thread.ofPlatform().daemon().name(name, 0).factory(),
        (task, pool) -> {
          if (pool.isShutdown()) {
            new ThreadPoolExecutor.AbortPolicy().rejectedExecution(task, pool);
          }
          virtual.newThread(task).start();
        });
  }
}
