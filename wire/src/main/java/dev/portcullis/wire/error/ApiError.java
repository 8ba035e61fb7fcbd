package dev.portcullis.wire.error;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as a client is told of it. It holds nothing of what happened inside.
 *
 * @param status the HTTP status, 400 to 599
 * @param type the type
 * @param message a sentence that helps the developer, or the shopper for a card error
 * @param code a short stable name, or null
 * @param param the parameter at fault in bracket form, for instance {@code shipping[name]}, or null
 * @param declineCode why the issuer declined, or null
 * @param extra further members of the error object (such as {@code payment_intent}), never null
 */
public record ApiError(
    int status,
    ErrorType type,
    String message,
    @Nullable String code,
    @Nullable String param,
    @Nullable String declineCode,
    Map<String, @Nullable Object> extra) {

  /** An error with a status, a type and a sentence. */
  public static ApiError of(int status, ErrorType type, String message) {
    return new ApiError(status, type, message, null, null, null, Map.of());
  }

  /** The same error with a code. */
  public ApiError withCode(String newCode) {
    return new ApiError(status, type, message, newCode, param, declineCode, extra);
  }

  /** The same error that names a parameter. */
  public ApiError withParam(@Nullable String newParam) {
    return new ApiError(status, type, message, code, newParam, declineCode, extra);
  }

  /** The same error with a decline code. */
  public ApiError withDeclineCode(@Nullable String newDeclineCode) {
    return new ApiError(status, type, message, code, param, newDeclineCode, extra);
  }

  /** The same error with one more member. */
  public ApiError with(String name, @Nullable Object value) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(extra);
    more.put(name, value);
    return new ApiError(status, type, message, code, param, declineCode, more);
  }

  /** The body to send: {@code {"error": {...}}}. */
  public Map<String, @Nullable Object> body() {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    putUnlessNull(error, "code", code);
    putUnlessNull(error, "decline_code", declineCode);
    ErrorPages.of(code).ifPresent(page -> error.put("doc_url", page));
    error.put("message", message);
    putUnlessNull(error, "param", param);
    error.putAll(extra);
    error.put("type", type.wireName());
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("error", error);
    return body;
  }

  private static void putUnlessNull(
      Map<String, @Nullable Object> error, String name, @Nullable String value) {
    if (value != null) {
      error.put(name, value);
    }
  }
}
