package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.SecretReference;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the operator wants otherwise: {@code portcullis.properties} in the home, with each key under
 * its zone's name, and over it the environment. The zones get it in the files that {@code up}
 * writes.
 */
public final class Installation {

  private static final List<Zone> ZONES = List.of(Zone.GATEWAY, Zone.VAULT, Zone.SIMULATOR);

  private static final String LIBRARY_VARIABLES = "master-key.pkcs11.variables";

  private final Map<Zone, Map<String, String>> values;
  private final Map<String, String> environment;

  private Installation(Map<Zone, Map<String, String>> values, Map<String, String> environment) {
    this.values = values;
    this.environment = environment;
  }

  /** The file. */
  public static Path file(Home home) {
    return home.root().resolve("portcullis.properties");
  }

  /**
   * Reads file and environment.
   *
   * @throws Refusal with a sentence for each thing that is wrong
   */
  public static Installation load(Home home, Map<String, String> environment) {
    List<String> faults = new ArrayList<>();
    return of(file(home), read(file(home), faults), environment, faults);
  }

  /**
   * As if these stood in the file, and nothing in the environment.
   *
   * @throws Refusal with a sentence for each thing that is wrong
   */
  static Installation of(Home home, Map<String, String> settings) {
    return of(file(home), settings, Map.of(), new ArrayList<>());
  }

  private static Installation of(
      Path file,
      Map<String, String> entries,
      Map<String, String> environment,
      List<String> faults) {
    Map<Zone, Map<String, String>> values = new EnumMap<>(Zone.class);
    ZONES.forEach(zone -> values.put(zone, new TreeMap<>()));
    entries.forEach((key, value) -> sort(file, key, value, values, faults));
    for (Zone zone : ZONES) {
      ZoneSettings settings = settings(zone);
      ZoneSettings.Overrides overrides = settings.overrides(environment);
      Map<String, String> wanted = values.getOrDefault(zone, Map.of());
      faults.addAll(settings.faults(wanted, "In " + file + ", ", zone.label() + "."));
      faults.addAll(overrides.faults());
      faults.addAll(settings.faults(overrides.values(), "In the environment, ", ""));
      wanted.putAll(overrides.values());
      wanted.values().removeIf(String::isBlank);
      wanted.keySet().stream()
          .filter(settings::isOwnedByUp)
          .forEach(
              key -> faults.add(zone.label() + "." + key + " is said by up itself; take it out."));
    }
    if (!faults.isEmpty()) {
      throw new Refusal(String.join("\n", faults));
    }
    return new Installation(values, environment);
  }

  private static Map<String, String> read(Path file, List<String> faults) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Map.of();
    }
    try {
      return ZoneConfig.read(file);
    } catch (ConfigException e) {
      faults.add(e.getMessage());
      return Map.of();
    }
  }

  private static void sort(
      Path file,
      String key,
      String value,
      Map<Zone, Map<String, String>> values,
      List<String> faults) {
    int dot = key.indexOf('.');
    String name = dot < 0 ? key : key.substring(0, dot);
    values.forEach(
        (zone, of) -> {
          if (zone.label().equals(name) && dot > 0) {
            of.put(key.substring(dot + 1), value);
          }
        });
    if (values.keySet().stream().noneMatch(zone -> zone.label().equals(name)) || dot < 0) {
      faults.add(
          "In %s, %s begins with no zone: gateway., vault. or simulator.".formatted(file, key));
    }
  }

  private static ZoneSettings settings(Zone zone) {
    return switch (zone) {
      case GATEWAY -> ZoneSettings.GATEWAY;
      case VAULT -> ZoneSettings.VAULT;
      case SIMULATOR -> ZoneSettings.SIMULATOR;
      case POSTGRES -> throw new IllegalArgumentException("PostgreSQL has settings of its own");
    };
  }

  /**
   * Whether the home serves live payments.
   *
   * @throws Refusal if only one of the zones is to
   */
  public boolean live() {
    boolean live = "true".equals(of(Zone.GATEWAY).get("livemode"));
    if (live != "true".equals(of(Zone.VAULT).get("livemode"))) {
      throw new Refusal(
          "gateway.livemode and vault.livemode must be the same: both zones serve live payments, or"
              + " none does.");
    }
    return live;
  }

  /** What is wanted of a zone, by key. */
  public Map<String, String> of(Zone zone) {
    return values.getOrDefault(zone, Map.of());
  }

  /**
   * The variables that the zone's otherwise empty environment gets: those that hold its secrets,
   * and those that its HSM's library reads.
   *
   * @throws Refusal if one of the latter is not set
   */
  public Map<String, String> variables(Zone zone) {
    Map<String, String> variables = new TreeMap<>();
    of(zone)
        .forEach(
            (key, value) -> {
              SecretReference.parse(value)
                  .ifPresent(reference -> addVariable(variables, reference));
              if (key.endsWith(LIBRARY_VARIABLES)) {
                List.of(value.split(",")).forEach(name -> variables.put(name, required(key, name)));
              }
            });
    return variables;
  }

  private String required(String key, String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new Refusal(
          "%s.%s names %s, which is not set where up runs."
              .formatted(Zone.VAULT.label(), key, name));
    }
    return value;
  }

  private void addVariable(Map<String, String> variables, SecretReference reference) {
    switch (reference) {
      case SecretReference.InFile _ -> {}
      case SecretReference.InEnvironment(String name) -> {
        String value = environment.get(name);
        if (value != null) {
          variables.put(name, value);
        }
      }
    }
  }
}
