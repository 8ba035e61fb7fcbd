package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.LiveMode;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault that is told to serve live payments starts only where that is safe. */
class LiveModeTest {

  @TempDir Path home;
  private String settings = "";

  @BeforeEach
  void makeASafeHome() throws IOException {
    new TestCa(home.resolve("tls"), "test").issue("cards");
    Files.setPosixFilePermissions(
        home.resolve("tls/cards.key"), PosixFilePermissions.fromString("rw-r-----"));
    Path secret = Files.createDirectory(home.resolve("secrets")).resolve("master-key");
    Files.writeString(secret, "x");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    settings =
        """
        database.url=jdbc:postgresql://db.example:5432/vault?sslmode=verify-full
        database.user=vault
        database.password=secret://database-password
        cards.host=0.0.0.0
        cards.port=0
        cards.tls.certificate=tls/cards.pem
        cards.tls.key=tls/cards.key
        admin.port=0
        admin.tls.certificate=x
        admin.tls.key=x
        internal.port=0
        internal.tls.certificate=x
        internal.tls.key=x
        internal.tls.ca=x
        internal.gateway-identity=sha256:%s
        management.port=0
        master-key=secret://master-key
        api-key-hash-key=secret://api-key-hash-key
        policy.directory=policy
        livemode=true
        """
            .formatted("0".repeat(64));
  }

  private void require(String text, Instant now) throws IOException {
    Path file = Files.writeString(home.resolve("vault.properties"), text);
    LiveMode.require(ZoneConfig.load(file, ZoneSettings.VAULT, Map.of()), "cards", now);
  }

  @Test
  void aSafeOneStarts() {
    assertThatCode(() -> require(settings, now())).doesNotThrowAnyException();
  }

  @Test
  void aPrivateKeyThatEverybodyCanReadIsNone() throws IOException {
    Files.setPosixFilePermissions(
        home.resolve("tls/cards.key"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> require(settings, now()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cards.key can be read by everybody: chmod o-rwx");
  }

  @Test
  void theSandboxIsAskedNothing() {
    String sandbox = settings.replace("livemode=true", "sandbox=true").replace("verify-full", "no");
    assertThatCode(() -> require(sandbox, now())).doesNotThrowAnyException();
  }

  @Test
  void eachDefectIsNamed() throws IOException {
    refused(settings + "sandbox=true\n", now(), "sandbox is true");
    for (String settling : new String[] {"PT0S", "PT23H59M59S"}) {
      refused(
          settings + "admin.settling=" + settling + "\n", now(), "admin.settling is " + settling);
    }
    require(settings + "admin.settling=PT24H\n", now());
    refused(settings.replace("cards.tls.", "#"), now(), "plain HTTP");
    refused(settings.replace("cards.pem", "none.pem"), now(), "none.pem");
    refused(settings, now().plus(Duration.ofDays(3)), "has expired");
    refused(settings.replace("verify-full", "require"), now(), "verify-full");
    refused(settings.replace("?sslmode=verify-full", ""), now(), "verify-full");
    for (String parameter :
        new String[] {
          "sslfactory=org.postgresql.ssl.NonValidatingFactory",
          "sslhostnameverifier=x.Y",
          "socketFactory=x.Y",
          "SSLMODE=disable",
          "service=other",
          "sslmode=disable"
        }) {
      String added = settings.replace("verify-full", "verify-full&" + parameter);
      String before = settings.replace("sslmode=verify", parameter + "&sslmode=verify");
      for (String text : new String[] {added, before}) {
        assertThatThrownBy(() -> require(text, now()))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining("has the parameter " + parameter.replaceFirst("=.*", ""));
      }
    }
    require(
        settings.replace(
            "verify-full", "verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"),
        now());
    Files.setPosixFilePermissions(
        home.resolve("secrets/master-key"), PosixFilePermissions.fromString("rw-r-----"));
    refused(settings, now(), "master-key can be read by others");
  }

  private void refused(String text, Instant now, String words) {
    assertThatThrownBy(() -> require(text, now))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words)
        .message()
        .satisfies(
            message -> org.assertj.core.api.Assertions.assertThat(message.lines()).hasSize(2));
  }

  private static Instant now() {
    return InstantSource.system().instant();
  }
}
