package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.RunningVault.Got;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that two people install, and secrets that one enters, through the vault's listeners. */
class ChangesTest {

  private static final String VALUE = "sk_provider_5ecret-of-acme";
  private static final String NEXT = "sk_provider_5ecret-the-next";

  private static final AtomicInteger OPERATION = new AtomicInteger();

  private static RunningVault vault;
  private static Administrators people;

  @BeforeAll
  static void start(@TempDir Path home) throws IOException {
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
    vault = new RunningVault(home);
    people = Administrators.of(vault, "ann");
    people.add("bob", "administrator", "ann");
    people.add("eve", "auditor", "ann");
    vault.clock.advance(Duration.ofHours(25));
  }

  @AfterAll
  static void stop() {
    vault.close();
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
  }

  private static String host() {
    return "localhost:" + vault.provider.port();
  }

  private static Map<String, Object> secret(String name, String value) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("value", value);
    body.put("account", vault.account);
    body.put("livemode", false);
    body.put("provider_account", name);
    body.put("host", host());
    return body;
  }

  private static String policy(String name) {
    return """
    {"provider":"NAME","mode":"test","origin":"https://HOST","allow_loopback":true,
     "credential":{"header":"X-Api-Key","format":"{{secret}}","secret":"secret://NAME"},
     "probe":"NAME.ping",
     "operations":{
      "NAME.ping":{"method":"GET","path":"/ping","answer":[]},
      "NAME.pay":{"method":"POST","path":"/pay","slots":{"/number":"card.number"},"answer":["/id"]}}}
    """
        .replace("NAME", name)
        .replace("HOST", host());
  }

  private static Got enter(String name, String value) {
    Got entered = people.post("secrets", people.token("ann"), secret(name, value));
    assertThat(entered.status()).as(entered.json().toString()).isEqualTo(200);
    return entered;
  }

  private static Got propose(String name, String by) {
    return people.post("policies", people.token(by), Map.of("name", name, "policy", policy(name)));
  }

  private static Got confirm(Got change, String by) {
    return confirm(change.text("id"), change.text("hash"), by);
  }

  private static Got confirm(String change, String hash, String by) {
    return people.post("changes/" + change + "/confirm", people.token(by), Map.of("hash", hash));
  }

  private static Got forward(String name, String token) {
    Map<String, Object> command = new HashMap<>();
    command.put("operation", name + ".pay");
    command.put("operation_id", "op_" + OPERATION.incrementAndGet());
    command.put("account", vault.account);
    command.put("livemode", false);
    command.put("provider_account", name);
    command.put("token", token);
    command.put("idempotency_key", "key");
    command.put("body", Map.of("number", "{{card.number}}"));
    command.put("timeout_ms", 10_000);
    return vault.call("/internal/v1/forward", command);
  }

  private static void install(String name) {
    enter(name, VALUE);
    Got change = propose(name, "ann");
    assertThat(change.text("status")).isEqualTo("pending");
    assertThat(confirm(change, "bob").text("status")).isEqualTo("applied");
  }

  private static long trail(String action, String subject) {
    return Long.parseLong(
        vault.database.query(
            "select count(*) from audit_entry where action = '%s' and subject = '%s'"
                .formatted(action, subject)));
  }

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

  /** Whoever writes to the database alone, in whatever form the vault itself would. */
  private static void forge(String change, String action, String subject, String content) {
    vault.database.execute(
        """
        insert into pending_change (id, action, subject, content, hash, proposed_by, proposed_at,
            expires, state, decided_by, decided_at, data_key, sealed)
          select '%s', '%s', '%s', c, sha256(convert_to('%2$s' || chr(10) || '%3$s' || chr(10) || c,
              'UTF8')), 'ann', now(), now() + interval '1 day', 'applied', 'bob', now(), other.data_key,
              other.sealed
            from (values ('%s')) as made(c), (select data_key, sealed from pending_change where
              sealed is not null limit 1) as other
        """
            .formatted(change, action, subject, content));
  }

  @Test
  void aPolicyThatTheDatabaseAloneInstalledSendsNothing() {
    install("forged");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_4")));
    assertThat(forward("forged", card).status()).isEqualTo(200);
    String spying = policy("forged").replace("/pay", "/spy").replace("'", "");
    forge("chg_forged", "policy.install", "forged", spying);
    String rest = ", 'ann', 'bob', now(), 'chg_forged')";
    readAnewAfter("insert into forward_policy values ('forged', 2, '" + spying + "'" + rest);
    assertThat(forward("forged", card).status()).isEqualTo(404);
    assertThat(trail("policy.loaded", "forged/2")).isZero();
    Got again = propose("forged", "ann");
    assertThat(confirm(again, "bob").text("outcome")).isEqualTo("version 3");
    assertThat(forward("forged", card).status()).isEqualTo(200);
    assertThatThrownBy(
            () ->
                vault.database.execute(
                    "insert into forward_policy select name, version + 9, content, installed_by,"
                        + " confirmed_by, installed_at, change from forward_policy where name ="
                        + " 'forged' and version = 1"))
        .as("an older one is not put in place again")
        .hasMessageContaining("forward_policy_change");
    assertThatThrownBy(() -> vault.database.execute("update forward_policy set content = '{}'"))
        .hasMessageContaining("append-only");
  }

  private static void readAnewAfter(String statement) {
    vault.database.execute(statement);
    vault.database.execute("update egress_revision set revision = revision + 1");
    vault.restart();
  }

  @Test
  void whatTwoPeopleConfirmedIsWhatTheySaw() {
    install("vouched");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_5")));
    vault.database.execute(
        "create table vouched_before as select * from pending_change where subject = 'vouched'");
    for (String column :
        List.of("decided_by = 'cay'", "proposed_by = 'cay'", "sealed = null", "data_key = 'x'")) {
      readAnewAfter("update pending_change set " + column + " where subject = 'vouched'");
      assertThat(forward("vouched", card).status()).as(column).isEqualTo(404);
      readAnewAfter(
          "update pending_change set decided_by = 'bob', proposed_by = 'ann',"
              + " (sealed, data_key) = (select sealed, data_key from vouched_before where id ="
              + " pending_change.id) where subject = 'vouched'");
    }
    vault.database.execute("drop table vouched_before");
    assertThat(forward("vouched", card).status()).isEqualTo(200);
  }

  @Test
  void whatTheDatabaseMakesOfAChangeIsNotVouchedFor() {
    enter("turned", VALUE);
    Got change = propose("turned", "ann");
    String spying = policy("turned").replace("/pay", "/spy").replace("'", "");
    vault.database.execute(
        """
        create function turn() returns trigger language plpgsql as $$
        begin
          if new.state = 'applied' then
            new.content := '%s';
            new.hash := sha256(convert_to('policy.install' || chr(10) || 'turned' || chr(10) ||
                new.content, 'UTF8'));
          end if;
          return new;
        end $$;
        create trigger turn before update on pending_change for each row execute function turn();
        """
            .formatted(spying));
    try {
      assertThat(confirm(change, "bob").status()).isEqualTo(200);
    } finally {
      vault.database.execute("drop trigger turn on pending_change; drop function turn()");
    }
    readAnewAfter(
        "insert into forward_policy values ('turned', 2, '"
            + spying
            + "', 'ann', 'bob', now(), 'chg_other'); update pending_change set id = 'chg_other'"
            + " where"
            + " id = '%s'".formatted(change.text("id")));
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_7")));
    assertThat(forward("turned", card).status()).isEqualTo(404);
    readAnewAfter(
        "update pending_change set id = '%s' where id = 'chg_other'".formatted(change.text("id")));
    assertThat(forward("turned", card).status()).isEqualTo(404);
  }

  @Test
  void aVersionThatNobodyConfirmedIsNotUsedWhateverItsRowSays() {
    install("early");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_6")));
    enter("early", NEXT);
    forge("chg_early", "secret.use", "early/2", "2020-01-01T00:00:00Z at once");
    readAnewAfter(
        "update provider_secret set active_from = '2020-01-01' where name = 'early' and version"
            + " = 2");
    assertThat(forward("early", card).status()).isEqualTo(200);
    assertThat(vault.provider.received.getFirst().headers()).containsEntry("X-Api-Key", VALUE);
  }

  /** Two proposed the same; whoever looks at what is left sees that it can only be refused. */
  @Test
  void aProposalAboutAVersionThatIsGoneIsShownAndRefused() {
    enter("gone", VALUE);
    String ann = people.token("ann");
    Got first = people.post("secrets/gone/retire", ann, Map.of("version", 1));
    Got second = people.post("secrets/gone/retire", ann, Map.of("version", 1));
    assertThat(confirm(first, "bob").text("status")).isEqualTo("applied");
    Got shown = people.get("changes/" + second.text("id"), people.token("bob"));
    assertThat(shown.status()).as(shown.json().toString()).isEqualTo(200);
    assertThat(shown.text("consequences")).contains("destroyed already");
    assertThat(confirm(second, "bob").status()).isEqualTo(404);
    String refuse = "changes/" + second.text("id") + "/refuse";
    assertThat(people.post(refuse, people.token("bob"), Map.of()).text("status"))
        .isEqualTo("refused");
  }

  @Test
  void anOlderVersionThatDoesNotOpenHindersNothing() {
    install("aged");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_8")));
    Got next = enter("aged", NEXT);
    assertThat(confirm(next.text("change.id"), next.text("change.hash"), "bob").status())
        .isEqualTo(200);
    readAnewAfter(
        "update provider_secret set sealed = set_byte(sealed, 20, 1 - get_byte(sealed, 20) % 2)"
            + " where name = 'aged' and version = 1");
    assertThat(forward("aged", card).status()).isEqualTo(200);
    assertThat(vault.provider.received.getFirst().headers()).containsEntry("X-Api-Key", NEXT);
  }

  private static String version(String name, int version, String column) {
    return vault.database.query(
        "select %s from provider_secret where name = '%s' and version = %d"
            .formatted(column, name, version));
  }

  @Test
  void aSecretsNextVersionIsStoredWithItsProposalOrNotAtAll() {
    enter("whole", VALUE);
    people.add("fay", "administrator", "ann");
    Got lately = people.post("secrets", people.token("fay"), secret("whole", NEXT));
    assertThat(lately.text("error.code")).isEqualTo("enrolled_too_lately");
    assertThat(vault.database.query("select count(*) from provider_secret where name = 'whole'"))
        .isEqualTo("1");
    assertThat(trail("secret.entered", "whole")).isEqualTo(1);
  }

  @Test
  void aRefusedOrForgottenProposalTakesTheVersionAway() {
    enter("waits", VALUE);
    Got second = enter("waits", NEXT);
    assertThat(version("waits", 2, "length(sealed) > 0")).isEqualTo("true");
    people.post("changes/" + second.text("change.id") + "/refuse", people.token("ann"), Map.of());
    assertThat(version("waits", 2, "length(sealed)")).isEqualTo("0");
    assertThat(version("waits", 1, "retired is null")).as("what is used stays").isEqualTo("true");

    enter("waits", NEXT);
    vault.clock.advance(Duration.ofHours(25));
    Got fourth = enter("waits", NEXT);
    assertThat(version("waits", 3, "length(sealed)")).as("nobody confirmed it").isEqualTo("0");
    enter("waits", NEXT);
    assertThat(version("waits", 4, "length(sealed) > 0")).as("somebody may").isEqualTo("true");
    assertThat(confirm(fourth.text("change.id"), fourth.text("change.hash"), "bob").status())
        .isEqualTo(200);
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
  void aNewVersionTakesOverAtItsTimeAndARetiredOneIsGone() {
    install("rotate");
    String card = vault.paymentMethod(RunningVault.VISA);
    Map<String, Object> next = secret("rotate", NEXT);
    next.put("active_from", vault.clock.instant().plus(Duration.ofHours(1)).getEpochSecond());
    Got entered = people.post("secrets", people.token("ann"), next);
    assertThat(entered.at("version")).isEqualTo(2L);
    assertThat(entered.text("status")).isEqualTo("waiting");
    assertThat(entered.at("active_from")).as("one person alone leads no money elsewhere").isNull();
    vault.clock.advance(Duration.ofMinutes(1));
    vault.restart();
    assertThat(sentKey(card)).isEqualTo(VALUE);
    String use = entered.text("change.id");
    assertThat(confirm(use, entered.text("change.hash"), "ann").status()).isEqualTo(403);
    assertThat(confirm(use, entered.text("change.hash"), "bob").status()).isEqualTo(200);
    assertThat(sentKey(card)).isEqualTo(VALUE);
    vault.clock.advance(Duration.ofHours(2));
    vault.restart();
    assertThat(sentKey(card)).isEqualTo(NEXT);
    retire(2);
    assertThat(sentKey(card)).as("back to what is there").isEqualTo(VALUE);
    retire(1);
    assertThat(forward("rotate", card).status()).as("nothing to send with").isEqualTo(404);
    assertThat(
            vault.database.query(
                "select sum(length(sealed)) from provider_secret where name = 'rotate'"))
        .isEqualTo("0");
    Map<String, Object> elsewhere = secret("rotate", NEXT);
    elsewhere.put("host", "evil.test");
    assertThat(people.post("secrets", people.token("ann"), elsewhere).text("error.code"))
        .isEqualTo("secret_bound_otherwise");
  }

  private static void retire(int version) {
    Got got = people.post("secrets/rotate/retire", people.token("ann"), Map.of("version", version));
    assertThat(got.text("status")).as(got.json().toString()).isEqualTo("pending");
    assertThat(confirm(got, "bob").text("outcome")).isEqualTo("destroyed");
  }

  private static @Nullable String sentKey(String card) {
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_2")));
    assertThat(forward("rotate", card).status()).isEqualTo(200);
    return vault.provider.received.getFirst().headers().get("X-Api-Key");
  }

  @Test
  void aSecretsRowThatIsCopiedOrChangedOpensNothing() {
    install("copied");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_3")));
    assertThat(forward("copied", card).status()).isEqualTo(200);
    for (String change :
        List.of("host = 'evil.test'", "version = 9", "account = 'acct_other'", "livemode = true")) {
      vault.database.execute(
          "update provider_secret set "
              + change
              + " where name = 'copied';"
              + "update egress_revision set revision = revision + 1");
      vault.restart();
      assertThat(forward("copied", card).status()).as(change).isIn(403, 404);
      vault.database.execute(
          "update provider_secret set host = '%s', version = 1, account = '%s', livemode = false"
                  .formatted(host(), vault.account)
              + " where name = 'copied'");
    }
    vault.restart();
    assertThat(forward("copied", card).status()).isEqualTo(200);
  }

  @Test
  void theGatewayKnowsNamesAndVersionsAndMayAskForATestCall() {
    install("known");
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("key", VALUE)));
    Map<String, Object> owner = Map.of("account", vault.account, "livemode", false);
    Got list = vault.call("/internal/v1/providers", owner);
    assertThat(list.text("data"))
        .contains("known/1")
        .doesNotContain(VALUE)
        .containsPattern("name=known,[^}]*tls=null");
    assertThat(
            vault
                .call(
                    "/internal/v1/providers",
                    Map.of("account", vault.account + "x", "livemode", false))
                .text("data"))
        .isEqualTo("[]");
    Map<String, Object> call = new HashMap<>(owner);
    call.put("provider_account", "known");
    Got works = vault.call("/internal/v1/providers/test", call);
    assertThat(works.text("outcome")).isEqualTo("works");
    assertThat(vault.call("/internal/v1/providers", owner).text("data"))
        .as("how the connection was made")
        .containsPattern(
            "name=known,[^}]*tls=\\{verified=true, protocol=TLSv1.3, cipher=TLS_[^}]*"
                + "certificate_expires_at=[0-9]+, seen_at=[0-9]+, pinned=false");
    assertThat(works.json().toString()).doesNotContain(VALUE);
    assertThat(vault.provider.received.getFirst().path()).isEqualTo("/ping");
    vault.provider.behave(e -> FakeProvider.answer(e, 401, Map.of()));
    assertThat(vault.call("/internal/v1/providers/test", call).text("outcome"))
        .isEqualTo("refused");
    Got tested = people.post("providers/test", people.token("ann"), Objects.requireNonNull(call));
    assertThat(tested.text("outcome")).isEqualTo("refused");
    call.put("provider_account", "sandbox");
    assertThat(vault.call("/internal/v1/providers/test", call).text("outcome"))
        .isEqualTo("no_test_call");
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
