package dev.portcullis.wire.people;

import java.time.Duration;

/** Ends an attempt before anything was looked at. Whoever comes again after the wait is heard. */
public final class TooManyAttempts extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration wait;

  /**
   * @param wait more than zero
   */
  public TooManyAttempts(Duration wait) {
    super("too many attempts", null, false, false);
    this.wait = wait;
  }

  /** How long to wait, in whole seconds, 1 or more. */
  public long seconds() {
    return Math.max(1, wait.plusMillis(999).toSeconds());
  }
}
