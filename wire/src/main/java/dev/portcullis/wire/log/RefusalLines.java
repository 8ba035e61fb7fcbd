package dev.portcullis.wire.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which refusals have a line of their own in the log: the first of each status and network in a
 * minute, and no more of all networks together than a log takes. Of the rest one line says how many
 * there were; the metrics count all.
 */
public final class RefusalLines {

  static final int LINES = 20;
  static final int BOUND = 1_000;

  /** Whoever has many networks, or a /48 of them, has no more lines than these. */
  static final int ALL = 2_000;

  static final Duration WINDOW = Duration.ofMinutes(1);

  private record Source(int status, String network) {}

  private static final class Window {
    private final Instant begin;
    private int lines;
    private long more;

    Window(Instant begin) {
      this.begin = begin;
    }
  }

  private final InstantSource clock;
  private final Consumer<String> log;
  private Window all;
  private final Map<Source, Window> windows = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param log takes the lines that say how many more there were
   */
  public RefusalLines(InstantSource clock, Consumer<String> log) {
    this.clock = clock;
    this.log = log;
    this.all = new Window(clock.instant());
  }

  /** Whether this one is written. */
  public synchronized boolean isWritten(int status, String network) {
    Source source = new Source(status, network);
    Instant now = clock.instant();
    Window window = windows.get(source);
    if (window == null || !now.isBefore(window.begin.plus(WINDOW))) {
      tell(source, window);
      window = new Window(now);
      windows.put(source, window);
      forgetOldest();
    }
    if (window.lines < LINES && isThereRoom(now)) {
      window.lines++;
      return true;
    }
    window.more++;
    return false;
  }

  private boolean isThereRoom(Instant now) {
    if (!now.isBefore(all.begin.plus(WINDOW))) {
      if (all.more > 0) {
        log.accept(
            "since %s %d more requests of many networks were refused"
                .formatted(all.begin, all.more));
      }
      all = new Window(now);
    }
    if (all.lines < ALL) {
      all.lines++;
      return true;
    }
    all.more++;
    return false;
  }

  private void forgetOldest() {
    if (windows.size() > BOUND) {
      Map.Entry<Source, Window> oldest = windows.entrySet().iterator().next();
      windows.remove(oldest.getKey());
      if (all.lines < ALL) {
        tell(oldest.getKey(), oldest.getValue());
      }
    }
  }

  private void tell(Source source, @Nullable Window window) {
    if (window != null && window.more > 0) {
      log.accept(
          "since %s %d more requests of %s were answered with %d"
              .formatted(window.begin, window.more, source.network, source.status));
    }
  }
}
