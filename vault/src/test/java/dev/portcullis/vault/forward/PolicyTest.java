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
import org.jspecify.annotations.Nullable;
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
        .hasMessageContaining("; at /operations/pay/method: must be GET, POST,");
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

  private static @Nullable String authorization(Authorization.Granted granted) {
    return granted.insecureHeaders().get("Authorization");
  }

  @Test
  void theSecretGoesToItsHostForItsOwnerAlone() {
    Credentials credentials = credentials(binding());
    URI pay = URI.create("https://api.acme.test/v1/pay");
    assertThat(authorization(credentials.authorize(OWNER, pay))).isEqualTo("Bearer s3cret");
    assertThat(
            authorization(
                credentials.authorize(OWNER, URI.create("https://API.acme.test:443/v1/pay"))))
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

  private static final String APART =
      POLICY.replace(
          "{\"header\":\"Authorization\",\"format\":\"Bearer"
              + " {{secret}}\",\"secret\":\"provider.acme.key\"}",
          """
          {"kind":"oauth2_client_credentials","token_origin":"https://login.acme.test",
           "token_path":"/token","style":"STYLE","client_id":"id","client_secret":"secret"}
          """);

  private static Credentials apart(String style, String host) {
    ProviderSecret.Use use = new ProviderSecret.Use("acct_1", false, "acme", host);
    return Credentials.of(
        "acme.json",
        read(APART.replace("STYLE", style)),
        List.of(
            new BoundSecret(Secret.of("the-id"), use, "id/1"),
            new BoundSecret(Secret.of("s3cret"), use, "secret/1")),
        SecretAccess.insecureGrant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api.acme.test",
        "login.acme.test",
        "login.acme.test,api.acme.test",
        "api.acme.test,login.acme.test:8443",
        "api.acme.test,evil.test"
      })
  void aClientsSecretIsBoundToTheProvidersHostAndToTheOneThatMakesTokens(String host) {
    assertThatThrownBy(() -> apart("basic", host))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("is for the host api.acme.test,login.acme.test");
  }

  /** Neither host learns what only the other one may know. */
  @ParameterizedTest
  @ValueSource(strings = {"basic", "body"})
  void theClientsSecretGoesToOneHostAndItsTokenToTheOther(String style) {
    Credentials credentials = apart(style, "api.acme.test,login.acme.test");
    Policy.Credential.OAuth oauth =
        (Policy.Credential.OAuth) read(APART.replace("STYLE", style)).credential();
    URI pay = URI.create("https://api.acme.test/v1/pay");
    URI token = URI.create("https://login.acme.test/token");
    assertThat(credentials.tokenRequest(oauth).uri()).isEqualTo(token);
    assertThat(authorization(credentials.withToken(OWNER, pay, "t0ken"))).isEqualTo("Bearer t0ken");
    assertThatThrownBy(() -> credentials.authorize(OWNER, pay))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> credentials.withToken(OWNER, token, "t0ken"))
        .isInstanceOf(IllegalStateException.class);
    Policy.Credential.OAuth elsewhere =
        new Policy.Credential.OAuth(
            URI.create("https://evil.test"), "/token", "id", "secret", false, null);
    assertThatThrownBy(() -> credentials.tokenRequest(elsewhere))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.acme.test",
        "https://login.acme.test/token",
        "https://user@login.acme.test",
        "https://10.0.0.1",
        "https://0x7f.1",
        "https://login",
        "https://api.acme.test"
      })
  void theTokensHostIsCheckedLikeTheOrigin(String origin) {
    assertThatThrownBy(
            () -> read(APART.replace("STYLE", "basic").replace("https://login.acme.test", origin)))
        .isInstanceOfSatisfying(
            PolicyException.class,
            e ->
                assertThat(e.faults())
                    .extracting(PolicyException.Fault::where)
                    .containsExactly("/credential/token_origin"));
  }

  private static final String PAYPAL =
      POLICY.replace(
          "\"operations\"",
          """
          "notifications":{"scheme":"paypal","webhook_id":"8PT597110X687430LKGECATA",
           "certificate_origin":"https://certs.acme.test","certificate_name":"signer.acme.test"},
          "operations"\
          """);

  @ParameterizedTest
  @CsvSource({
    "https://certs.acme.test,http://certs.acme.test,certificate_origin",
    "https://certs.acme.test,https://certs.acme.test/v1,certificate_origin",
    "https://certs.acme.test,https://127.0.0.1,certificate_origin",
    "signer.acme.test,*.acme.test,certificate_name",
    "8PT597110X687430LKGECATA,a|b,webhook_id",
    "webhook_id,webhook,webhook_id"
  })
  void whereCertificatesComeFromIsCheckedLikeTheOrigin(String right, String wrong, String where) {
    assertThat(read(PAYPAL).notifications()).isInstanceOf(Policy.Notifications.PayPal.class);
    assertThatThrownBy(() -> read(PAYPAL.replace(right, wrong)))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("/notifications/" + where);
  }
}
