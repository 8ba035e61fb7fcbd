package dev.portcullis.systemtest.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the woven calls do: count passes of each point, and end the process at the one that the
 * control file names. Public, because the gateway's own classes call it.
 */
public final class CrashHooks {
  private static final int SIGKILL = 9;
  private static final long LOOK_EVERY_MILLIS = 5;

  private static final AtomicReference<@Nullable Order> ORDER = new AtomicReference<>();

  /** Whether the provider has answered and the answer is not stored yet; a request is a thread. */
  private static final ThreadLocal<Boolean> ANSWERED = ThreadLocal.withInitial(() -> false);

  private static final ScheduledExecutorService SCHEDULER =
      Executors.newScheduledThreadPool(
          1, task -> Thread.ofPlatform().daemon().name("crash-agent").unstarted(task));

  /** Which pass of which point, and how many microseconds into a call. */
  private record Order(CrashPoint point, AtomicInteger passes, long delayMicros) {}

  private CrashHooks() {}

  /**
   * Obeys a control file: one line {@code POINT pass delayMicros}, renamed as soon as it is read.
   */
  static void obey(Path folder) {
    Path control = folder.resolve("order");
    var _ =
        SCHEDULER.scheduleWithFixedDelay(
            () -> {
              try {
                if (Files.exists(control)) {
                  Path taken = folder.resolve("taken");
                  Files.move(control, taken, StandardCopyOption.ATOMIC_MOVE);
                  List<String> words = List.of(Files.readString(taken).strip().split(" "));
                  ORDER.set(
                      new Order(
                          CrashPoint.valueOf(words.get(0)),
                          new AtomicInteger(Integer.parseInt(words.get(1))),
                          Long.parseLong(words.get(2))));
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            0,
            LOOK_EVERY_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** A change is handed to the journal. */
  public static void journalEntry() {
    pass(ANSWERED.get() ? CrashPoint.AFTER_ANSWER : CrashPoint.BEFORE_ATTEMPT_STORED);
  }

  /** The journal has told what became of a change. */
  public static void journalExit() {
    pass(ANSWERED.get() ? CrashPoint.BEFORE_REPLY : CrashPoint.AFTER_ATTEMPT_STORED);
    ANSWERED.remove();
  }

  /** The provider is about to be called. */
  public static void forwardEntry() {
    pass(CrashPoint.DURING_PROVIDER_CALL);
  }

  /** The vault gets ready, and the attempt is stored meanwhile. */
  public static void heldEntry() {
    ANSWERED.remove(); // of a call that was taken back
  }

  /** The provider has answered, unless the call was taken back. */
  public static void heldExit() {
    ANSWERED.set(true);
  }

  /** What decides about a held call is asked. */
  public static void releaseEntry() {
    // The points of the journal come first.
  }

  /** The call is about to be let go. */
  public static void releaseExit() {
    pass(CrashPoint.DURING_PROVIDER_CALL);
  }

  /** The provider has answered. */
  public static void forwardExit() {
    ANSWERED.set(true);
  }

  /** COMMIT is about to be sent. */
  public static void databaseEntry() {
    pass(CrashPoint.BEFORE_DATABASE_COMMIT);
  }

  /** COMMIT was answered. */
  public static void databaseExit() {
    pass(CrashPoint.AFTER_DATABASE_COMMIT);
  }

  private static void pass(CrashPoint point) {
    Order order = ORDER.get();
    if (order == null || order.point() != point || order.passes().decrementAndGet() != 0) {
      return;
    }
    if (order.delayMicros() == 0) {
      die();
    } else {
      // The caller goes on: death comes somewhere within what it is doing.
      var _ = SCHEDULER.schedule(CrashHooks::die, order.delayMicros(), TimeUnit.MICROSECONDS);
    }
  }

  /** {@code kill -9} of oneself: no shutdown hook, no finally, no flush. */
  @SuppressWarnings("restricted") // the one system call that this is about
  private static void die() {
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle kill =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int failed = (int) kill.invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
      throw new IllegalStateException("kill answered " + failed);
    } catch (Throwable e) {
      throw new IllegalStateException("could not end the process", e);
    }
  }
}
