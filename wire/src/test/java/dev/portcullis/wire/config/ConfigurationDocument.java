package dev.portcullis.wire.config;

import java.util.List;

/** docs/CONFIGURATION.md as the declarations say it. */
final class ConfigurationDocument {

  private static final String HEAD =
      """
      # Configuration

      `./portcullis up` needs none. What an installation wants otherwise stands in one file, `portcullis.properties` in its home folder, in lines such as `gateway.api.port=8443`: the zone, a dot, and a key of the tables below. The environment overrides the file: `PORTCULLIS_GATEWAY_API_PORT=8443`. From both, `up` writes each zone's own file at every start; a zone that is started by other means reads such a file (`gateway.properties`, without the `gateway.`) and the environment itself.

      A key that is not known, a value that is not of its key's kind, and a required key that is missing stop the start, with a suggestion. Keys marked *up* are written by `up` and cannot stand in `portcullis.properties`.

      No secret stands in a file or a variable of the configuration, only where it lies: `secret://name` is the file `secrets/name` beside the zone's file, `secret://env/NAME` the variable `NAME` of the process that starts it. `secret://vault/…` is refused: no outside store of secrets can be asked yet.

      For the programs themselves: `PORTCULLIS_DATABASE_PASSWORD` is the administrator's password for `up --database-url`; `PORTCULLIS_GATEWAY_JAVA_OPTIONS`, `PORTCULLIS_VAULT_JAVA_OPTIONS` and `PORTCULLIS_SIMULATOR_JAVA_OPTIONS` add options for a zone's JVM. A heap has its whole size, `-Xmx`, from the start.
      """;

  private ConfigurationDocument() {}

  static String text() {
    StringBuilder text = new StringBuilder(HEAD);
    for (ZoneSettings zone :
        List.of(ZoneSettings.GATEWAY, ZoneSettings.VAULT, ZoneSettings.SIMULATOR)) {
      text.append("\n## ").append(zone.zone()).append("\n\n");
      text.append("| key | value | default | what it does |\n|---|---|---|---|\n");
      zone.settings().forEach(setting -> row(text, zone, setting));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, ZoneSettings zone, Setting setting) {
    String fallback = setting.standard() == null ? "" : "`" + setting.standard() + "`";
    String given =
        zone.isOwnedByUp(setting.name()) ? "*up*" : setting.required() ? "required" : fallback;
    text.append("| `").append(setting.name()).append("` | ");
    text.append(setting.type().wanted()).append(" | ").append(given).append(" | ");
    text.append(setting.sentence()).append(" |\n");
  }
}
