package dev.portcullis.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that this provider will not take: it changed nothing. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final @Nullable String param;

  /**
   * A refusal.
   *
   * @param code a word for it; those of the books are the sandbox's
   * @param message a sentence
   * @param param the member that is wrong, or null
   */
  public Refused(int status, String code, String message, @Nullable String param) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /** A member is wrong. */
  public static Refused invalid(String param, String message) {
    return new Refused(400, "invalid_parameter", message, param);
  }

  /** It cannot be done now. */
  public static Refused state(String code, String message) {
    return new Refused(400, code, message, null);
  }

  /** The HTTP status that the sandbox gives it. */
  public int status() {
    return status;
  }

  /** The word for it. */
  public String code() {
    return code;
  }

  /** The member that is wrong, or null. */
  public @Nullable String param() {
    return param;
  }

  Answer answer() {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", getMessage());
    error.put("param", param);
    return new Answer(status, Map.of("error", error));
  }
}
