package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Policies that two people install. */
class ChangesTest extends ProposedChanges {

  @Test
  void whatTwoPeopleInstalledIsSentWithTheSecretThatOneEntered() {
    String card = vault.paymentMethod(RunningVault.VISA);
    assertThat(forward("acme", card).status()).as("no policy yet").isEqualTo(404);
    Got entered = enter("acme", VALUE);
    assertThat(entered.raw().body()).asString().doesNotContain(VALUE);
    Got change = propose("acme", "ann");
    assertThat(forward("acme", card).status()).as("one person alone").isEqualTo(404);
    Got applied = confirm(change, "bob");
    assertThat(applied.text("outcome")).isEqualTo("version 1");
    assertThat(applied.text("decided_by")).isEqualTo("bob");
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_1", "key", VALUE)));
    assertThat(forward("acme", card).json().toString()).contains("p_1").doesNotContain(VALUE);
    assertThat(vault.provider.received.getFirst().headers()).containsEntry("X-Api-Key", VALUE);
    assertThat(trail("change.proposed", change.text("id"))).isEqualTo(1);
    assertThat(trail("change.confirmed", change.text("id"))).isEqualTo(1);
    assertThat(trail("secret.entered", "acme")).isEqualTo(1);
    assertThat(trail("policy.loaded", "acme/1")).isPositive();
    vault.restart();
    assertThat(forward("acme", card).json().toString()).contains("p_1");
    assertThat(
            vault.database.query(
                "select count(*) from provider_secret where position('"
                    + VALUE
                    + "'::bytea in sealed) > 0"))
        .isEqualTo("0");
  }

  /** What whoever would confirm it is told before they read all of it. */
  private static String obstacle(Got change, String by) {
    return people.get("changes/" + change.text("id"), people.token(by)).text("obstacle");
  }

  @Test
  void nobodyConfirmsTheirOwnNorWhatTheyDidNotSeeNorTwice() {
    enter("once", VALUE);
    Got change = propose("once", "ann");
    assertThat(confirm(change, "ann").text("error.code")).isEqualTo("another_person_required");
    assertThat(obstacle(change, "ann")).contains("You proposed this change: somebody else");
    assertThat(obstacle(change, "bob")).isEqualTo("null");
    String path = "changes/" + change.text("id") + "/confirm";
    assertThat(
            people
                .post(path, people.token("bob"), Map.of("hash", "0".repeat(64)))
                .text("error.code"))
        .isEqualTo("change_hash_mismatch");
    assertThat(confirm(change, "eve").status()).as("an auditor").isEqualTo(403);
    assertThat(people.get("changes", people.token("eve")).text("data"))
        .contains(change.text("hash"));
    assertThat(propose("once", "eve").status()).isEqualTo(403);
    assertThat(confirm(change, "bob").status()).isEqualTo(200);
    assertThat(confirm(change, "bob").text("error.code")).isEqualTo("change_not_pending");
    assertThat(obstacle(change, "bob")).isEqualTo("This change is applied.");
    assertThat(vault.database.query("select count(*) from forward_policy where name = 'once'"))
        .isEqualTo("1");
  }

  @Test
  void aPolicyIsCheckedWithoutProposingIt() {
    Got missing = check("checked", policy("checked"));
    assertThat(missing.text("faults")).contains("The secret secret://checked is not there");
    enter("checked", VALUE);
    assertThat(check("checked", policy("checked")).text("faults")).isEqualTo("[]");
    String two =
        policy("checked")
            .replace(
                "\"probe\"",
                "\"notifications\":{\"scheme\":\"adyen\",\"secret\":\"secret://no-2\"},\"probe\"")
            .replace("secret://checked", "secret://no-1");
    assertThat(check("checked", two).text("faults"))
        .as("all that are missing")
        .contains("secret://no-1", "secret://no-2");
    String wrong = policy("checked").replace("\"GET\"", "\"GOT\"").replace("\"test\"", "\"x\"");
    assertThat(check("checked", wrong).text("faults"))
        .contains("/mode", "must be test or live", "/operations/checked.ping/method");
    assertThat(vault.database.query("select count(*) from pending_change where subject='checked'"))
        .isEqualTo("0");
  }

  private static Got check(String name, String policy) {
    return people.post(
        "policies/check", people.token("eve"), Map.of("name", name, "policy", policy));
  }

