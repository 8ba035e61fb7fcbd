package dev.portcullis.wire.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One setting as it is declared.
 *
 * @param name dotted; a segment {@code *} stands for a name that the operator chooses
 * @param type what it may be
 * @param required whether nothing starts without it
 * @param standard the value where none is given, or null
 * @param sentence what it does, in a sentence for the operator
 */
public record Setting(
    String name, SettingType type, boolean required, @Nullable String standard, String sentence) {

  private static final Duration YEAR = Duration.ofDays(366);
  private static final Pattern URL =
      Pattern.compile("https?://[A-Za-z0-9.\\[\\]:-]{1,255}(/[A-Za-z0-9._~/-]{0,255})?");

  static Setting text(String name, String sentence) {
    return of(name, new SettingType.Text(), sentence);
  }

  static Setting flag(String name, String sentence) {
    return of(name, new SettingType.Flag(), sentence).or("false");
  }

  static Setting number(String name, int least, int most, String sentence) {
    return of(name, new SettingType.WholeNumber(least, most), sentence);
  }

  /** A TCP port; 0 is any free one. */
  static Setting port(String name, String sentence) {
    return number(name, 0, 65_535, sentence).must();
  }

  static Setting duration(String name, String sentence) {
    return duration(name, Duration.ZERO, YEAR, sentence);
  }

  static Setting duration(String name, Duration least, Duration most, String sentence) {
    return of(name, new SettingType.Period(least, most), sentence);
  }

  static Setting file(String name, String sentence) {
    return of(name, new SettingType.File(), sentence);
  }

  static Setting secret(String name, String sentence) {
    return of(name, new SettingType.Reference(), sentence);
  }

  static Setting choice(String name, List<String> words, String sentence) {
    return of(name, new SettingType.Choice(words), sentence);
  }

  static Setting form(String name, String pattern, String words, String sentence) {
    return of(name, new SettingType.Form(Pattern.compile(pattern), words), sentence);
  }

  /** Whom a listener's certificate names when that is not whom the shoppers know. */
  static Setting tlsName(String listener) {
    return form(
        listener + ".tls.name",
        "(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
        "a host's name in lower case",
        "The name that the certificate is for, where an edge with a certificate of its own stands"
            + " before the listener and expects that name here; without it the public URL's host.");
  }

  static Setting url(String name, String sentence) {
    return of(name, new SettingType.Form(URL, "an http or https URL without a query"), sentence);
  }

  private static Setting of(String name, SettingType type, String sentence) {
    return new Setting(name, type, false, null, sentence);
  }

  /** The same setting, without which nothing starts. */
  Setting must() {
    return new Setting(name, type, true, null, sentence);
  }

  /** The same setting with a default. */
  Setting or(String value) {
    return new Setting(name, type, false, value, sentence);
  }

  /** Whether a key is this setting's. */
  boolean covers(String key) {
    return name.equals(key)
        || (name.contains("*")
            && key.matches(name.replace(".", "\\.").replace("*", "[a-z0-9][a-z0-9-]{0,49}")));
  }

  /** The variable that overrides it: {@code PORTCULLIS_GATEWAY_API_PORT}. */
  String variable(String zone) {
    return prefix(zone) + upper(name);
  }

  /** The key that a variable of the environment stands for, if it stands for this setting. */
  Optional<String> keyOf(String zone, String variable) {
    if (!name.contains("*")) {
      return variable.equals(variable(zone)) ? Optional.of(name) : Optional.empty();
    }
    String[] around = name.split("\\*", -1);
    String before = prefix(zone) + upper(around[0]);
    String after = upper(around[1]);
    if (variable.length() <= before.length() + after.length()
        || !variable.startsWith(before)
        || !variable.endsWith(after)) {
      return Optional.empty();
    }
    String chosen = variable.substring(before.length(), variable.length() - after.length());
    String key = around[0] + chosen.toLowerCase(Locale.ROOT).replace('_', '-') + around[1];
    return covers(key) ? Optional.of(key) : Optional.empty();
  }

  static String prefix(String zone) {
    return "PORTCULLIS_" + upper(zone) + "_";
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
