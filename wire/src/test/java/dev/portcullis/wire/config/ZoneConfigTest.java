package dev.portcullis.wire.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneConfigTest {

  private static final ZoneSettings SETTINGS =
      new ZoneSettings(
          "zone",
          List.of(
              Setting.port("api.port", "A."),
              Setting.secret("database.password", "A."),
              Setting.duration("wait", Duration.ofSeconds(1), Duration.ofMinutes(1), "A.")
                  .or("PT5S"),
              Setting.file("ca", "A."),
              Setting.url("public-url", "A."),
              Setting.choice("mode", List.of("test", "live"), "A.").or("test"),
              Setting.text("provider.*.account", "A."),
              Setting.flag("sandbox", "A.")));

  @TempDir Path directory;

  @Test
  void readsValuesDefaultsAndSecrets() throws IOException {
    Files.createDirectory(directory.resolve("secrets"));
    Files.writeString(directory.resolve("secrets/database-password"), "s3cret\n");
    ZoneConfig config =
        load(
            """
            api.port=1
            database.password=secret://database-password
            ca=tls/ca.pem
            provider.one.account=a
            provider.two-b.account=b
            public-url=
            """,
            Map.of());
    assertThat(config.integer("api.port")).isEqualTo(1);
    assertThat(config.secret("database.password")).isEqualTo(Secret.of("s3cret"));
    assertThat(config.duration("wait")).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.path("ca")).isEqualTo(directory.resolve("tls/ca.pem"));
    assertThat(config.bool("sandbox")).isFalse();
    assertThat(config.string("mode")).isEqualTo("test");
    assertThat(config.has("public-url")).as("empty is not given").isFalse();
    assertThat(config.names("provider.", ".account")).containsExactly("one", "two-b");
    assertThatThrownBy(() -> config.find("undeclared"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theEnvironmentOverridesTheFile() throws IOException {
    ZoneConfig config =
        load(
            "api.port=1\nwait=PT2S",
            Map.of(
                "PORTCULLIS_ZONE_API_PORT", "2",
                "PORTCULLIS_ZONE_PROVIDER_THREE_ACCOUNT", "c",
                "PORTCULLIS_ZONE_DATABASE_PASSWORD", "secret://env/DB",
                "PORTCULLIS_ZONE_JAVA_OPTIONS", "-Xmx1g",
                "DB", " s3cret ",
                "PORTCULLIS_OTHER_THING", "x"));
    assertThat(config.integer("api.port")).isEqualTo(2);
    assertThat(config.duration("wait")).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.string("provider.three.account")).isEqualTo("c");
    assertThat(config.secret("database.password")).isEqualTo(Secret.of("s3cret"));
  }

  @Test
  void aSecretThatIsNotThereIsNamed() throws IOException {
    ZoneConfig config = load("api.port=1\ndatabase.password=secret://env/DB", Map.of());
    assertThatThrownBy(() -> config.secret("database.password")).hasMessageContaining("DB");
    ZoneConfig file = load("api.port=1\ndatabase.password=secret://nothing", Map.of());
    assertThatThrownBy(() -> file.secret("database.password")).hasMessageContaining("nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "secret://../vault/master-key",
        "secret://",
        "secret://env/",
        "secret://env/../x",
        "secret://vault/kv/hunter2"
      })
  void aSecretIsNeverWrittenThere(String literal) {
    assertThatThrownBy(() -> load("api.port=1\ndatabase.password=" + literal, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("database.password")
        .hasMessageContaining("secret://name")
        .message()
        .doesNotContain("hunter2");
    assertThatThrownBy(
            () -> load("api.port=1", Map.of("PORTCULLIS_ZONE_DATABASE_PASSWORD", literal)))
        .message()
        .contains("environment")
        .doesNotContain("hunter2");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    api.prot=1
                    sandbox=yes
                    wait=2
                    mode=prod
                    public-url=ftp://x
                    provider.A.account=1
                    """,
                    Map.of("PORTCULLIS_ZONE_API_PROT", "1", "PORTCULLIS_ZONE_WAIT", "PT1H")))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(
            "api.prot is not known; did you mean api.port?",
            "PORTCULLIS_ZONE_API_PROT is not known; did you mean PORTCULLIS_ZONE_API_PORT?",
            "sandbox must be true or false",
            "wait must be a duration such as PT10S, from PT1S to PT1M",
            "In the environment, wait must be",
            "mode must be one of test, live",
            "public-url must be an http or https URL",
            "provider.A.account is not known",
            "api.port is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536", "x", "1.5", "99999999999"})
  void aNumberIsWithinItsBounds(String port) {
    assertThatThrownBy(() -> load("api.port=" + port, Map.of()))
        .hasMessageContaining("api.port must be a whole number from 0 to 65535");
  }

  private ZoneConfig load(String text, Map<String, String> environment) throws IOException {
    Path file = directory.resolve("zone.properties");
    Files.writeString(file, text);
    return ZoneConfig.load(file, SETTINGS, environment);
  }
}
