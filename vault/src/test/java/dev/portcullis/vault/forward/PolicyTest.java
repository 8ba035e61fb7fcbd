package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.secrets.ProviderSecret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy may say, and what a provider's secret may be used for. */
class PolicyTest {

  private static final String POLICY =
      """
      {"provider":"acme","mode":"test","origin":"https://api.acme.test",
       "credential":{"header":"Authorization","format":"Bearer {{secret}}","secret":"provider.acme.key"},
       "operations":{"pay":{"method":"POST","path":"/v1/pay","answer":["/id"]}}}
      """;

  private static final Owner OWNER = new Owner("acct_1", false);

  private static Policy read(String json) {
    return PolicyReader.read("acme.json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static Credentials credentials(ProviderSecret.Use binding) {
    return Credentials.of(
        "acme.json",
        read(POLICY),
        List.of(new BoundSecret(Secret.of("s3cret"), binding, "acme/1")),
        SecretAccess.insecureGrant());
  }

  private static ProviderSecret.Use binding() {
    return new ProviderSecret.Use("acct_1", false, "acme", "api.acme.test");
  }

  /** Resolved against the origin, such a path would name another host. */
  @ParameterizedTest
  @ValueSource(
      strings = {"//evil.test/pay", "https://evil.test/", "/\\\\evil.test", "v1/pay", "/@evil", ""})
  void aPathThatCouldNameAnotherHostIsRefused(String path) {
    assertThatThrownBy(() -> read(POLICY.replace("/v1/pay", path)))
        .isInstanceOf(PolicyException.class);
  }

  @Test
  void allThatIsWrongIsNamedAtOnce() {
    String wrong =
        POLICY
            .replace("\"test\"", "\"tset\"")
            .replace("\"POST\"", "\"PUSH\"")
            .replace("[\"/id\"]", "[\"id\"],\"more\":1")
            .replace("Bearer {{secret}}", "Bearer");
    assertThatThrownBy(() -> read(wrong))
        .isInstanceOfSatisfying(
            PolicyException.class,
            e ->
                assertThat(e.faults())
                    .extracting(PolicyException.Fault::where)
                    .containsExactlyInAnyOrder(
                        "/mode",
                        "/credential/format",
                        "/operations/pay/method",
                        "/operations/pay/answer",
                        "/operations/pay/more"))
        .hasMessageContaining("acme.json is wrong at")
        .hasMessageContaining("; at /operations/pay/method: must be one of GET, POST,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.acme.test",
        "https://api.acme.test/",
        "https://user@api.acme.test",
        "https://api.acme.test?x",
        "//api.acme.test"
      })
  void anOriginIsHttpsAndAHostAlone(String origin) {
    assertThatThrownBy(() -> read(POLICY.replace("https://api.acme.test", origin)))
        .isInstanceOf(PolicyException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "false,other,api.acme.test",
    "true,acme,api.acme.test",
    "false,acme,evil.test",
    "false,acme,api.acme.test:8443"
  })
  void aPolicyCannotTakeASecretThatIsBoundToSomethingElse(
      boolean livemode, String provider, String host) {
    assertThatThrownBy(
            () -> credentials(new ProviderSecret.Use("acct_1", livemode, provider, host)))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("bound to")
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void theSecretGoesToItsHostForItsOwnerAlone() {
    Credentials credentials = credentials(binding());
    URI pay = URI.create("https://api.acme.test/v1/pay");
    assertThat(credentials.authorize(OWNER, pay).insecureValue()).isEqualTo("Bearer s3cret");
    assertThat(
            credentials
                .authorize(OWNER, URI.create("https://API.acme.test:443/v1/pay"))
                .insecureValue())
        .isEqualTo("Bearer s3cret");
    for (String elsewhere :
        new String[] {
          "https://evil.test/v1/pay",
          "https://api.acme.test:444/v1/pay",
          "http://api.acme.test/v1/pay"
        }) {
      assertThatThrownBy(() -> credentials.authorize(OWNER, URI.create(elsewhere)))
          .isInstanceOf(IllegalStateException.class);
    }
    for (Owner other : new Owner[] {new Owner("acct_2", false), new Owner("acct_1", true)}) {
      assertThat(credentials.isFor(other)).isFalse();
      assertThatThrownBy(() -> credentials.authorize(other, pay))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
