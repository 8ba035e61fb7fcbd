package dev.portcullis.wire.config;

import dev.portcullis.kit.Secret;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * One zone's configuration: a properties file that holds no secret, only references {@code
 * secret://name} to files in the directory {@code secrets} beside it.
 *
 * <p>A key that nobody asked for fails the start, with a suggestion. Not safe for several threads:
 * it is read while a zone is wired.
 */
public final class ZoneConfig {

  private static final String REFERENCE = "secret://";
  private static final Pattern SECRET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,99}");

  private final Path file;
  private final Properties properties;
  private final Set<String> asked = new HashSet<>();

  private ZoneConfig(Path file, Properties properties) {
    this.file = file;
    this.properties = properties;
  }

  /**
   * Reads the file.
   *
   * @throws ConfigException if it cannot be read
   */
  public static ZoneConfig load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException("The configuration " + file + " cannot be read.", e);
    }
    return new ZoneConfig(file.toAbsolutePath(), properties);
  }

  /** Whether there is a value. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /**
   * The names that stand between a prefix and a suffix, for settings that come several times, each
   * under a name of its own.
   */
  public SortedSet<String> names(String prefix, String suffix) {
    SortedSet<String> names = new TreeSet<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(prefix)
          && key.endsWith(suffix)
          && key.length() > prefix.length() + suffix.length()) {
        names.add(key.substring(prefix.length(), key.length() - suffix.length()));
      }
    }
    return names;
  }

  /** A value, if there is one. */
  public Optional<String> find(String key) {
    asked.add(key);
    return Optional.ofNullable(properties.getProperty(key))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /**
   * A value that must be there.
   *
   * @throws ConfigException if it is not
   */
  public String string(String key) {
    return find(key).orElseThrow(() -> problem(key, "is missing"));
  }

  /**
   * A whole number.
   *
   * @throws ConfigException if it is missing or no number
   */
  public int integer(String key) {
    try {
      return Integer.parseInt(string(key));
    } catch (NumberFormatException e) {
      throw problem(key, "must be a whole number");
    }
  }

  /**
   * {@code true} or {@code false}; false where there is none.
   *
   * @throws ConfigException if it is anything else
   */
  public boolean bool(String key) {
    return switch (find(key).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw problem(key, "must be true or false");
    };
  }

  /**
   * A duration of ISO 8601, for instance {@code PT10S}.
   *
   * @throws ConfigException if it is anything else
   */
  public Duration duration(String key, Duration otherwise) {
    try {
      return find(key).map(Duration::parse).orElse(otherwise);
    } catch (DateTimeParseException e) {
      throw problem(key, "must be a duration such as PT10S");
    }
  }

  /**
   * A path; a relative one begins at the configuration's directory.
   *
   * @throws ConfigException if it is missing
   */
  public Path path(String key) {
    return directory().resolve(string(key));
  }

  /** A path, if there is one. */
  public Optional<Path> findPath(String key) {
    return find(key).map(directory()::resolve);
  }

  /**
   * The secret that the key refers to, without the white space around it.
   *
   * @throws ConfigException if it is missing, or is written there itself
   */
  public Secret secret(String key) {
    String reference = string(key);
    String name = reference.startsWith(REFERENCE) ? reference.substring(REFERENCE.length()) : "";
    if (!SECRET_NAME.matcher(name).matches()) {
      throw problem(key, "must refer to a secret by secret://name and never hold one");
    }
    Path secretFile = directory().resolve("secrets").resolve(name);
    try {
      return Secret.of(Files.readString(secretFile, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new ConfigException("The secret file " + secretFile + " cannot be read.", e);
    }
  }

  /** The directory of the file. */
  public Path directory() {
    return Objects.requireNonNull(file.getParent(), "an absolute file has a directory");
  }

  /**
   * Fails if there is a key that nobody asked for: a misspelled setting must not be ignored.
   *
   * @throws ConfigException that names it and suggests the nearest known one
   */
  public void refuseUnknown() {
    for (String key : properties.stringPropertyNames()) {
      if (!asked.contains(key)) {
        throw problem(key, "is not known; did you mean " + nearest(key) + "?");
      }
    }
  }

  private String nearest(String key) {
    return asked.stream()
        .min(Comparator.comparingInt((String known) -> distance(key, known)).thenComparing(k -> k))
        .orElse("something else");
  }

  /** Levenshtein's distance, one row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private ConfigException problem(String key, String what) {
    return new ConfigException("In " + file + ", " + key + " " + what + ".");
  }
}
