package dev.portcullis.wire.config;

import dev.portcullis.wire.error.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every setting that a zone knows. What is not declared here cannot be read and cannot be given;
 * docs/CONFIGURATION.md is made from it.
 *
 * @param zone the zone's name, which begins the names of its environment variables
 * @param settings in the order in which they are described
 */
public record ZoneSettings(String zone, List<Setting> settings) {

  public static final ZoneSettings GATEWAY = new ZoneSettings("gateway", GatewaySettings.LIST);
  public static final ZoneSettings VAULT = new ZoneSettings("vault", VaultSettings.LIST);
  public static final ZoneSettings SIMULATOR =
      new ZoneSettings("simulator", SimulatorSettings.LIST);

  /** Read by the launcher and by no zone: options for its JVM. */
  private static final String JVM_OPTIONS = "JAVA_OPTIONS";

  private static final List<String> UP =
      List.of(
          "gateway.admin.",
          "gateway.management.port",
          "gateway.database.",
          "gateway.vault.",
          "gateway.api-key-hash-key",
          "gateway.client-secret-key",
          "gateway.sealing-keys",
          "gateway.search-key",
          "gateway.sandbox",
          "gateway.sandbox.",
          "vault.internal.",
          "vault.admin.",
          "vault.management.port",
          "vault.database.",
          "vault.master-key",
          "vault.api-key-hash-key",
          "vault.sandbox",
          "vault.policy.directory",
          "vault.transfers.directory",
          "vault.audit.directory",
          "vault.provider.sandbox.",
          "simulator.");

  public ZoneSettings {
    settings = List.copyOf(settings);
  }

  /**
   * Whether {@code portcullis up} alone says what the key is: its own database, identities, keys
   * and ports, which would no longer fit together.
   */
  public boolean isOwnedByUp(String key) {
    String whole = zone + "." + key;
    return UP.stream()
        .anyMatch(owned -> owned.endsWith(".") ? whole.startsWith(owned) : whole.equals(owned));
  }

  /** The declaration of a key. */
  public Optional<Setting> find(String key) {
    return settings.stream().filter(setting -> setting.covers(key)).findFirst();
  }

  /** Overrides from an environment, and what is wrong with them. */
  public record Overrides(Map<String, String> values, List<String> faults) {}

  /** What an environment's variables {@code PORTCULLIS_<ZONE>_…} override, by key. */
  public Overrides overrides(Map<String, String> environment) {
    Map<String, String> values = new TreeMap<>();
    List<String> faults = new ArrayList<>();
    String prefix = Setting.prefix(zone);
    new TreeMap<>(environment)
        .forEach(
            (variable, value) -> {
              if (!variable.startsWith(prefix) || variable.equals(prefix + JVM_OPTIONS)) {
                return;
              }
              Optional<String> key =
                  settings.stream()
                      .flatMap(setting -> setting.keyOf(zone, variable).stream())
                      .findFirst();
              key.ifPresentOrElse(
                  name -> values.put(name, value),
                  () ->
                      faults.add(
                          "In the environment, "
                              + variable
                              + " is not known; did you mean "
                              + Nearest.to(
                                  variable,
                                  settings.stream().map(setting -> setting.variable(zone)).toList())
                              + "?"));
            });
    return new Overrides(values, faults);
  }

  /**
   * What is wrong with some of the zone's settings.
   *
   * @param place what each of the sentences begins with
   * @param prefix what stands before each key in that place, such as {@code gateway.}
   */
  public List<String> faults(Map<String, String> values, String place, String prefix) {
    List<String> faults = new ArrayList<>();
    new TreeMap<>(values)
        .forEach(
            (key, value) -> {
              Optional<Setting> setting = find(key);
              if (setting.isEmpty()) {
                List<String> names = settings.stream().map(Setting::name).toList();
                faults.add(
                    "%s%s is not known; did you mean %s?"
                        .formatted(place, prefix + key, prefix + Nearest.to(key, names)));
              } else if (!value.isBlank()) {
                setting
                    .get()
                    .type()
                    .fault(value.strip())
                    .ifPresent(fault -> faults.add(place + prefix + key + " " + fault + "."));
              }
            });
    return faults;
  }
}
