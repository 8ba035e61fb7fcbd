package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A provider is told by its own API where its notifications go, and asked whether it knows. */
class RegistrationTest extends RegistrationFixture {

  @Test
  void theProvidersSecretIsKeptAndVerifiesWithoutEverBeingShown() {
    theirs();
    assertThat(stripes(SIGNING).json()).containsEntry("verified", false);
    Got made = ask("register");
    assertThat(made.json()).as(made.json().toString()).containsEntry("outcome", "registered");
    assertThat(made.json().toString()).doesNotContain(SIGNING);
    FakeProvider.Received sent = vault.provider.received.getLast();
    assertThat(sent.body())
        .isEqualTo(
            "url=https%3A%2F%2Fpay.example.com%2Fwebhooks%2Facme%2Facct_1%2Ftest%2Facme"
                + "&events[0]=a&events[1]=b");
    assertThat(sent.headers())
        .containsEntry("Authorization", "Bearer key-of-" + name)
        .containsEntry("Acme-Version", "1");
    assertThat(stripes(SIGNING).json())
        .containsEntry("verified", true)
        .containsEntry("version", name + "-signing/1");
    Got secrets = people.get("secrets", people.token("ann"));
    assertThat(secrets.json().toString()).contains(name + "-signing").doesNotContain(SIGNING);
    String where = " in test mode at " + URL + ", by ann from 127.0.0.1";
    assertThat(trail("registering")).isEqualTo("it" + where);
    assertThat(trail("registered")).isEqualTo("we_1" + where);
  }

  @Test
  void oneThatIsThereIsNotRegisteredAgain() {
    theirs();
    ask("register");
    vault.provider.received.clear();
    Got again = ask("register");
    assertThat(again.json())
        .containsEntry("outcome", "registered")
        .containsEntry("ids", List.of("we_1"));
    assertThat(again.json()).doesNotContainKey("secret");
    assertThat(vault.provider.received).hasSize(1);
    assertThat(hooks).hasSize(1);
  }

  @Test
  void afterARemovalTheNextSecretWaitsForASecondPerson() {
    theirs();
    ask("register");
    remove();
    assertThat(hooks).isEmpty();
    assertThat(ask("check").json()).containsEntry("outcome", "not_there");
    assertThat(ask("remove").json()).containsEntry("outcome", "not_there");
    told = "whsec_of_another_time";
    Got made = ask("register");
    assertThat(stripes(told).json()).containsEntry("verified", false);
    assertThat(stripes(SIGNING).json()).containsEntry("verified", true);
    confirm(object(object(made.json().get("secret")).get("change")));
    assertThat(stripes(told).json()).containsEntry("version", name + "-signing/2");
    assertThat(stripes(SIGNING).json()).containsEntry("verified", true);
  }

  @Test
  void theVaultsSecretGoesToTheProviderAlone() {
    ours();
    Got made = ask("register");
    assertThat(made.json()).as(made.json().toString()).containsEntry("outcome", "registered");
    FakeProvider.Received sent = vault.provider.received.getLast();
    String basic =
        Base64.getEncoder()
            .encodeToString(
                ("login-of-" + name + ":key-of-" + name).getBytes(StandardCharsets.UTF_8));
    assertThat(sent.headers())
        .containsEntry("Authorization", "Basic " + basic)
        .containsEntry("Host", "127.0.0.1:" + vault.provider.port());
    Object body = Json.read(sent.body().getBytes(StandardCharsets.UTF_8));
    Map<?, ?> action = object(((List<?>) value(body, "actions")).getFirst());
    assertThat(action.get("url")).isEqualTo(URL);
    String key = (String) value(action.get("signature"), "key");
    assertThat(key).matches("[0-9a-f]{64}");
    assertThat(made.json().toString()).doesNotContain(key);
    assertThat(verify("X-Signature", mac(key, new String(BODY, StandardCharsets.UTF_8))).json())
        .containsEntry("verified", true);
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
    remove();
    assertThat(hooks).isEmpty();
  }

