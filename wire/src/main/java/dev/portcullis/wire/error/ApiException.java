package dev.portcullis.wire.error;

/**
 * Ends the handling of a request with an {@link ApiError}. The cause, if any, is for the log alone.
 */
public final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  public ApiException(ApiError error) {
    // A refusal is an answer and not a fault: no stack trace is taken.
    super(error.message(), null, false, false);
    this.error = error;
  }

  public ApiException(ApiError error, Throwable cause) {
    super(error.message(), cause);
    this.error = error;
  }

  /** What the client is told. */
  public ApiError error() {
    return error;
  }
}
