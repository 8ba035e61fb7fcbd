package dev.portcullis.vault.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which refusals have a line of their own in the log: the first of each status and network in a
 * minute. Of the rest one line says how many there were; the metrics count all.
 */
final class RefusalLines {

  static final int LINES = 20;
  static final int BOUND = 1_000;
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
  private final Map<Source, Window> windows = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param log takes the lines that say how many more there were
   */
  RefusalLines(InstantSource clock, Consumer<String> log) {
    this.clock = clock;
    this.log = log;
  }

  /** Whether this one is written. */
  synchronized boolean isWritten(int status, String network) {
    Source source = new Source(status, network);
    Instant now = clock.instant();
    Window window = windows.get(source);
    if (window == null || !now.isBefore(window.begin.plus(WINDOW))) {
      tell(source, window);
      window = new Window(now);
      windows.put(source, window);
      forgetOldest();
    }
    if (window.lines < LINES) {
      window.lines++;
      return true;
    }
    window.more++;
    return false;
  }

  private void forgetOldest() {
    if (windows.size() > BOUND) {
      Map.Entry<Source, Window> oldest = windows.entrySet().iterator().next();
      windows.remove(oldest.getKey());
      tell(oldest.getKey(), oldest.getValue());
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
