package dev.portcullis.vault.masterkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredMasterKeysTest {

  private static final String ARN =
      "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

  /** What every vault needs besides. */
  private static final String REST =
      """
      cards.port=0
      internal.port=0
      internal.tls.certificate=a
      internal.tls.key=a
      internal.tls.ca=a
      internal.gateway-identity=sha256:%s
      management.port=0
      admin.port=0
      admin.tls.certificate=a
      admin.tls.key=a
      database.url=jdbc:postgresql://localhost/vault
      database.user=vault
      database.password=secret://secret
      api-key-hash-key=secret://secret
      policy.directory=policy
      """
          .formatted("0".repeat(64));

  private static final String TRANSIT =
      """
      master-key.provider=transit
      master-key.transit.url=https://openbao.example:8200
      master-key.transit.key=portcullis
      master-key.transit.token=secret://secret
      """;

  private static final String KMS =
      """
      master-key.provider=aws-kms
      master-key.aws-kms.key=%s
      master-key.aws-kms.access-key-id=secret://secret
      master-key.aws-kms.secret-access-key=secret://secret
      """
          .formatted(ARN);

  @TempDir private Path folder;

  @BeforeEach
  void makeSecret() throws IOException {
    Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(folder.resolve("secrets/secret"), "not one of anybody's");
    Files.writeString(
        folder.resolve("secrets/key"), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  }

  private ConfiguredMasterKeys read(String settings) throws IOException {
    Path file = folder.resolve("vault.properties");
    Files.writeString(file, REST + settings);
    return ConfiguredMasterKeys.read(
        ZoneConfig.load(file, ZoneSettings.VAULT, Map.of()),
        SecretAccess.insecureGrant(),
        InstantSource.system());
  }

  @Test
  void eachProviderHasItsKey() throws IOException {
    assertThat(read("master-key=secret://key").all().current().id()).startsWith("file:");
    assertThat(read("master-key.provider=sealed").all().current().id()).isEqualTo("sealed:1");
    assertThat(read(TRANSIT).all().current().id()).isEqualTo("transit:transit/portcullis");
    assertThat(read(KMS).all().current().id()).isEqualTo("aws-kms:" + ARN);
    assertThat(
            read("""
            master-key.provider=pkcs11
            master-key.pkcs11.library=/usr/lib/hsm.so
            master-key.pkcs11.slot=3
            master-key.pkcs11.key=portcullis
            master-key.pkcs11.pin=secret://secret
            """)
                .all()
                .current()
                .id())
        .isEqualTo("pkcs11:portcullis");
  }

  @Test
  void anOldKeyStaysOpenBesideTheNewOne() throws IOException {
    ConfiguredMasterKeys keys =
        read(TRANSIT + "old-master-key.provider=sealed\nold-master-key.sealed.name=2021\n");
    assertThat(keys.all().ids()).containsExactly("transit:transit/portcullis", "sealed:2021");
    assertThat(keys.sealed()).hasSize(1);
    assertThatThrownBy(() -> read("master-key.provider=sealed\nold-master-key.provider=sealed\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll("sealed:1", "twice", "old-master-key");
  }

  @Test
  void dataKeysStayInMemoryForATimeWhereAnotherPlaceUnwrapsThem() throws IOException {
    assertThat(read(TRANSIT).all().dataKeyLife()).hasValue(Duration.ofMinutes(10));
    assertThat(read(KMS + "master-key.cache-time=PT1H\n").all().dataKeyLife())
        .hasValue(Duration.ofHours(1));
    assertThat(read("master-key=secret://key").all().dataKeyLife()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "master-key.transit.key",
        "master-key.transit.url",
        "master-key.aws-kms.key",
        "master-key.aws-kms.secret-access-key"
      })
  void whatIsMissingIsNamed(String name) {
    String settings = (TRANSIT + KMS).replaceAll("(?m)^" + name + "=.*$", "");
    String provider = name.contains("transit") ? "transit" : "aws-kms";
    assertThatThrownBy(
            () ->
                read(
                    settings.replaceAll("(?m)^master-key.provider=.*$", "")
                        + "\nmaster-key.provider="
                        + provider))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(name);
  }

  @Test
  void aDataKeyTravelsOverTlsAlone() throws IOException {
    assertThatThrownBy(() -> read(TRANSIT.replace("https:", "http:")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("master-key.transit.url must be https");
    assertThat(read(TRANSIT.replace("https://openbao.example", "http://127.0.0.1")).all().ids())
        .hasSize(1);
  }

  @Test
  void aSecretThatGoesAwayIsSaidWhenItIsUsed() throws IOException {
    ConfiguredMasterKeys keys = read(TRANSIT);
    Files.delete(folder.resolve("secrets/secret"));
    assertThatThrownBy(() -> keys.all().current().wrap(new byte[32], new byte[] {1}))
        .isInstanceOfSatisfying(
            KeyUnavailableException.class,
            e -> assertThat(e.trouble().kind()).isEqualTo(KeyTrouble.Kind.REFUSED))
        .hasMessageContaining("secrets/secret cannot be read");
    assertThatThrownBy(() -> read(TRANSIT)).isInstanceOf(ConfigException.class);
  }
}
