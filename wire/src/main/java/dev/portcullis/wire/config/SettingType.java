package dev.portcullis.wire.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a setting's value may be. */
public sealed interface SettingType {

  /** Any text. */
  record Text() implements SettingType {}

  /** {@code true} or {@code false}. */
  record Flag() implements SettingType {}

  /** A whole number, both bounds included. */
  record WholeNumber(int least, int most) implements SettingType {}

  /** A duration of ISO 8601, both bounds included. */
  record Period(Duration least, Duration most) implements SettingType {}

  /** A file or folder; a relative one begins at the configuration's own folder. */
  record File() implements SettingType {}

  /** A reference to a secret. */
  record Reference() implements SettingType {}

  /** One of a few words. */
  record Choice(List<String> words) implements SettingType {
    public Choice {
      words = List.copyOf(words);
    }
  }

  /** A text of a certain form. */
  record Form(Pattern pattern, String words) implements SettingType {}

  /** What is wrong with a value, to be read after the setting's name; never the value itself. */
  default Optional<String> fault(String value) {
    return switch (this) {
      case Text _, File _ -> Optional.empty();
      case Reference _ -> SecretReference.fault(value);
      case Flag _ -> unless(value.equals("true") || value.equals("false"));
      case WholeNumber(int least, int most) -> unless(isWithin(value, least, most));
      case Period(Duration least, Duration most) -> unless(isWithin(value, least, most));
      case Choice(List<String> words) -> unless(words.contains(value));
      case Form form -> unless(form.pattern().matcher(value).matches());
    };
  }

  private Optional<String> unless(boolean well) {
    return well ? Optional.empty() : Optional.of("must be " + wanted());
  }

  /** The values that are taken, in words. */
  default String wanted() {
    return switch (this) {
      case Text _ -> "a text";
      case Flag _ -> "true or false";
      case WholeNumber(int least, int most) -> "a whole number from " + least + " to " + most;
      case Period(Duration least, Duration most) ->
          "a duration such as PT10S, from " + least + " to " + most;
      case File _ -> "a path";
      case Reference _ -> "secret://name or secret://env/NAME";
      case Choice(List<String> words) -> "one of " + String.join(", ", words);
      case Form form -> form.words();
    };
  }

  private static boolean isWithin(String value, int least, int most) {
    try {
      int number = Integer.parseInt(value);
      return number >= least && number <= most;
    } catch (NumberFormatException _) {
      return false;
    }
  }

  private static boolean isWithin(String value, Duration least, Duration most) {
    try {
      Duration duration = Duration.parse(value);
      return duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
    } catch (DateTimeParseException _) {
      return false;
    }
  }
}
