package dev.portcullis.vault.http;

/** Ends an internal call with {@code {"error": {"code", "message"}}}. Nothing was done. */
public final class InternalException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /**
   * @param status 400 to 499, or 503 for what may be asked again
   * @param code a short stable name
   * @param message a sentence for the gateway's log; no secret
   */
  public InternalException(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
