package dev.portcullis.wire.people;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which passwords are taken: at least 12 characters of any kind (ASVS 5.0, 6.2.1, 6.2.5), none that
 * everybody tries first (6.2.4), and none that says whose it is or what it is for (6.2.11).
 */
final class PasswordRules {

  static final int MIN = 12;
  static final int MAX = 256;

  /** Fewer different characters than this are a pattern and not a password. */
  private static final int FEWEST_DIFFERENT = 5;

  /** Two or three letters are in many a good sentence. */
  private static final int NAME_THAT_COUNTS = 4;

  private static final Set<String> COMMON = read();

  private final SecretAccess access;

  PasswordRules(SecretAccess access) {
    this.access = access;
  }

  private static Set<String> read() {
    try (InputStream in = PasswordRules.class.getResourceAsStream("common-passwords.txt")) {
      if (in == null) {
        throw new IllegalStateException("the list of common passwords is not there");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets a new password pass.
   *
   * @throws ApiException 400 that says what is wrong with it
   */
  void check(String name, Secret password) {
    String text = password.reveal(access);
    int length = text.codePointCount(0, text.length());
    if (length < MIN || length > MAX) {
      throw refused(
          "password_length", "A password must have " + MIN + " to " + MAX + " characters.");
    }
    String lower = text.toLowerCase(Locale.ROOT);
    boolean named = name.length() >= NAME_THAT_COUNTS && lower.contains(name);
    if (named || lower.contains("portcullis")) {
      throw refused(
          "password_contains_name",
          "A password must not contain the person's name or the product's.");
    }
    if (isCommon(lower)) {
      throw refused(
          "password_common",
          "This password is one that is tried first. Choose a longer sentence or a random one.");
    }
  }

  private static boolean isCommon(String lower) {
    String stem = lower.replaceAll("^[^a-z]+|[^a-z]+$", "");
    return COMMON.contains(lower)
        || COMMON.contains(stem)
        || isRepeated(lower)
        || isRun(lower)
        || lower.codePoints().distinct().count() < FEWEST_DIFFERENT;
  }

  /** One common word or pattern after another. */
  private static boolean isRepeated(String text) {
    for (int length = 1; length <= text.length() / 2; length++) {
      if (text.length() % length == 0
          && text.equals(text.substring(0, length).repeat(text.length() / length))) {
        return true;
      }
    }
    return false;
  }

  /** Each character one further than the one before, or one back: abcdefghijkl, 987654321098. */
  private static boolean isRun(String text) {
    int steps = 0;
    for (int at = 1; at < text.length(); at++) {
      int step = text.charAt(at) - text.charAt(at - 1);
      steps += Math.abs(step) == 1 || Math.abs(step) == 9 ? 1 : 0;
    }
    return steps == text.length() - 1;
  }

  private static ApiException refused(String code, String message) {
    return new ApiException(ApiErrors.invalid("password", code, message));
  }
}
