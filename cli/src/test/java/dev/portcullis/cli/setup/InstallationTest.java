package dev.portcullis.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
    assertThat(installation.variables(Zone.VAULT)).isEqualTo(Map.of("ACME", "hidden"));
    assertThat(installation.variables(Zone.GATEWAY)).isEmpty();
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

  @Test
  void anHsmsLibraryGetsTheVariablesThatItReadsAndNoOther() throws IOException {
    String text =
        """
        vault.master-key.provider=pkcs11
        vault.master-key.pkcs11.variables=SOFTHSM2_CONF,ChrystokiConfigurationPath
        """;
    Map<String, String> environment =
        Map.of("SOFTHSM2_CONF", "/a", "ChrystokiConfigurationPath", "/b", "OTHER", "c");
    assertThat(load(text, environment).variables(Zone.VAULT))
        .isEqualTo(Map.of("SOFTHSM2_CONF", "/a", "ChrystokiConfigurationPath", "/b"));
    assertThat(load(text, environment).variables(Zone.GATEWAY)).isEmpty();
    Installation lacking = load(text, Map.of("SOFTHSM2_CONF", "/a"));
    assertThatThrownBy(() -> lacking.variables(Zone.VAULT))
        .isInstanceOf(Refusal.class)
        .hasMessage(
            "vault.master-key.pkcs11.variables names ChrystokiConfigurationPath, which is not set"
                + " where up runs.");
  }

  @Test
  void noVariableThatLoadsOtherCodeIsHandedOn() {
    for (String name :
        List.of(
            "LD_PRELOAD",
            "ld_preload",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS",
            "GCONV_PATH",
            "OPENSSL_CONF",
            "openssl_modules",
            "NLSPATH",
            "LOCPATH",
            "RES_OPTIONS",
            "HOSTALIASES",
            "TMPDIR",
            "BASH_ENV",
            "PERL5LIB",
            "PYTHONPATH",
            "PKCS11SPY",
            "OPENSC_CONF",
            "P11_KIT_SERVER_ADDRESS",
            "XDG_CONFIG_HOME",
            "OCK_EP11_LIBRARY",
            "SSL_CERT_FILE",
            "ENV")) {
      assertThatThrownBy(
              () -> load("vault.master-key.pkcs11.variables=A," + name + "\n", Map.of(name, "x")))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("vault.master-key.pkcs11.variables must be");
      if (name.equals(name.toUpperCase(Locale.ROOT))) {
        String secret = "vault.provider.acme.key=secret://env/" + name + "\n";
        assertThatThrownBy(() -> load(secret, Map.of(name, "x")))
            .as("not as a secret either")
            .isInstanceOf(Refusal.class)
            .hasMessageContaining("names a variable that steers programs");
      }
    }
  }

  private Installation load(String text, Map<String, String> environment) throws IOException {
    Home home = Home.at(folder);
    Files.writeString(Installation.file(home), text);
    return Installation.load(home, environment);
  }
}
