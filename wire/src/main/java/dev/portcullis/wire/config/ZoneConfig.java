package dev.portcullis.wire.config;

import dev.portcullis.kit.Secret;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One zone's configuration: a properties file, overridden by the environment's variables {@code
 * PORTCULLIS_<ZONE>_…}. Neither holds a secret, only references ({@link SecretReference}).
 *
 * <p>All of it is checked when it is read: a key that is not declared, a value that is not of its
 * key's type and a required key that is missing fail the start, all of them in one message.
 */
public final class ZoneConfig {

  private final Path file;
  private final ZoneSettings settings;
  private final Map<String, String> values;
  private final Map<String, String> environment;

  private ZoneConfig(
      Path file,
      ZoneSettings settings,
      Map<String, String> values,
      Map<String, String> environment) {
    this.file = file;
    this.settings = settings;
    this.values = values;
    this.environment = environment;
  }

  /** Reads the file, with this process's environment. */
  public static ZoneConfig load(Path file, ZoneSettings settings) {
    return load(file, settings, System.getenv());
  }

  /**
   * Reads the file.
   *
   * @throws ConfigException if it cannot be read, or with a sentence for each thing that is wrong
   */
  public static ZoneConfig load(Path file, ZoneSettings settings, Map<String, String> environment) {
    Map<String, String> values = new TreeMap<>(read(file));
    List<String> faults = new ArrayList<>(settings.faults(values, "In " + file + ", ", ""));
    ZoneSettings.Overrides overrides = settings.overrides(environment);
    faults.addAll(overrides.faults());
    faults.addAll(settings.faults(overrides.values(), "In the environment, ", ""));
    values.putAll(overrides.values());
    values.values().removeIf(String::isBlank);
    settings.settings().stream()
        .filter(setting -> setting.required() && !values.containsKey(setting.name()))
        .forEach(setting -> faults.add("In " + file + ", " + setting.name() + " is missing."));
    if (!faults.isEmpty()) {
      throw new ConfigException(String.join("\n", faults));
    }
    return new ZoneConfig(file.toAbsolutePath(), settings, values, Map.copyOf(environment));
  }

  /**
   * The keys and values of a properties file, unchecked.
   *
   * @throws ConfigException if it cannot be read
   */
  public static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException("The configuration " + file + " cannot be read.", e);
    }
    Map<String, String> values = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }

  /** Whether the zone has a setting of that name. */
  boolean knows(String key) {
    return settings.find(key).isPresent();
  }

  /** Whether there is a value, if only the default. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /**
   * The names that stand between a prefix and a suffix, for settings that come several times, each
   * under a name of its own.
   */
  public SortedSet<String> names(String prefix, String suffix) {
    SortedSet<String> names = new TreeSet<>();
    for (String key : values.keySet()) {
      if (key.startsWith(prefix)
          && key.endsWith(suffix)
          && key.length() > prefix.length() + suffix.length()) {
        names.add(key.substring(prefix.length(), key.length() - suffix.length()));
      }
    }
    return names;
  }

  /** A value, if there is one, or the default, if there is one. */
  public Optional<String> find(String key) {
    Setting setting =
        settings
            .find(key)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        key + " is not among the settings of the " + settings.zone()));
    return Optional.ofNullable(values.getOrDefault(key, setting.standard())).map(String::strip);
  }

  /**
   * A value that must be there.
   *
   * @throws ConfigException if it is not
   */
  public String string(String key) {
    return find(key)
        .orElseThrow(() -> new ConfigException("In " + file + ", " + key + " is missing."));
  }

  /** A whole number. */
  public int integer(String key) {
    return Integer.parseInt(string(key));
  }

  /** {@code true} or {@code false}. */
  public boolean bool(String key) {
    return Boolean.parseBoolean(string(key));
  }

  /** A duration. */
  public Duration duration(String key) {
    return Duration.parse(string(key));
  }

  /** A path; a relative one begins at the configuration's folder. */
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
   * @throws ConfigException if it is missing
   */
  public Secret secret(String key) {
    return SecretReference.parse(string(key))
        .orElseThrow(() -> new IllegalArgumentException(key + " is not declared as a secret"))
        .resolve(directory().resolve("secrets"), environment);
  }

  /** The directory of the file. */
  public Path directory() {
    return Objects.requireNonNull(file.getParent(), "an absolute file has a directory");
  }
}
