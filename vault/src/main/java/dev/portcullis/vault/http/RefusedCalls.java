package dev.portcullis.vault.http;

import dev.portcullis.wire.error.ApiErrors;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Puts on record what was refused to the gateway, which is how one that was taken over shows
 * itself. A flood of one kind is some lines a minute, and then one that says how many more there
 * were; all are counted.
 */
public final class RefusedCalls {

  /** The status of what is written as a warning, and anything below it. */
  public static final int FORBIDDEN = 403;

  static final String COUNTER = "portcullis_vault_calls_refused_total";

  private static final Logger LOG = Logger.getLogger(RefusedCalls.class.getName());
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int LINES = 60;

  private final Metrics metrics;
  private final InstantSource clock;
  private final Map<String, Window> windows = new HashMap<>();

  /** What was written and what was only counted since a time, of one code. */
  private static final class Window {
    private Instant begin = Instant.MIN;
    private int lines;
    private long more;
  }

  public RefusedCalls(Metrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * A call was refused.
   *
   * @param code one of a few
   * @param what which call of whom; anything in it may have been sent, and is shortened
   * @param message why
   */
  public void report(int status, String code, String what, String message) {
    metrics.count(COUNTER, "code", code, 1);
    if (isWritten(code)) {
      LOG.log(
          status <= FORBIDDEN ? Level.WARNING : Level.INFO,
          "refused {0}: {1}: {2}",
          new Object[] {what, code, ApiErrors.shown(message)});
    }
  }

  private synchronized boolean isWritten(String code) {
    Window window = windows.computeIfAbsent(code, name -> new Window());
    Instant now = clock.instant();
    if (!now.isBefore(window.begin.plus(WINDOW))) {
      if (window.more > 0) {
        LOG.log(
            Level.WARNING,
            "since {0} {1} more calls were refused with {2}",
            new Object[] {window.begin, window.more, code});
      }
      window.begin = now;
      window.lines = 0;
      window.more = 0;
    }
    if (window.lines < LINES) {
      window.lines++;
      return true;
    }
    window.more++;
    return false;
  }
}
