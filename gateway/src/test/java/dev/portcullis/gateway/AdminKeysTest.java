package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** API keys through administration. */
class AdminKeysTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static String token = "";

  @BeforeAll
  static void signIn() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    token = PEOPLE.token("margaret");
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Gateway.Answer post(String path, Map<String, ?> body) {
    return PEOPLE.call("POST", path, token, body);
  }

  private static Gateway.Answer created(Map<String, ?> body) {
    Gateway.Answer made = post("keys", body);
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    return made;
  }

  /** What the API answers to that key. */
  private static int used(String key) {
    return GATEWAY
        .send(
            HttpRequest.newBuilder(URI.create(GATEWAY.base + "/v1/balance"))
                .header("Authorization", "Bearer " + key))
        .status();
  }

  /** With one, real cards would come in by plain HTTP. */
  @Test
  void aSandboxHasNoLiveKeys() {
    Gateway.Answer refused =
        post("keys", Map.of("account", "acct_first", "kind", "secret", "livemode", true));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("code", "live_key_in_sandbox");
    assertThat(refused.error()).containsEntry("param", "livemode");
  }

  @Test
  void aKeyIsShownOnceAndWorksAtOnce() {
    Gateway.Answer made = created(Map.of("account", "acct_first", "kind", "secret"));
    String key = made.string("key");
    assertThat(used(key)).isEqualTo(200);
    Gateway.Answer shown =
        PEOPLE.call("GET", "keys/" + made.string("id") + "?account=acct_first", token, null);
    assertThat(shown.text()).doesNotContain(key);
    assertThat(shown.body())
        .containsEntry("created_by", "margaret")
        .containsEntry("status", "active")
        .doesNotContainKey("key");
    assertThat(PEOPLE.call("GET", "keys?account=acct_first", token, null).text())
        .contains(made.string("id"))
        .doesNotContain(key);
  }

  @Test
  void aKeyIsRolledAndRevoked() {
    Gateway.Answer old = created(Map.of("account", "acct_first", "kind", "secret"));
    String path = "keys/" + old.string("id");
    Gateway.Answer fresh =
        post(path + "/roll", Map.of("account", "acct_first", "overlap_seconds", 3600));
    assertThat(fresh.status()).as(fresh.text()).isEqualTo(200);
    assertThat(used(old.string("key"))).isEqualTo(200);
    assertThat(used(fresh.string("key"))).isEqualTo(200);
    assertThat(PEOPLE.call("GET", path + "?account=acct_first", token, null).body())
        .containsEntry("status", "rolled")
        .containsEntry("rolled_to", fresh.string("id"));
    Gateway.Answer revoked =
        post("keys/" + fresh.string("id") + "/revoke", Map.of("account", "acct_first"));
    assertThat(revoked.body()).containsEntry("status", "revoked");
    GATEWAY.clock.advance(java.time.Duration.ofSeconds(2));
    assertThat(used(fresh.string("key"))).isEqualTo(401);
  }

  @Test
  void theTermsOfAKeyAreChangedAndCheckedByName() {
    Gateway.Answer made =
        created(
            Map.of(
                "account",
                "acct_first",
                "kind",
                "restricted",
                "permissions",
                List.of("charge_read"),
                "cidrs",
                List.of("203.0.113.0/24"),
                "description",
                "reports"));
    String path = "keys/" + made.string("id");
    assertThat(made.body().get("permissions")).isEqualTo(List.of("charge_read"));
    Gateway.Answer changed =
        post(path, Map.of("account", "acct_first", "permissions", List.of("refund_write")));
    assertThat(changed.body().get("permissions")).isEqualTo(List.of("refund_write"));
    assertThat(changed.body().get("cidrs")).as("untouched").isEqualTo(List.of("203.0.113.0/24"));
    assertThat(
            post(path, Map.of("account", "acct_first", "permissions", List.of("everything")))
                .error())
        .containsEntry("param", "permissions");
    assertThat(post(path, Map.of("account", "acct_first", "cidrs", List.of("1.2.3.4/99"))).error())
        .containsEntry("param", "cidrs");
    assertThat(post(path, Map.of("account", "acct_first", "permissions", List.of())).error())
        .containsEntry("code", "invalid_terms");
    assertThat(post(path, Map.of("account", "acct_first", "expires_at", 1)).error())
        .containsEntry("code", "invalid_terms");
  }

  @Test
  void aCardNumberIsNoDescription() {
    Gateway.Answer made =
        post(
            "keys",
            Map.of(
                "account", "acct_first", "kind", "secret", "description", "4242 4242 4242 4242"));
    assertThat(made.error()).containsEntry("code", "card_data_not_allowed");
  }

  @Test
  void ofSeveralAccountsOneMustBeNamed() {
    assertThat(PEOPLE.call("GET", "keys", token, null).error()).containsEntry("param", "account");
    assertThat(post("keys/key_none/revoke", Map.of("account", "acct_first")).error())
        .containsEntry("code", "resource_missing");
  }

  /** Rules for nobody's payments would be stored, and a page's alarm would go to nobody. */
  @Test
  void anAccountThatIsNotThereIsRefusedByName() {
    for (String path : List.of("keys", "key_advice", "providers", "routing", "operations")) {
      assertThat(PEOPLE.call("GET", path + "?account=acct_none", token, null).error())
          .as(path)
          .containsEntry("param", "account")
          .containsEntry("code", "resource_missing")
          .containsEntry("message", "There is no account acct_none.");
    }
    Map<String, Map<String, ?>> commands =
        Map.of(
            "keys", Map.of("kind", "secret"),
            "watched_pages", Map.of("url", "https://shop.example/pay"),
            "routing/propose", Map.of("document", "{}"),
            "routing/activate", Map.of("version", 0, "expected", 0));
    commands.forEach(
        (path, command) -> {
          Map<String, Object> body = new LinkedHashMap<>(command);
          body.put("account", "acct_none");
          assertThat(post(path, body).error())
              .as(path)
              .containsEntry("param", "account")
              .containsEntry("code", "resource_missing");
        });
  }

  @Test
  void leakedKeysAreRevokedAndUnknownOnesSaid() {
    Gateway.Answer made = created(Map.of("account", "acct_second", "kind", "secret"));
    String key = made.string("key");
    String strange = ApiKey.generate(KeyKind.SECRET, true, new SecureRandom()).text();
    Gateway.Answer first = post("keys/leaked", Map.of("keys", List.of(key, strange, "nonsense")));
    assertThat(first.status()).as(first.text()).isEqualTo(200);
    assertThat(first.data())
        .extracting(outcome -> outcome.get("outcome"))
        .containsExactly("revoked", "unknown", "unknown");
    assertThat(first.text()).doesNotContain(key).doesNotContain(strange);
    assertThat(post("keys/leaked", Map.of("keys", List.of(key))).data())
        .extracting(outcome -> outcome.get("outcome"))
        .containsExactly("already_revoked");
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM audit WHERE action = 'key.revoked' AND subject = ?"
                    + " AND actor = 'margaret'",
                made.string("id")))
        .isEqualTo(1);
  }
}
