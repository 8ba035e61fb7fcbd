package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.rotation.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Keys are rotated while the vault works, on a database of its own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RotationTest {

  private static final String UNDER_RETIRED =
      "select count(*) from card where data_key in (select id from retired_data_key)";
  private static final int CARDS = 350;

  private static TestDatabase database;
  private static RunningVault vault;
  private static Administrators people;
  private static final List<String> TOKENS = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path home) throws IOException {
    database = TestDatabase.fresh("rotation");
    vault = new RunningVault(home, database);
    people = Administrators.of(vault, "ann");
    installAPolicy();
    for (int n = 0; n < CARDS; n++) {
      TOKENS.add(
          vault
              .post(
                  "/v1/payment_methods",
                  vault.secretKey,
                  RunningVault.card(RunningVault.VISA, "billing_details[name]", "Jo " + n),
                  "Idempotency-Key",
                  "before-" + n)
              .text("id"));
    }
  }

  /** By two people, whose confirmation is sealed too. */
  private static void installAPolicy() {
    people.add("bob", "administrator", "ann");
    vault.clock.advance(Duration.ofHours(25));
    String host = "localhost:" + vault.provider.port();
    Map<String, Object> secret = new LinkedHashMap<>();
    secret.put("name", "acme");
    secret.put("value", "of the provider acme");
    secret.put("account", vault.account);
    secret.put("livemode", false);
    secret.put("provider_account", "acme");
    secret.put("host", host);
    assertThat(people.post("secrets", people.token("ann"), secret).status()).isEqualTo(200);
    String policy =
        """
        {"provider":"acme","mode":"test","origin":"https://HOST","allow_loopback":true,
         "credential":{"header":"X-Api-Key","format":"{{secret}}","secret":"secret://acme"},
         "operations":{"acme.ping":{"method":"GET","path":"/ping","answer":[]}}}
        """
            .replace("HOST", host);
    Got change =
        people.post("policies", people.token("ann"), Map.of("name", "acme", "policy", policy));
    assertThat(
            people
                .post(
                    "changes/" + change.text("id") + "/confirm",
                    people.token("bob"),
                    Map.of("hash", change.text("hash")))
                .text("status"))
        .isEqualTo("applied");
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  private static Got begin(String kind) {
    Got begun = people.post("rotations", people.token("ann"), Map.of("kind", kind));
    assertThat(begun.status()).as(begun.json().toString()).isEqualTo(200);
    return begun;
  }

  private static Map<?, ?> ended(String id) {
    String token = people.token("ann");
    // Longer than another vault may still seal with a retired key.
    vault.clock.advance(Duration.ofSeconds(11));
    return await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> run(id, token), run -> !"running".equals(run.get("status")));
  }

  private static Map<?, ?> run(String id, String token) {
    return ((List<?>) vaultList(token))
        .stream()
            .map(run -> (Map<?, ?>) run)
            .filter(run -> id.equals(run.get("id")))
            .findFirst()
            .orElseThrow();
  }

  private static Object vaultList(String token) {
    return java.util.Objects.requireNonNull(people.get("rotations", token).json().get("data"));
  }

  private static int pay(String token) {
    return vault.call("/internal/v1/forward", vault.authorization(token)).status();
  }

  /** Pays and tokenizes until told to stop; what failed. */
  private static Callable<List<String>> load(int number, AtomicBoolean over, AtomicInteger count) {
    return () -> {
      List<String> failures = new ArrayList<>();
      for (int n = 0; !over.get(); n++) {
        int paid = pay(TOKENS.get((n * 7 + number) % TOKENS.size()));
        Got made = vault.post("/v1/payment_methods", vault.secretKey, card());
        if (paid != 200 || made.status() != 200) {
          failures.add(paid + " " + made.status());
        }
        count.incrementAndGet();
      }
      return failures;
    };
  }

  private static Map<String, String> card() {
    return RunningVault.card(RunningVault.VISA);
  }

  private interface Closing extends AutoCloseable {
    @Override
    void close();
  }

  @Test
  @Order(1)
  void dataKeysAreRotatedUnderLoadAndTheStatementIsTrue() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger count = new AtomicInteger();
    String before = database.query("select string_agg(id, ',') from data_key");
    // The load ends before its threads are waited for, also when something is not as it should be.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Closing _ = () -> over.set(true)) {
      List<Future<List<String>>> loads = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        loads.add(threads.submit(load(n, over, count)));
      }
      Map<?, ?> run = ended(begin("data").text("id"));
      int during = count.get();
      over.set(true);
      for (Future<List<String>> load : loads) {
        assertThat(load.get()).isEmpty();
      }
      assertThat(during).isPositive();
      assertThat(run.get("status")).isEqualTo("done");
      assertThat((Long) run.get("moved")).isGreaterThanOrEqualTo(2L * CARDS);
      assertThat(String.valueOf(run.get("statement")))
          .contains("records_under_retired_keys=0", "data_keys_under_other_master_keys=0");
    }
    assertThat(database.query(UNDER_RETIRED)).isEqualTo("0");
    for (String id : before.split(",")) {
      assertThat(
              database.query(
                  "select (select count(*) from card where data_key = '%1$s') + (select count(*) from idempotency where data_key = '%1$s') + (select count(*) from person where totp like '%1$s:%%')"
                      .formatted(id)))
          .as(id)
          .isEqualTo("0");
    }
    // What was sealed before is what it was.
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "approved")));
    assertThat(pay(TOKENS.getFirst())).isEqualTo(200);
    assertThat(vault.provider.received.getFirst().body()).contains(RunningVault.VISA);
    assertThat(
            vault
                .post(
                    "/v1/payment_methods",
                    vault.secretKey,
                    RunningVault.card(RunningVault.VISA, "billing_details[name]", "Jo 3"),
                    "Idempotency-Key",
                    "before-3")
                .text("id"))
        .isEqualTo(TOKENS.get(3));
  }

  @Test
  @Order(2)
  void retiredKeysAreDestroyedADayLaterAndNothingIsMissed() {
    assertThat(database.query("select count(*) > 0 from retired_data_key")).isEqualTo("true");
    // As of a vault that stood still while its key was retired.
    database.execute("update card set last_used = null where id = '%s'".formatted(TOKENS.get(5)));
    vault.clock.advance(Duration.ofHours(25));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> database.query("select count(*) from retired_data_key").equals("0"));
    assertThat(database.query("select count(*) from audit_entry where action = 'keys.destroyed'"))
        .isEqualTo("1");
    vault.restart();
    assertThat(pay(TOKENS.get(7))).isEqualTo(200);
    assertThat(people.get("providers", people.token("ann")).text("data"))
        .as("what two people confirmed before is known to be confirmed")
        .contains("acme");
  }

  private static Rotation cutOffAfter(int batches) {
    AtomicInteger count = new AtomicInteger();
    LongConsumer dies =
        _ -> {
          if (count.incrementAndGet() == batches) {
            throw new IllegalStateException("killed");
          }
        };
    DataKeys keys =
        new DataKeys(
            database.app(),
            MasterKeys.only(new FileMasterKey(masterKey(), SecretAccess.insecureGrant())),
            vault.clock,
            new SecureRandom());
    return new Rotation(
        database.app(),
        keys,
        new FingerprintKeys(database.app(), keys, new SecureRandom(), vault.clock),
        new Ids(vault.clock, new SecureRandom()),
        vault.clock,
        new Rotation.Times(
            Duration.ZERO,
            Duration.ofDays(1),
            Duration.ofDays(700),
            Duration.ofDays(700),
            Duration.ofDays(700)),
        dies);
  }

  private static Secret masterKey() {
    try {
      return Secret.ofBytes(
          Base64.getDecoder().decode(Files.readString(vault.home.resolve("secrets/master-key"))));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(3)
  void whatWasCutOffGoesOnWhereItWas() {
    // Begun by a vault that dies after two batches, while this one is away.
    vault.pause();
    database.execute(
        "insert into retired_data_key select account, livemode, period, id, master_key, wrapped,"
            + " created, now() from data_key where account = '%s'; delete from data_key where account = '%s'"
                .formatted(vault.account, vault.account));
    database.execute(
        "insert into key_rotation (id, kind, state, started_by, started, total) values"
            + " ('rot_cut', 'data', 'running', 'ann', '%s', 1)".formatted(vault.clock.instant()));
    long all = Long.parseLong(database.query(UNDER_RETIRED));
    cutOffAfter(2).run();
    long left = Long.parseLong(database.query(UNDER_RETIRED));
    assertThat(all - left).isEqualTo(200);
    assertThat(database.query("select moved from key_rotation where id = 'rot_cut'"))
        .isEqualTo("200");
    vault.restart();
    Map<?, ?> run = ended("rot_cut");
    assertThat(run.get("status")).isEqualTo("done");
    assertThat(database.query(UNDER_RETIRED)).isEqualTo("0");
    assertThat(pay(TOKENS.get(11))).isEqualTo(200);
  }

  @Test
  @Order(4)
  void whatSomebodyChangedStaysUnderItsOldKeyAndIsNamed() {
    String changed = TOKENS.get(20);
    database.execute(
        "update card set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where id = '%s'"
            .formatted(changed));
    Map<?, ?> run = ended(begin("data").text("id"));
    assertThat(run.get("status")).isEqualTo("incomplete");
    assertThat(String.valueOf(run.get("statement"))).contains("records_under_retired_keys=1");
    vault.clock.advance(Duration.ofHours(25));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> database.query("select count(*) from retired_data_key").equals("1"));
    assertThat(pay(TOKENS.get(21))).isEqualTo(200);
    assertThat(pay(changed)).isEqualTo(500);
    database.execute("delete from card where id = '%s'".formatted(changed));
  }

  @Test
  @Order(5)
  void theMasterKeyIsRotatedAndTheOldOneIsNeededNoMore() throws IOException {
    Path properties = vault.home.resolve("vault.properties");
    byte[] next = new byte[32];
    new SecureRandom().nextBytes(next);
    Files.writeString(
        vault.home.resolve("secrets/master-key-2"), Base64.getEncoder().encodeToString(next));
    String old = Files.readString(properties);
    Files.writeString(
        properties,
        old.replace(
            "\nmaster-key=secret://master-key\n",
            """

            master-key=secret://master-key-2
            old-master-key.provider=file
            old-master-key=secret://master-key
            """));
    vault.restart();
    assertThat(pay(TOKENS.get(30))).isEqualTo(200);
    Map<?, ?> run = ended(begin("master").text("id"));
    assertThat(run.get("status")).isEqualTo("done");
    assertThat((Long) run.get("moved")).isPositive();
    assertThat(database.query("select count(distinct master_key) from data_key")).isEqualTo("1");
    Files.writeString(
        properties,
        old.replace("\nmaster-key=secret://master-key\n", "\nmaster-key=secret://master-key-2\n"));
    vault.restart();
    assertThat(pay(TOKENS.get(31))).isEqualTo(200);
    people.token("ann");
  }

  @Test
  @Order(6)
  void oneRotationAtATimeAndByAdministrators() {
    people.add("eve", "auditor", "ann");
    String eve = people.token("eve");
    assertThat(people.post("rotations", eve, Map.of("kind", "data")).status()).isEqualTo(403);
    assertThat(people.get("keys", eve).at("records_under_retired_keys")).isEqualTo(0L);
    String token = people.token("ann");
    Got first = people.post("rotations", token, Map.of("kind", "data"));
    assertThat(people.post("rotations", token, Map.of("kind", "master")).text("error.code"))
        .isEqualTo("rotation_under_way");
    assertThat(ended(first.text("id")).get("status")).isEqualTo("done");
  }

  @Test
  @Order(7)
  void aDataKeyThatIsTooOldIsRotatedByItself() {
    vault.clock.advance(Duration.ofDays(731));
    String by =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> database.query("select max(started_by) from key_rotation"),
                "schedule"::equals);
    assertThat(by).isEqualTo("schedule");
    vault.clock.advance(Duration.ofSeconds(11));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                database
                    .query("select count(*) from key_rotation where state = 'running'")
                    .equals("0"));
    assertThat(database.query(UNDER_RETIRED)).isEqualTo("0");
  }
}
