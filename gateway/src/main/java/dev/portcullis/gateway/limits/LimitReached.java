package dev.portcullis.gateway.limits;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;

/**
 * A request that was not begun, because whoever sends it has sent enough for now (429), or because
 * there is too much to do (503). Nothing was done, so it may be sent again.
 */
public final class LimitReached extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient ApiError error;
  private final Reason reason;
  private final long retryAfterSeconds;

  /** What the client is told in {@code Stripe-Rate-Limited-Reason}. */
  public enum Reason {
    /** Too many requests in a time. */
    GLOBAL_RATE("global-rate"),
    /** Too many of this kind in a time. */
    ENDPOINT_RATE("endpoint-rate"),
    /** Too many at once. */
    GLOBAL_CONCURRENCY("global-concurrency"),
    /** Too many of this kind at once. */
    ENDPOINT_CONCURRENCY("endpoint-concurrency");

    private final String wire;

    Reason(String wire) {
      this.wire = wire;
    }

    /** Its name on the wire. */
    public String wire() {
      return wire;
    }
  }

  private LimitReached(ApiError error, Reason reason, long retryAfterSeconds) {
    // An answer and not a fault, and there may be thousands of them: no stack trace is taken.
    super(error.message(), null, false, false);
    this.error = error;
    this.reason = reason;
    this.retryAfterSeconds = Math.max(1, retryAfterSeconds);
  }

  /** 429: this client has sent enough for now. */
  static LimitReached tooMany(Reason reason, long retryAfterSeconds) {
    return new LimitReached(ApiErrors.tooManyRequests(), reason, retryAfterSeconds);
  }

  /** 503: what matters more goes first. */
  static LimitReached tooBusy() {
    return new LimitReached(ApiErrors.unavailable(), Reason.GLOBAL_CONCURRENCY, 1);
  }

  /** What the client is told. */
  public ApiError error() {
    return error;
  }

  /** Which limit it was. */
  public Reason reason() {
    return reason;
  }

  /** After how many whole seconds it may try again; 1 or more. */
  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
