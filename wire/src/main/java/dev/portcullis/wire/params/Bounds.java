package dev.portcullis.wire.params;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;

/** What a request may hold at most, in either form. */
final class Bounds {

  static final int MAX_PARAMETERS = 1_000;
  static final int MAX_DEPTH = 8;
  static final int MAX_KEY = 255;
  static final int MAX_TEXT = 65_536;

  private Bounds() {}

  static ApiException refused(String param, String code, String message) {
    String named = param.isBlank() ? "(empty)" : ApiErrors.shown(param);
    return new ApiException(ApiErrors.invalid(named, code, message));
  }

  static void checkCount(int count, String param) {
    if (count > MAX_PARAMETERS) {
      throw refused(
          param, "parameters_too_many", "A request has at most " + MAX_PARAMETERS + " parameters.");
    }
  }

  static void checkDepth(int depth, String param) {
    if (depth > MAX_DEPTH) {
      throw refused(
          param, "parameter_too_deep", "Parameters nest at most " + MAX_DEPTH + " levels deep.");
    }
  }

  static void checkName(String name, String param) {
    if (name.isBlank()) {
      throw refused(param, "parameter_invalid_name", "A parameter has an empty name.");
    }
    if (name.length() > MAX_KEY) {
      throw refused(
          param,
          "parameter_invalid_name",
          "A parameter's name has at most " + MAX_KEY + " characters.");
    }
    if (hasControl(name, false)) {
      throw refused(
          param, "parameter_invalid_name", "A parameter's name holds a control character.");
    }
  }

  static void checkText(String text, String param) {
    if (text.length() > MAX_TEXT) {
      throw refused(
          param,
          "parameter_invalid_string_too_long",
          "Invalid string: at most " + MAX_TEXT + " characters.");
    }
    if (hasControl(text, true)) {
      throw refused(
          param, "parameter_invalid_characters", "Invalid string: it holds a control character.");
    }
  }

  /** Tab and line ends are text; NUL and its kin, and lone surrogates, never are. */
  private static boolean hasControl(String text, boolean lineEndsAllowed) {
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      boolean lineEnd = c == '\n' || c == '\r' || c == '\t';
      if (Character.isISOControl(c) && !(lineEnd && lineEndsAllowed)) {
        return true;
      }
      if (Character.isHighSurrogate(c)
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        at++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }
}
