package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A vault, and the people who change its policies and secrets through its listeners. */
abstract class ProposedChanges {

  static final String VALUE = "sk_provider_5ecret-of-acme";
  static final String NEXT = "sk_provider_5ecret-the-next";

  private static final AtomicInteger OPERATION = new AtomicInteger();

  static RunningVault vault;
  static Administrators people;

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

  static String host() {
    return "localhost:" + vault.provider.port();
  }

  static Map<String, Object> secret(String name, String value) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("value", value);
    body.put("account", vault.account);
    body.put("livemode", false);
    body.put("provider_account", name);
    body.put("host", host());
    return body;
  }

  static String policy(String name) {
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

  static Got enter(String name, String value) {
    Got entered = people.post("secrets", people.token("ann"), secret(name, value));
    assertThat(entered.status()).as(entered.json().toString()).isEqualTo(200);
    return entered;
  }

  static Got propose(String name, String by) {
    return people.post("policies", people.token(by), Map.of("name", name, "policy", policy(name)));
  }

  static Got confirm(Got change, String by) {
    return confirm(change.text("id"), change.text("hash"), by);
  }

  static Got confirm(String change, String hash, String by) {
    return people.post("changes/" + change + "/confirm", people.token(by), Map.of("hash", hash));
  }

  static Got forward(String name, String token) {
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

  static void install(String name) {
    enter(name, VALUE);
    Got change = propose(name, "ann");
    assertThat(change.text("status")).isEqualTo("pending");
    assertThat(confirm(change, "bob").text("status")).isEqualTo("applied");
  }

  static long trail(String action, String subject) {
    return Long.parseLong(
        vault.database.query(
            "select count(*) from audit_entry where action = '%s' and subject = '%s'"
                .formatted(action, subject)));
  }

  static void readAnewAfter(String statement) {
    vault.database.execute(statement);
    vault.database.execute("update egress_revision set revision = revision + 1");
    vault.restart();
  }
}
