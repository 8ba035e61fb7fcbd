package dev.portcullis.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that this provider will not take: it changed nothing. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final @Nullable String param;

  Refused(int status, String code, String message, @Nullable String param) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  static Refused invalid(String param, String message) {
    return new Refused(400, "invalid_parameter", message, param);
  }

  static Refused state(String code, String message) {
    return new Refused(400, code, message, null);
  }

  Answer answer() {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", getMessage());
    error.put("param", param);
    return new Answer(status, Map.of("error", error));
  }
}