  @Test
  void whatIsDisabledThereOrForAnotherUrlIsNotRegistered() {
    theirs();
    ask("register");
    status = "disabled";
    assertThat(ask("check").json()).containsEntry("outcome", "inactive");
    status = "enabled";
    assertThat(ask("check", "ann", URL + "2").json()).containsEntry("outcome", "not_there");
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
  }

  @Test
  void whatTheProviderSaysInsteadIsTold() {
    theirs();
    vault.provider.behave(exchange -> FakeProvider.answer(exchange, 401, Map.of("e", "who?")));
    assertThat(ask("register").json())
        .containsEntry("outcome", "failed")
        .containsEntry("reason", "refused")
        .containsEntry("status", 401L);
    vault.provider.behave(exchange -> FakeProvider.answer(exchange, 500, Map.of()));
    assertThat(ask("check").json()).containsEntry("reason", "provider_error");
    told = "";
    vault.provider.behave(this::provide);
    assertThat(ask("register").json()).containsEntry("reason", "no_secret_in_answer");
    Got secrets = people.get("secrets", people.token("ann"));
    assertThat(secrets.json().toString()).doesNotContain(name + "-signing");
  }

  private String trail(String what) {
    return vault.database.query(
        "select detail from audit_entry where action = 'notifications."
            + what
            + "' and subject = '"
            + name
            + "'");
  }

  @Test
  void theGatewayMayAskAndNothingElse() {
    theirs();
    ask("register");
    Map<String, Object> whose =
        new LinkedHashMap<>(
            Map.of(
                "account", vault.account, "livemode", false, "provider_account", name, "url", URL));
    assertThat(vault.call("/internal/v1/providers/notifications", whose).json())
        .containsEntry("outcome", "registered");
    whose.put("provider_account", "nobody");
    assertThat(vault.call("/internal/v1/providers/notifications", whose).status()).isEqualTo(404);
    for (String operation : List.of("register", "remove", "list", name + ".register")) {
      Got forward =
          vault.call(
              "/internal/v1/forward",
              Map.of(
                  "operation",
                  operation,
                  "operation_id",
                  "op_1",
                  "account",
                  vault.account,
                  "livemode",
                  false,
                  "provider_account",
                  name,
                  "timeout_ms",
                  1_000));
      assertThat(forward.status()).as(forward.json().toString()).isEqualTo(404);
    }
  }

  @Test
  void onlyThoseWhoManageTheVaultRegister() {
    theirs();
    people.add("eve", "auditor", "ann");
    assertThat(ask("register", "eve", URL).status()).isEqualTo(403);
    assertThat(ask("remove", "eve", URL).status()).isEqualTo(403);
    assertThat(ask("check", "eve", URL).status()).isEqualTo(200);
    assertThat(hooks).isEmpty();
    for (String url : List.of("ftp://pay.example.com/x", "javascript:alert(1)", "https://", "x")) {
      Got refused = ask("register", "ann", url);
      assertThat(refused.status()).as(url).isEqualTo(400);
      assertThat(refused.json().toString()).contains("url");
    }
  }

  private void fill(int others) {
    for (int n = 0; n < others; n++) {
      hooks.put("we_other" + n, "https://elsewhere.example/" + n);
    }
  }

  private static String with(String member) {
    return THEIRS.replace("\"entries\":", member + ",\"entries\":");
  }

  @Test
  void aListIsReadToItsEnd() {
    pageSize = 2;
    for (String pages :
        List.of(
            "\"pages\":{\"more\":\"/has_more\",\"parameter\":\"after\",\"by\":\"last_id\"}",
            "\"pages\":{\"more\":\"/links/next\",\"parameter\":\"page\",\"by\":\"number\"}")) {
      hooks.clear();
      fill(5);
      name = name + "x";
      installed(with(pages));
      assertThat(ask("check").json()).containsEntry("outcome", "not_there");
      ask("register");
      assertThat(hooks).hasSize(6);
      assertThat(ask("check").json()).as(pages).containsEntry("outcome", "registered");
      assertThat(ask("register").json()).containsEntry("outcome", "registered");
      assertThat(hooks).as("it is there already").hasSize(6);
      fill(40);
      assertThat(ask("check").json())
          .containsEntry("outcome", "failed")
          .containsEntry("reason", "list_too_long");
      assertThat(ask("register").json()).containsEntry("outcome", "failed");
      assertThat(hooks).as("what was not seen may be there").hasSize(41);
    }
  }

