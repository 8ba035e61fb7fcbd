package dev.portcullis.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {

  @TempDir Path folder;

  @Test
  void theFileSpeaksToEachZoneAndTheEnvironmentLast() throws IOException {
    Installation installation =
        load(
            """
            gateway.api.port=8443
            gateway.public-url=https://pay.example
            vault.cards.port=8444
            vault.provider.acme.key=secret://env/ACME
            """,
            Map.of("PORTCULLIS_GATEWAY_API_PORT", "9443", "ACME", "hidden", "OTHER", "x"));
    assertThat(installation.of(Zone.GATEWAY))
        .isEqualTo(Map.of("api.port", "9443", "public-url", "https://pay.example"));
    assertThat(installation.of(Zone.VAULT)).containsEntry("cards.port", "8444");
    assertThat(installation.secretVariables(Zone.VAULT)).isEqualTo(Map.of("ACME", "hidden"));
    assertThat(installation.secretVariables(Zone.GATEWAY)).isEmpty();
  }

  @Test
  void nothingIsWantedWhereThereIsNoFile() {
    Installation installation = Installation.load(Home.at(folder), Map.of());
    assertThat(installation.of(Zone.GATEWAY)).isEmpty();
    assertThat(installation.of(Zone.VAULT)).isEmpty();
  }

  @Test
  void whatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    gateway.api.prot=1
                    api.port=1
                    vault=1
                    vault.cards.port=x
                    vault.master-key=secret://mine
                    """,
                    Map.of("PORTCULLIS_VAULT_MASTER_KYE", "secret://mine")))
        .isInstanceOf(Refusal.class)
        .message()
        .contains(
            "gateway.api.prot is not known; did you mean gateway.api.port?",
            "api.port begins with no zone",
            "vault begins with no zone",
            "vault.cards.port must be a whole number",
            "vault.master-key is said by up itself",
            "PORTCULLIS_VAULT_MASTER_KYE is not known; did you mean PORTCULLIS_VAULT_MASTER_KEY?");
  }

  private Installation load(String text, Map<String, String> environment) throws IOException {
    Home home = Home.at(folder);
    Files.writeString(Installation.file(home), text);
    return Installation.load(home, environment);
  }
}