  @Test
  void ofTwoThatConfirmAtOnceOneDoes() throws Exception {
    people.add("cay", "administrator", "ann");
    vault.clock.advance(Duration.ofHours(25));
    enter("race", VALUE);
    Got change = propose("race", "ann");
    List<String> tokens = List.of(people.token("bob"), people.token("cay"));
    Map<String, String> hash = Map.of("hash", change.text("hash"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> calls =
          tokens.stream()
              .<Callable<Integer>>map(
                  token ->
                      () ->
                          people
                              .post("changes/" + change.text("id") + "/confirm", token, hash)
                              .status())
              .toList();
      List<Integer> statuses =
          threads.invokeAll(calls).stream().map(Future::resultNow).sorted().toList();
      assertThat(statuses).containsExactly(200, 400);
    }
    assertThat(vault.database.query("select count(*) from forward_policy where name = 'race'"))
        .isEqualTo("1");
  }

  @Test
  void whoWasLetInOrResetLatelyConfirmsNothing() {
    enter("puppet", VALUE);
    Got change = propose("puppet", "ann");
    people.add("dan", "administrator", "ann");
    // The other way round it would be one person too.
    assertThat(propose("puppet", "dan").text("error.code")).isEqualTo("enrolled_too_lately");
    assertThat(confirm(change, "dan").text("error.code")).isEqualTo("enrolled_too_lately");
    vault.clock.advance(Duration.ofHours(23));
    assertThat(confirm(propose("puppet", "ann"), "dan").text("error.code"))
        .isEqualTo("enrolled_too_lately");
    vault.clock.advance(Duration.ofHours(2));
    assertThat(confirm(change, "dan").text("error.code"))
        .as("after a day a proposal is over")
        .isEqualTo("change_not_pending");
    assertThat(confirm(propose("puppet", "ann"), "dan").status()).isEqualTo(200);
  }

  @Test
  void whatWasRefusedOrChangedInTheTableIsNotMade() {
    enter("refused", VALUE);
    Got change = propose("refused", "ann");
    String token = people.token("bob");
    Got refused = people.post("changes/" + change.text("id") + "/refuse", token, Map.of());
    assertThat(refused.text("status")).isEqualTo("refused");
    assertThat(confirm(change, "bob").text("error.code")).isEqualTo("change_not_pending");
    Got other = propose("refused", "ann");
    vault.database.execute(
        "update pending_change set content = replace(content, '/pay', '/spy') where id = '%s'"
            .formatted(other.text("id")));
    assertThat(confirm(other, "bob").status()).isEqualTo(500);
    vault.database.execute(
        "delete from pending_change where id = '%s'".formatted(other.text("id")));
  }

  @Test
  void aProposedPolicyHasNoConnectionsAndARemovedOneNoLonger() {
    long before = clientsAfterAll("brief");
    Got proposed = propose("brief", "ann");
    assertThat(proposed.status()).isEqualTo(200);
    assertThat(clients()).as("one person's proposal").isEqualTo(before);
    confirm(proposed, "bob");
    assertThat(clients()).isEqualTo(before + 1);
    Got gone = people.post("policies/brief/remove", people.token("bob"), Map.of());
    assertThat(confirm(gone, "ann").status()).isEqualTo(200);
    assertThat(clients()).as("calls that have begun end first").isEqualTo(before + 1);
    assertThat(clientsAfterAll("brief-again")).isEqualTo(before);
  }

  /** When what other policies left behind has gone too: each entry has policies read anew. */
  private static long clientsAfterAll(String secret) {
    enter(secret + "-1", VALUE);
    vault.clock.advance(Duration.ofMinutes(10));
    enter(secret, VALUE);
    return clients();
  }

  private static long clients() {
    String name = "portcullis_vault_provider_clients ";
    return new String(vault.get(vault.management("/metrics")).raw().body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPolicyThatCouldNotBeUsedIsNotEvenProposed() {
    enter("wrong", VALUE);
    for (String broken :
        List.of(
            policy("wrong").replace("secret://wrong", "secret://absent"),
            policy("wrong").replace("secret://wrong", "provider.sandbox.key"),
            policy("wrong").replace("\"provider\":\"wrong\"", "\"provider\":\"other\""),
            policy("wrong").replace("https://" + host(), "https://evil.test"),
            policy("wrong").replace("\"mode\":\"test\"", "\"mode\":\"live\""),
            policy("wrong").replace("\"answer\":[]", "\"answer\":[],\"more\":1"),
            policy("wrong").replace("/ping", "//evil.test/ping"),
            policy("wrong").replace("\"probe\":\"wrong.ping\"", "\"probe\":\"wrong.pay\""),
            "{}")) {
      Got got =
          people.post("policies", people.token("ann"), Map.of("name", "wrong", "policy", broken));
      assertThat(got.text("error.code")).as(broken).isEqualTo("policy_invalid");
      assertThat(got.raw().body()).asString().doesNotContain(VALUE);
    }
  }

  @Test
  void aPolicyIsTakenAwayByTwoAsWell() {
    install("gone");
    String card = vault.paymentMethod(RunningVault.VISA);
    Got change = people.post("policies/gone/remove", people.token("bob"), Map.of());
    assertThat(forward("gone", card).status()).isEqualTo(200);
    assertThat(confirm(change, "ann").status()).isEqualTo(200);
    assertThat(forward("gone", card).status()).isEqualTo(404);
    assertThat(people.post("policies/gone/remove", people.token("bob"), Map.of()).status())
        .isEqualTo(404);
  }
}
