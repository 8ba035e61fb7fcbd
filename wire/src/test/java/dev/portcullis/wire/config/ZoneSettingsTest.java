package dev.portcullis.wire.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What every declaration must be, and the document that is made from them. */
class ZoneSettingsTest {

  static final List<ZoneSettings> ZONES =
      List.of(ZoneSettings.GATEWAY, ZoneSettings.VAULT, ZoneSettings.SIMULATOR);

  @ParameterizedTest
  @FieldSource("ZONES")
  void everyDeclarationIsWhole(ZoneSettings zone) {
    Map<String, String> variables = new HashMap<>();
    for (Setting setting : zone.settings()) {
      assertThat(setting.sentence()).as(setting.name()).endsWith(".").doesNotContain("|");
      assertThat(variables.put(setting.variable(zone.zone()), setting.name()))
          .as("another setting with the variable of " + setting.name())
          .isNull();
      String standard = setting.standard();
      if (standard != null) {
        assertThat(setting.type().fault(standard)).as("default of " + setting.name()).isEmpty();
        assertThat(setting.required()).as("a required setting has no default").isFalse();
      }
    }
  }

  @Test
  void aVariableFindsItsKey() {
    ZoneSettings.Overrides overrides =
        ZoneSettings.VAULT.overrides(
            Map.of(
                "PORTCULLIS_VAULT_PROVIDER_ADYEN_EU_KEY", "secret://env/ADYEN",
                "PORTCULLIS_VAULT_CARDS_TLS_KEY", "tls/cards.key",
                "PORTCULLIS_VAULT_JAVA_OPTIONS", "-Xmx1g",
                "PORTCULLIS_GATEWAY_API_PORT", "1",
                "PORTCULLIS_BUILD", "never"));
    assertThat(overrides.faults()).isEmpty();
    assertThat(overrides.values())
        .isEqualTo(
            Map.of(
                "provider.adyen-eu.key", "secret://env/ADYEN", "cards.tls.key", "tls/cards.key"));
  }

  /** With -Dportcullis.golden=write it is written anew. */
  @Test
  void theDocumentSaysWhatIsDeclared() throws IOException {
    Path document = Path.of("..", "docs", "CONFIGURATION.md");
    if ("write".equals(System.getProperty("portcullis.golden"))) {
      Files.writeString(document, ConfigurationDocument.text());
    }
    assertThat(document).hasContent(ConfigurationDocument.text());
  }
}
