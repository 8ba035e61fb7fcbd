package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.kit.Luhn;
import dev.portcullis.vault.RunningVault.Got;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The fingerprint key is rotated while cards come in, on a database of its own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FingerprintRotationTest {

  private static final String UNKNOWN =
      "select count(*) from card where fingerprint not in (select shown from card_match where"
          + " key_version = (select max(version) from fingerprint_key))";
  private static final int CARDS = 250;

  private static TestDatabase database;
  private static RunningVault vault;
  private static Administrators people;
  private static String visa = "";

  @BeforeAll
  static void start(@TempDir Path home) throws IOException {
    database = TestDatabase.fresh("fingerprints");
    vault = new RunningVault(home, database);
    people = Administrators.of(vault, "ann");
    for (int n = 0; n < CARDS; n++) {
      assertThat(tokenize(generated(n)).status()).isEqualTo(200);
    }
    visa = tokenize(RunningVault.VISA, "Idempotency-Key", "before").text("card.fingerprint");
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  /** Of the range that no bank has. */
  private static String generated(int n) {
    String number = "40000099%07d".formatted(n);
    return number + Luhn.checkDigit(number);
  }

  private static Got tokenize(String number, String... headers) {
    return vault.post("/v1/payment_methods", vault.secretKey, RunningVault.card(number), headers);
  }

  private static String shown(String number) {
    Got made = tokenize(number);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
    return made.text("card.fingerprint");
  }

  private static String begin() {
    Got begun = people.post("rotations", people.token("ann"), Map.of("kind", "fingerprint"));
    assertThat(begun.status()).as(begun.json().toString()).isEqualTo(200);
    return begun.text("id");
  }

  private static Map<?, ?> ended(String id) {
    String token = people.token("ann");
    vault.clock.advance(Duration.ofSeconds(11));
    return await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> run(id, token), run -> !"running".equals(run.get("status")));
  }

  private static Map<?, ?> run(String id, String token) {
    List<?> all =
        (List<?>)
            java.util.Objects.requireNonNull(people.get("rotations", token).json().get("data"));
    return all.stream()
        .map(run -> (Map<?, ?>) run)
        .filter(run -> id.equals(run.get("id")))
        .findFirst()
        .orElseThrow();
  }

  /** Cards of which half were seen before; how each was shown must never change. */
  private static Callable<Integer> load(int number, AtomicBoolean over) {
    return () -> {
      int done = 0;
      for (int n = number; !over.get(); n += 7) {
        String card = generated(n % (2 * CARDS));
        assertThat(shown(card)).isEqualTo(shown(card));
        done++;
      }
      return done;
    };
  }

  private interface Closing extends AutoCloseable {
    @Override
    void close();
  }

  @Test
  @Order(1)
  void everyCardIsKnownByTheNewKeyAndShownAsBefore() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    // The load ends before its threads are waited for, also when something is not as it should be.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Closing _ = () -> over.set(true)) {
      List<Future<Integer>> loads = new ArrayList<>();
      for (int n = 0; n < 3; n++) {
        loads.add(threads.submit(load(n, over)));
      }
      String id = begin();
      assertThat(shown(RunningVault.VISA)).as("while both keys match").isEqualTo(visa);
      Map<?, ?> run = ended(id);
      over.set(true);
      for (Future<Integer> load : loads) {
        assertThat(load.get()).isPositive();
      }
      assertThat(run.get("status")).isEqualTo("done");
      assertThat(String.valueOf(run.get("statement")))
          .contains("cards_unknown_to_the_fingerprint_key=0", "fingerprint_keys=[1, 2]");
    }
    assertThat(database.query(UNKNOWN)).isEqualTo("0");
    assertThat(
            database.query(
                "select count(*) from (select 1 from card_match group by account, livemode,"
                    + " key_version, shown having count(*) > 1) twice"))
        .isEqualTo("0");
    assertThat(shown(RunningVault.VISA)).isEqualTo(visa);
  }

  @Test
  @Order(2)
  void anAnswerOfBeforeIsRepeated() {
    Got again = tokenize(RunningVault.VISA, "Idempotency-Key", "before");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(tokenize(generated(1), "Idempotency-Key", "before").status()).isEqualTo(400);
  }

  @Test
  @Order(3)
  void theOldKeyIsDestroyedAndEveryCardIsShownAsBefore() {
    people.token("ann");
    vault.clock.advance(Duration.ofHours(27));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> database.query("select count(*) from fingerprint_key").equals("1"));
    assertThat(database.query("select min(key_version) from card_match")).isEqualTo("2");
    assertThat(database.query(UNKNOWN)).isEqualTo("0");
    assertThat(shown(RunningVault.VISA)).isEqualTo(visa);
    vault.restart();
    assertThat(shown(RunningVault.VISA)).isEqualTo(visa);
  }

  @Test
  @Order(4)
  void whatWasCutOffGoesOn() {
    vault.pause();
    // As a vault leaves it that was killed in the midst.
    database.execute(
        "insert into key_rotation (id, kind, state, started_by, started, total) values"
            + " ('rot_cut', 'fingerprint', 'running', 'ann', '%s', 1)"
                .formatted(vault.clock.instant()));
    database.execute(
        "delete from card_match where ctid in (select ctid from card_match order by mac limit"
            + " 200)");
    assertThat(database.query(UNKNOWN)).isNotEqualTo("0");
    vault.restart();
    assertThat(ended("rot_cut").get("status")).isEqualTo("done");
    assertThat(database.query(UNKNOWN)).isEqualTo("0");
    assertThat(shown(RunningVault.VISA)).isEqualTo(visa);
  }

  @Test
  @Order(5)
  void aCardThatSomebodyChangedKeepsTheOldKey() {
    String changed = tokenize(generated(3 * CARDS)).text("id");
    database.execute(
        "update card set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where id = '%s'"
            .formatted(changed));
    Map<?, ?> run = ended(begin());
    assertThat(run.get("status")).isEqualTo("incomplete");
    assertThat(String.valueOf(run.get("statement")))
        .contains("cards_unknown_to_the_fingerprint_key=1");
    // Written at the end of each round that destroys what is due, so it tells that one was over.
    database.execute("delete from master_key_seen");
    vault.clock.advance(Duration.ofHours(27));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> database.query("select count(*) from master_key_seen").equals("1"));
    assertThat(database.query(UNKNOWN)).isEqualTo("1");
    assertThat(database.query("select count(*) from fingerprint_key")).isEqualTo("2");
    database.execute("delete from card where id = '%s'".formatted(changed));
  }

  @Test
  @Order(6)
  void aKeyThatIsTooOldIsRotatedByItself() {
    vault.clock.advance(Duration.ofDays(731));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              vault.clock.advance(Duration.ofHours(1));
              return !database
                  .query(
                      "select count(*) from key_rotation where kind = 'fingerprint' and started_by"
                          + " = 'schedule'")
                  .equals("0");
            });
  }
}
