package dev.portcullis.wire.error;

/** The errors that more than one place answers with, each worded once. */
public final class ApiErrors {

  private ApiErrors() {}

  /** 400: a required parameter is not there. */
  public static ApiError missing(String param) {
    return invalid(param, "parameter_missing", "Missing required param: " + param + ".");
  }

  /** 400: nobody declares this parameter. */
  public static ApiError unknown(String param) {
    return invalid(param, "parameter_unknown", "Received unknown parameter: " + param);
  }

  /** 400: a parameter is not what it should be. */
  public static ApiError invalid(String param, String code, String message) {
    return badRequest(message).withCode(code).withParam(param);
  }

  /** 400 without a parameter to name. */
  public static ApiError badRequest(String message) {
    return ApiError.of(400, ErrorType.INVALID_REQUEST_ERROR, message);
  }

  /** 400: a header that has one value has two, of which two readers might take either. */
  public static ApiError givenTwice(String header) {
    return badRequest("The header " + header + " is given more than once.");
  }

  /**
   * 404: there is no such object; also the answer for another account's object, so that the two
   * cannot be told apart.
   *
   * @param object the type in words that the wire uses, for instance {@code payment_intent}
   */
  public static ApiError noSuch(String object, String id, String param) {
    return ApiError.of(
            404, ErrorType.INVALID_REQUEST_ERROR, "No such " + object + ": '" + shown(id) + "'")
        .withCode("resource_missing")
        .withParam(param);
  }

  /** 404: no route. */
  public static ApiError unrecognizedUrl(String method, String path) {
    return ApiError.of(
        404,
        ErrorType.INVALID_REQUEST_ERROR,
        "Unrecognized request URL (" + method + ": " + shown(path) + ").");
  }

  /** 405: the route is there, the method is not. */
  public static ApiError methodNotAllowed(String method, String path) {
    return ApiError.of(
        405,
        ErrorType.INVALID_REQUEST_ERROR,
        "The method " + shown(method) + " is not allowed for " + shown(path) + ".");
  }

  /** 401: no key, or a wrong one. */
  public static ApiError unauthorized(String message) {
    return ApiError.of(401, ErrorType.INVALID_REQUEST_ERROR, message);
  }

  /** 403: the key may not do that. */
  public static ApiError forbidden(String message) {
    return ApiError.of(403, ErrorType.INVALID_REQUEST_ERROR, message);
  }

  /** 409: a request with the same idempotency key is being worked on. */
  public static ApiError idempotencyKeyInUse() {
    return ApiError.of(
            409,
            ErrorType.IDEMPOTENCY_ERROR,
            "There is currently another in-progress request using this Idempotency-Key (that"
                + " probably means you submitted twice, and the other request is still going"
                + " through). Please try again later.")
        .withCode("idempotency_key_in_use");
  }

  /** 400: the key was used before, with other parameters or for another endpoint. */
  public static ApiError idempotencyMismatch() {
    return ApiError.of(
        400,
        ErrorType.IDEMPOTENCY_ERROR,
        "Keys for idempotent requests can only be used with the same parameters they were first"
            + " used with. Try using a key other than the one you sent if you meant to execute a"
            + " different request.");
  }

  /** 409: somebody else changed the object meanwhile. */
  public static ApiError lockTimeout() {
    return ApiError.of(
            409,
            ErrorType.INVALID_REQUEST_ERROR,
            "This object cannot be accessed right now because another request is working on it."
                + " Please try again.")
        .withCode("lock_timeout");
  }

  /** 408: the request came too slowly. */
  public static ApiError requestTimeout() {
    return ApiError.of(
        408, ErrorType.INVALID_REQUEST_ERROR, "The request took too long to arrive.");
  }

  /** 413: the body is too large. */
  public static ApiError tooLarge() {
    return ApiError.of(413, ErrorType.INVALID_REQUEST_ERROR, "The request body is too large.");
  }

  /** 415: the body is of a type that is not understood. */
  public static ApiError unsupportedMediaType() {
    return ApiError.of(
        415,
        ErrorType.INVALID_REQUEST_ERROR,
        "The Content-Type must be application/x-www-form-urlencoded or application/json.");
  }

  /** 429: too many requests. */
  public static ApiError tooManyRequests() {
    return ApiError.of(429, ErrorType.INVALID_REQUEST_ERROR, "Too many requests. Please slow down.")
        .withCode("rate_limit");
  }

  /** 402: the card, not the request, is at fault. */
  public static ApiError card(String code, String message) {
    return ApiError.of(402, ErrorType.CARD_ERROR, message).withCode(code);
  }

  /** 500: something inside failed; the log knows what, under the request's id. */
  public static ApiError internal() {
    return ApiError.of(
        500,
        ErrorType.API_ERROR,
        "Something went wrong on our side. The request id finds the reason in the log.");
  }

  /** 503: a restored system moves no money yet; nothing was done. */
  public static ApiError paymentsPaused() {
    return ApiError.of(
            503,
            ErrorType.API_ERROR,
            "Payments are paused: this system was restored from a backup and is being compared with"
                + " its payment providers. Nothing was done. Please try again later.")
        .withCode("payments_paused");
  }

  /** 503: a part that is needed cannot be reached; nothing was done. */
  public static ApiError unavailable() {
    return ApiError.of(
        503, ErrorType.API_ERROR, "The service cannot take this request now. Please try again.");
  }

  /** 503: the vault's master key cannot be used now, so no card can be sealed or opened. */
  public static ApiError vaultKeyUnavailable() {
    return ApiError.of(
            503,
            ErrorType.API_ERROR,
            "The card vault cannot use its keys now: it is sealed, or its key service does not"
                + " answer. Nothing was done. Please try again later.")
        .withCode("vault_key_unavailable");
  }

  /** What a client sent, fit to be shown back: printable and short. */
  public static String shown(String sent) {
    String printable = sent.replaceAll("[^\\x20-\\x7e]", "?");
    String safe = dev.portcullis.wire.log.Redaction.scrub(printable);
    // The cut can leave a card number of what was none, such as one with its expiry behind it.
    return safe.length() > 100
        ? dev.portcullis.wire.log.Redaction.scrub(safe.substring(0, 100)) + "..."
        : safe;
  }
}
