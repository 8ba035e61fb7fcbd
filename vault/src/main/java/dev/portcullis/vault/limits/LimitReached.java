package dev.portcullis.vault.limits;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import java.time.Duration;
import java.util.Locale;

/**
 * 429: whoever asks has asked enough for now; 503: all together have. Nothing was done and nothing
 * stored, so it may be sent again.
 */
public final class LimitReached extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Limit limit;
  private final Duration wait;

  /** Which limit it was. */
  public enum Limit {
    /** Requests of one address. */
    ADDRESS("global-rate"),
    /** Keys that are none, of one address. */
    UNKNOWN_KEYS("global-rate"),
    /** What one address stores with a page's key. */
    PAGE("endpoint-rate"),
    /** Different cards of one address with a page's key. */
    PAGE_CARDS("endpoint-rate"),
    /** What all pages of an account store. */
    PAGES("endpoint-rate"),
    /** What one server's key stores. */
    KEY("endpoint-rate"),
    /** What all servers of an account store. */
    ACCOUNT("endpoint-rate"),
    /** Different cards with the same first and last digits. */
    NUMBER_ENDS("endpoint-rate"),
    /** Security codes held in memory. */
    CODES("endpoint-concurrency"),
    /** Requests with a card that are worked at, or wait for it. */
    INTAKE("global-concurrency");

    private final String reason;

    Limit(String reason) {
      this.reason = reason;
    }

    /** What the client is told in {@code Stripe-Rate-Limited-Reason}. */
    public String reason() {
      return reason;
    }

    /** Its name in metrics and the log. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * @param wait after how long it may be tried again
   */
  public LimitReached(Limit limit, Duration wait) {
    // An answer and not a fault, and there may be thousands of them: no stack trace is taken.
    super(limit.wire(), null, false, false);
    this.limit = limit;
    this.wait = wait;
  }

  /** Throws unless there is nothing to wait for. */
  public static void unlessZero(Duration wait, Limit limit) {
    if (wait.isPositive()) {
      throw new LimitReached(limit, wait);
    }
  }

  public Limit limit() {
    return limit;
  }

  /** What the client is told. */
  public ApiError error() {
    return limit == Limit.INTAKE ? ApiErrors.unavailable() : ApiErrors.tooManyRequests();
  }

  /** After how many whole seconds it may be tried again; 1 or more. */
  public long retryAfterSeconds() {
    return Math.max(1, Math.ceilDiv(wait.toMillis() + 1, 1_000L));
  }
}
