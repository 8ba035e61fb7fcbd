package dev.portcullis.wire.error;

/** The four types of error that the wire knows (Stripe API reference, Errors). */
public enum ErrorType {
  API_ERROR("api_error"),
  CARD_ERROR("card_error"),
  IDEMPOTENCY_ERROR("idempotency_error"),
  INVALID_REQUEST_ERROR("invalid_request_error");

  private final String wireName;

  ErrorType(String wireName) {
    this.wireName = wireName;
  }

  /** The name on the wire. */
  public String wireName() {
    return wireName;
  }
}
