package dev.portcullis.wire.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZoneConfigTest {

  @TempDir Path directory;

  @Test
  void readsValuesAndSecrets() throws IOException {
    Files.createDirectory(directory.resolve("secrets"));
    Files.writeString(directory.resolve("secrets/database-password"), "s3cret\n");
    ZoneConfig config =
        load("api.port=1\ndatabase.password=secret://database-password\nwait=PT2S\nca=tls/ca.pem");
    assertThat(config.integer("api.port")).isEqualTo(1);
    assertThat(config.secret("database.password")).isEqualTo(Secret.of("s3cret"));
    assertThat(config.duration("wait", Duration.ZERO)).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.path("ca")).isEqualTo(directory.resolve("tls/ca.pem"));
    assertThat(config.bool("sandbox")).isFalse();
    config.refuseUnknown();
  }

  @Test
  void aSecretIsNeverWrittenThere() throws IOException {
    for (String literal : new String[] {"hunter2", "secret://../vault/master-key", "secret://"}) {
      ZoneConfig config = load("database.password=" + literal);
      assertThatThrownBy(() -> config.secret("database.password"))
          .isInstanceOf(ConfigException.class)
          .message()
          .doesNotContain("hunter2");
    }
  }

  @Test
  void anUnknownKeyFailsWithASuggestion() throws IOException {
    ZoneConfig config = load("api.prot=1");
    assertThat(config.has("api.port")).isFalse();
    assertThat(config.has("cards.host")).isFalse();
    assertThatThrownBy(config::refuseUnknown)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("api.prot")
        .hasMessageContaining("did you mean api.port?");
  }

  @Test
  void whatIsMissingOrIllTypedIsNamed() throws IOException {
    ZoneConfig config = load("api.port=x\nsandbox=yes\nwait=2");
    assertThatThrownBy(() -> config.string("api.host")).hasMessageContaining("api.host is missing");
    assertThatThrownBy(() -> config.integer("api.port")).hasMessageContaining("whole number");
    assertThatThrownBy(() -> config.bool("sandbox")).hasMessageContaining("true or false");
    assertThatThrownBy(() -> config.duration("wait", Duration.ZERO)).hasMessageContaining("PT10S");
  }

  private ZoneConfig load(String text) throws IOException {
    Path file = directory.resolve("zone.properties");
    Files.writeString(file, text);
    return ZoneConfig.load(file);
  }
}
