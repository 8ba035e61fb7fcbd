package dev.portcullis.vault;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Long work, such as a rotation of keys, in a thread of its own, which is let finish its batch. */
final class Background implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Runnable stop;
  private final ScheduledExecutorService thread;

  private Background(String name, Runnable stop) {
    this.stop = stop;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
  }

  /**
   * Goes on with it every second.
   *
   * @param work sees to its own failures
   * @param stop has it begin no other batch
   */
  @SuppressWarnings("FutureReturnValueIgnored") // it sees to its own failures
  static Background start(String name, Runnable work, Runnable stop) {
    Background background = new Background(name, stop);
    background.thread.scheduleWithFixedDelay(work, 1, 1, TimeUnit.SECONDS);
    return background;
  }

  @Override
  public void close() {
    stop.run();
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      thread.shutdownNow();
    }
  }
}
