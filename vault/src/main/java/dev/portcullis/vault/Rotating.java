package dev.portcullis.vault;

import dev.portcullis.vault.rotation.Rotation;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Goes on with rotations of keys in a thread of its own, which is let finish its batch. */
final class Rotating implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Rotation rotation;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("rotation").factory());

  private Rotating(Rotation rotation) {
    this.rotation = rotation;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it sees to its own failures
  static Rotating start(Rotation rotation) {
    Rotating rotating = new Rotating(rotation);
    rotating.thread.scheduleWithFixedDelay(rotation, 1, 1, TimeUnit.SECONDS);
    return rotating;
  }

  @Override
  public void close() {
    rotation.stop();
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
