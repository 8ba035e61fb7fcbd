package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Starts one program, says when it is ready, and starts it again whenever it dies.
 *
 * <p>A program that cannot get ready the first time fails the whole start: its settings are wrong,
 * and trying again helps nobody. One that was ready once is never given up, because a payment may
 * wait for it; the pause between attempts doubles from {@link #FIRST_PAUSE} to {@link #LAST_PAUSE}
 * while they fail, and begins anew after one that worked.
 */
final class Keeper {
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  static final Duration LAST_PAUSE = Duration.ofSeconds(20);
  private static final long LOOK_AGAIN_MILLIS = 40;

  private final Program program;
  private final Events events;
  private final CompletableFuture<Process> firstReady = new CompletableFuture<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicReference<@Nullable Process> current = new AtomicReference<>();
  private final Object startOrStop = new Object();
  private final Thread thread;

  /** What a keeper tells. */
  interface Events {
    void started(Program program, Process process);

    void said(String line);
  }

  Keeper(Program program, Events events) {
    this.program = program;
    this.events = events;
    this.thread =
        Thread.ofPlatform().name("keep-" + program.zone().label()).daemon().unstarted(this::keep);
  }

  void begin() {
    thread.start();
  }

  /** Waits until the program was ready once. */
  void awaitReady() {
    try {
      firstReady.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw new Refusal(
          "The %s did not start: %s"
              .formatted(
                  program.zone().label(),
                  Reasons.defect(Objects.requireNonNullElse(e.getCause(), e))),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted while starting.", e);
    }
  }

  /** A zone that nobody keeps any more would stay down without a word: the last one is said. */
  private void keep() {
    try {
      keepStarting();
    } catch (RuntimeException | Error e) {
      firstReady.completeExceptionally(e);
      events.said(
          "The %s is no longer watched (%s); stop and start Portcullis."
              .formatted(program.zone().label(), Reasons.defect(e)));
    }
  }

  private void keepStarting() {
    Duration pause = FIRST_PAUSE;
    boolean everReady = false;
    while (!isStopping()) {
      String trouble;
      try {
        Process process = launch();
        if (process == null) {
          return;
        }
        if (becomesReady(process)) {
          if (everReady) {
            events.said("The " + program.zone().label() + " is back.");
          }
          everReady = true;
          pause = FIRST_PAUSE;
          firstReady.complete(process);
          process.waitFor();
        }
        trouble = ending(process);
      } catch (IOException e) {
        trouble = "could not be started: " + Reasons.of(e);
      } catch (Refusal e) {
        trouble = "could not be started: " + e.getMessage();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | Error e) {
        // A defect of ours or no memory left: the zone is worth another attempt all the same.
        trouble = "could not be kept (" + Reasons.defect(e) + ")";
      }
      endHalfStarted();
      if (isStopping()) {
        return;
      }
      if (!everReady) {
        firstReady.completeExceptionally(firstStartFailed(trouble));
        return;
      }
      events.said("The " + program.zone().label() + " " + trouble + "; starting it again.");
      if (stopRequestedWithin(pause)) {
        return;
      }
      pause = longer(pause);
    }
  }

  /** What an attempt left running must not go on beside the next one. */
  private void endHalfStarted() {
    Process process = current.get();
    if (process != null && process.isAlive() && !isStopping()) {
      process.destroyForcibly();
    }
  }

  /** Starts the program unless a stop came first; null then. */
  private @Nullable Process launch() throws IOException {
    synchronized (startOrStop) {
      if (isStopping()) {
        return null;
      }
      Process process = program.start();
      current.set(process);
      events.started(program, process);
      return process;
    }
  }

  private boolean becomesReady(Process process) throws InterruptedException {
    long looks = program.readyLimit().toMillis() / LOOK_AGAIN_MILLIS;
    for (long look = 0; look < looks && !isStopping(); look++) {
      if (process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
      if (program.isReady(process)) {
        return true;
      }
    }
    if (!isStopping()) {
      process.destroyForcibly().waitFor();
    }
    return false;
  }

  private static String ending(Process process) {
    if (process.isAlive()) {
      return "did not get ready";
    }
    int code = process.exitValue();
    // A shell's and the JDK's way to tell a signal: 128 + its number.
    return code > 128 ? "was ended by signal " + (code - 128) : "ended with exit code " + code;
  }

  private Refusal firstStartFailed(String trouble) {
    String words = program.lastWords();
    String zone = program.zone().label();
    return new Refusal(
        "The " + zone + " " + trouble + (words.isEmpty() ? "." : "; its last words:\n" + words));
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : twice;
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private boolean stopRequestedWithin(Duration pause) {
    try {
      return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Lets the program drain and end; ends it when its grace is over. */
  void stop() {
    Process process;
    synchronized (startOrStop) {
      stopping.countDown();
      process = current.get();
    }
    firstReady.completeExceptionally(new Refusal("Stopped while starting."));
    if (process != null && process.isAlive()) {
      boolean inTime =
          ProcessTable.stop(process.toHandle(), program.stopSignal(), program.stopGrace());
      if (!inTime) {
        events.said(
            "The %s did not stop within %d s and was ended."
                .formatted(program.zone().label(), program.stopGrace().toSeconds()));
      }
    }
  }
}