  @Test
  void whatIsComparedIsTheAddressAndNoName() {
    pageSize = 1_000;
    fill(2);
    hooks.put("we_named", "https://elsewhere.example/" + URL);
    installed(
        with("\"read\":{\"method\":\"GET\",\"path\":\"/hooks/{id}\"}")
            .replace("\"url\":\"/url\"", "\"url\":\"/actions/-/url\""));
    assertThat(ask("check").json()).containsEntry("outcome", "not_there");
    ask("register");
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
    assertThat(vault.provider.received)
        .last()
        .extracting(FakeProvider.Received::path)
        .isEqualTo("/hooks/we_1");
    fill(100);
    assertThat(ask("check").json()).containsEntry("reason", "list_too_long");
  }

  @Test
  void onePersonRegistersNoOtherAddressThanTheOneThatTwoAgreedOn() {
    theirs();
    Got other = ask("register", "ann", "https://elsewhere.example/hooks");
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.json().toString()).contains("notifications_url_not_agreed");
    assertThat(vault.provider.received).isEmpty();
    confirm(
        accepted(
            proposed(
                THEIRS.replace(
                    "\"url\":\"https://pay.example.com/webhooks/acme/acct_1/test/acme\",", ""))));
    assertThat(ask("register").json().toString()).contains("names no address");
    assertThat(ask("check").json()).containsEntry("outcome", "not_there");
    assertThat(hooks).isEmpty();
  }

  @Test
  void onePersonRemovesNothing() {
    theirs();
    ask("register");
    Map<?, ?> change = object(ask("remove").json().get("change"));
    assertThat(hooks).hasSize(1);
    Got alone =
        people.post(
            "changes/" + change.get("id") + "/confirm",
            people.token("ann"),
            Map.of("hash", String.valueOf(change.get("hash"))));
    assertThat(alone.json().toString()).contains("another_person_required");
    assertThat(ask("remove").json()).containsEntry("outcome", "proposed");
    assertThat(hooks).hasSize(1);
    confirm(change);
    assertThat(ask("check").json())
        .as("nothing is removed by the word alone")
        .containsEntry("outcome", "registered");
    vault.clock.advance(Duration.ofDays(1));
    assertThat(ask("remove").json())
        .as("the word stands for a day")
        .containsEntry("outcome", "proposed");
    assertThat(hooks).hasSize(1);
    remove();
    ask("register");
    assertThat(ask("remove").json()).as("and for one removal").containsEntry("outcome", "proposed");
  }

  @Test
  void aPolicyIsNotGuessed() {
    enter("-key", "key-of-" + name, host());
    for (String[] wrong :
        List.of(
            new String[] {"{{url}}", "https://elsewhere.example"},
            new String[] {"https://pay.example.com/webhooks", "ftp://pay.example.com/webhooks"},
            new String[] {"\"secret\":\"/secret\"", "\"secret\":\"vault\""},
            new String[] {"/hooks/{id}", "/hooks"},
            new String[] {
              "\"list\":{\"method\":\"GET\",\"path\":\"/hooks\"",
              "\"list\":{\"method\":\"GET\",\"path\":\"/{id}\""
            },
            new String[] {"\"id\":\"/id\",\"secret\"", "\"id\":\"/id\",\"more\":1,\"secret\""},
            new String[] {"[\"a\",\"b\"]", "{\"a[]\":1}"})) {
      assertThat(THEIRS).contains(wrong[0]);
      Got refused = proposed(THEIRS.replace(wrong[0], wrong[1]));
      assertThat(refused.status()).as(wrong[1] + refused.json()).isEqualTo(400);
      assertThat(refused.json().toString()).as(wrong[1]).contains("registration");
    }
  }
}
