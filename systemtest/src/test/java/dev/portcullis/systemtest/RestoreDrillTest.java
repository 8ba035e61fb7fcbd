package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.backup.BackupKeyPair;
import dev.portcullis.wire.audit.ChainHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The drill: a backup, payments after it, the loss of everything, and a new home from the backup,
 * which pays nobody before it was compared with the provider.
 */
@Order(54)
class RestoreDrillTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path kept = Portcullis.freshFolder("portcullis-kept");
  private final Path recoveryHalf = kept.resolve("backup-key.json");
  private final Path keys = kept.resolve("keys");
  private final Path backups = kept.resolve("backups");

  /** What was paid, before the backup and after it, and who was signed in. */
  private record Paid(
      String customer, String card, String before, List<String> after, Administrator person) {}

  @Test
  void whatTheBackupForgotIsFoundAtTheProviderBeforeAnybodyPaysAgain() throws Exception {
    Files.createDirectory(backups);
    Path ledger = kept.resolve("ledger.jsonl");
    Paid paid;
    Path backup;
    try (Portcullis old = Portcullis.start()) {
      refused(old.run(LIMIT, "backup", "--to", backups.toString()), "backup-key create");
      old.run(LIMIT, "backup-key", "create", "--to", recoveryHalf.toString()).succeeded();
      assertThat(Files.getPosixFilePermissions(recoveryHalf))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));

      String card = new Sdk(old).card("4242424242424242").getId();
      String customer = id(post(old, "customers", Map.of("email", "ada@example.com"), null));
      post(old, "payment_methods/" + card + "/attach", Map.of("customer", customer), null);
      String before = id(pay(old, 2000, customer, card, "key-before"));

      Administrator person = Administrator.of(old);
      person.json("people", "add", "otto", "--role", "auditor");
      waitingChangeAndPolicy(old);

      backup(old);
      backup = backup(old);
      try (Stream<Path> files = Files.list(backups)) {
        assertThat(files.filter(file -> !file.toString().endsWith(".audit-heads")))
            .as("--keep 1, and nothing half-done")
            .containsExactly(backup);
      }
      auditHeadsLieBeside(old);
      paid = new Paid(customer, card, before, payMore(old, customer, card, before), person);
      keepKeys(old.home());
      Files.copy(old.home().resolve("simulator/ledger/ledger.jsonl"), ledger);
      verifies(backup);
      destroy(old, backup);
    }
    Path home = Portcullis.freshFolder("portcullis-home");
    restore(home, backup);
    giveLedger(ledger, home);
    try (Portcullis restored = Portcullis.start(home, Map.of())) {
      revivesNeitherSignInsNorCodes(restored, paid.person());
      pausesUntilReconciled(restored, paid);
      paysAgain(restored, paid);
      booksAndTrails(restored);
    }
    Portcullis.delete(kept);
  }

  private Path backup(Portcullis portcullis) {
    String said =
        portcullis.run(LIMIT, "backup", "--to", backups.toString(), "--keep", "1").succeeded();
    return Path.of(said.strip());
  }

  private static List<String> payMore(
      Portcullis portcullis, String customer, String card, String before) throws Exception {
    List<String> after = new ArrayList<>();
    after.add(id(pay(portcullis, 3111, customer, card, "key-after-1")));
    after.add(id(pay(portcullis, 3222, customer, card, "key-after-2")));
    post(portcullis, "refunds", Map.of("payment_intent", before, "amount", "777"), null);
    Http.Answer declined =
        confirm(portcullis, 3333, Map.of("payment_method", "pm_card_visa_chargeDeclined"), null);
    assertThat(declined.status()).isEqualTo(402);
    return after;
  }

  private void verifies(Path backup) throws IOException {
    assertThat(verify(backup, recoveryHalf).succeeded()).contains("is whole");
    Path otherKey = kept.resolve("other.json");
    Files.writeString(otherKey, BackupKeyPair.generate().recovery().json());
    refused(verify(backup, otherKey), "was made for the backup key");

    byte[] whole = Files.readAllBytes(backup);
    assertThat(new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1))
        .as("compressed and encrypted")
        .doesNotContain("ada@example.com", "payment_intents");
    byte[] flipped = whole.clone();
    flipped[whole.length - 2_000] ^= 1;
    refused(verify(Files.write(kept.resolve("flipped"), flipped), recoveryHalf), "is damaged");
    byte[] line = whole.clone();
    // In the backup's id, so that only the signature tells.
    line[35] ^= 1;
    refused(
        verify(Files.write(kept.resolve("line"), line), recoveryHalf), "was not made by the home");
    for (int length : List.of(whole.length - 1, whole.length / 2, 30)) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      refused(verify(Files.write(kept.resolve("cut"), cut), recoveryHalf), "is damaged, cut off");
    }
  }

  private static CommandResult verify(Path file, Path key) {
    return Portcullis.launch(
        LIMIT, Map.of(), List.of("backup", "verify", file.toString(), "--key", key.toString()));
  }

  private static void refused(CommandResult result, String... words) {
    assertThat(result.exitCode()).as(result.said()).isEqualTo(1);
    assertThat(result.err().lines().toList().getLast()).startsWith("portcullis: ").contains(words);
    assertThat(result.said()).doesNotContain("Exception", "\tat ");
  }

  /** One for each backup, whatever was kept of those, and the trail is what they say. */
  private void auditHeadsLieBeside(Portcullis old) throws IOException {
    Path heads;
    try (Stream<Path> files = Files.list(backups)) {
      heads =
          files.filter(file -> file.toString().endsWith(".audit-heads")).findFirst().orElseThrow();
    }
    assertThat(Files.readAllLines(heads)).hasSize(2);
    old.run(LIMIT, "vault", "audit", "verify", "--head", heads.toString()).succeeded();
  }

  /** The files that docs/OPERATIONS.md says must be kept apart from the backups. */
  private void keepKeys(Path home) throws IOException {
    for (String folder : List.of("vault/secrets", "gateway/secrets", "operator")) {
      Path to = Files.createDirectories(keys.resolve(folder));
      try (Stream<Path> files = Files.list(home.resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  private void destroy(Portcullis old, Path backup) throws IOException {
    old.killEverything();
    refused(restoreInto(old.home(), backup, "--keys", keys.toString()), "holds data already");
    try (Stream<Path> all = Files.list(old.home())) {
      for (Path each : all.toList()) {
        Portcullis.delete(each);
      }
    }
  }

  private CommandResult restoreInto(Path home, Path backup, String... more) {
    List<String> command = new ArrayList<>(List.of("restore", backup.toString()));
    command.addAll(List.of("--home", home.toString(), "--key", recoveryHalf.toString()));
    command.addAll(List.of("--port", Integer.toString(Portcullis.freePort())));
    command.addAll(List.of(more));
    return Portcullis.launch(LIMIT, Map.of(), command);
  }

  private void restore(Path home, Path backup) throws IOException {
    refused(restoreInto(home, backup), "needs the key file");
    Path masterKey = keys.resolve("vault/secrets/master-key");
    String right = Files.readString(masterKey);
    Files.writeString(masterKey, "YW5vdGhlciBrZXkgb2YgMzIgYnl0ZXMgZXhhY3RseS4=\n");
    refused(
        restoreInto(home, backup, "--keys", keys.toString()),
        "master-key is not the key that the backup's data was stored under");
    Files.writeString(masterKey, right);
    assertThat(home.resolve("run")).as("what was refused has left nothing").doesNotExist();
    CommandResult done = restoreInto(home, backup, "--keys", keys.toString());
    assertThat(done.succeeded())
        .contains("Payments are paused", "the sandbox's provider keeps its books in")
        .containsPattern("WARNING: what was revoked between 2\\S+Z and 2\\S+Z works again")
        .contains("acme version 1  installed ", "margaret  administrator  changed 2")
        .contains("otto  auditor  invited 2", "data keys, the newest made 2")
        .containsPattern("key_\\w+  sk_test_\\S+  secret test  of acct_\\w+  made 2");
    assertThat(home.resolve("operator/restored.txt")).content().contains("Forward policies");
    assertThat(done.err()).contains("payment_intents", "hold what the backup does");
  }

  /** The provider was not lost: it is a business of its own. */
  private static void giveLedger(Path ledger, Path home) throws IOException {
    Path folder = home.resolve("simulator/ledger");
    Path copy = Files.copy(ledger, folder.resolve("ledger.jsonl"));
    Files.setOwner(copy, Files.getOwner(folder));
  }

  /** A change that waits for a second person, and a policy; nobody administers that vault. */
  private static void waitingChangeAndPolicy(Portcullis old) throws SQLException {
    try (Connection vault = new Databases(old).of("vault").getConnection();
        Statement statement = vault.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO pending_change (id, action, subject, content, hash, proposed_by,"
              + " proposed_at, expires, state) VALUES ('chg_waits', 'policy.remove', 'acme', '',"
              + " sha256('x'), 'ann', now(), now() + interval '1 day', 'pending')");
      statement.executeUpdate(
          "INSERT INTO forward_policy VALUES ('acme', 1, '{}', 'ann', 'bob', now())");
    }
  }

  private static void revivesNeitherSignInsNorCodes(Portcullis restored, Administrator person)
      throws SQLException {
    refused(person.at(restored).run("keys", "list"), "not signed in");
    assertThat(restored.run(LIMIT, "people", "setup-code", "--json").succeeded())
        .as("the gateway has an administrator, the vault has none")
        .contains("\"vault\"")
        .doesNotContain("\"gateway\"");
    try (Connection vault = new Databases(restored).of("vault").getConnection();
        Statement statement = vault.createStatement();
        ResultSet waiting =
            statement.executeQuery(
                "SELECT expires <= now() FROM pending_change WHERE id = 'chg_waits'")) {
      waiting.next();
      assertThat(waiting.getBoolean(1)).as("a change that waited is over").isTrue();
    }
    try (Connection gateway = new Databases(restored).of("gateway").getConnection();
        Statement statement = gateway.createStatement();
        ResultSet codes =
            statement.executeQuery(
                "SELECT count(*) FILTER (WHERE person = 'otto'),"
                    + " count(*) FILTER (WHERE used IS NULL AND person IS NOT NULL"
                    + " AND expires > now())"
                    + " FROM person_enrollment")) {
      codes.next();
      assertThat(codes.getLong(1)).as("otto's code came back").isEqualTo(1);
      assertThat(codes.getLong(2)).as("and can be used").isZero();
    }
  }

  private static void pausesUntilReconciled(Portcullis restored, Paid paid) throws Exception {
    assertThat(read(restored, paid.before()).json().get("status").getAsString())
        .isEqualTo("succeeded");
    for (String forgotten : paid.after()) {
      assertThat(read(restored, forgotten).status()).isEqualTo(404);
    }
    assertPaused(restored, paid);
    assertThat(
            pay(restored, 2000, paid.customer(), paid.card(), "key-before")
                .header("idempotent-replayed"))
        .as("what the backup remembers is told again")
        .isEqualTo("true");

    CommandResult nobody = restored.run(LIMIT, "resume", "--accept-differences", "3");
    assertThat(nobody.exitCode()).isEqualTo(1);
    assertThat(nobody.err()).contains("Nothing was given for: Name");
    Administrator person = paid.person().at(restored);
    person.signIn();
    refused(person.run("resume", "--accept-differences", "3"), "Reconcile first");
    assertThat(restored.run(LIMIT, "status").out()).contains("Payments are PAUSED", "days left");
    CommandResult report = restored.run(LIMIT, "reconcile");
    assertThat(report.exitCode()).as(report.said()).isEqualTo(3);
    assertThat(differences(report.out()))
        .containsExactly("authorize 3111", "authorize 3222", "refund 777");
    assertThat(report.out()).contains("6 operations, 2 known here, 4 not known, 1 of them");
    refused(person.run("resume"), "There are 3 differences");
    assertPaused(restored, paid);
    person.run("resume", "--accept-differences", "3").succeeded();
  }

  private static void assertPaused(Portcullis restored, Paid paid) throws Exception {
    Http.Answer paused =
        confirm(
            restored,
            3111,
            Map.of("customer", paid.customer(), "payment_method", paid.card()),
            "key-after-1");
    assertThat(paused.status()).as(paused.body()).isEqualTo(503);
    assertThat(paused.body()).contains("payments_paused", "restored from a backup");
    assertThat(paused.header("retry-after")).isEqualTo("10");
    Http.Answer refund =
        Http.post(
            restored.api() + "/v1/refunds",
            restored.secretKey(),
            Map.of("payment_intent", paid.before()));
    assertThat(refund.status()).as(refund.body()).isEqualTo(503);
  }

  /** Kind and amount of each line of the report that names a difference. */
  private static List<String> differences(String report) {
    return report
        .lines()
        .map(String::strip)
        .filter(line -> line.contains("  unknown "))
        .map(line -> line.split("\\s+"))
        .map(words -> words[2] + " " + words[4])
        .toList();
  }

  private static void paysAgain(Portcullis restored, Paid paid) throws Exception {
    Http.Answer again = pay(restored, 4000, paid.customer(), paid.card(), "key-new");
    assertThat(again.json().get("amount_received").getAsLong()).isEqualTo(4000);
    restored.run(LIMIT, "reconcile").succeeded();
  }

  private static void booksAndTrails(Portcullis restored) throws SQLException {
    CommandResult vault = restored.run(LIMIT, "audit", "verify");
    assertThat(vault.exitCode()).as(vault.said()).isZero();
    try (Connection gateway = new Databases(restored).of("gateway").getConnection();
        Statement statement = gateway.createStatement()) {
      try (ResultSet sum =
          statement.executeQuery("SELECT count(*), coalesce(sum(amount), 0) FROM ledger_lines")) {
        sum.next();
        assertThat(sum.getLong(1)).isPositive();
        assertThat(sum.getLong(2)).isZero();
      }
      assertThat(trail(statement))
          .containsSubsequence(
              "recovery.restored", "recovery.reconcile", "recovery.reconciled", "recovery.resume");
    }
  }

  /** The gateway's trail, each entry's hash computed anew. */
  private static List<String> trail(Statement statement) throws SQLException {
    List<String> actions = new ArrayList<>();
    byte[] previous = ChainHash.start();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT seq, at, actor, address, action, account, subject, detail, hash FROM audit"
                + " ORDER BY seq")) {
      while (row.next()) {
        previous =
            ChainHash.of(
                previous,
                row.getString(1),
                row.getObject(2, OffsetDateTime.class).toInstant().toString(),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8));
        assertThat(row.getBytes(9)).isEqualTo(previous);
        actions.add(row.getString(5));
        if (row.getString(5).equals("recovery.resume")) {
          assertThat(row.getString(8)).isEqualTo("3 differences accepted");
          assertThat(row.getString(3)).isEqualTo("margaret");
        }
      }
    }
    return actions;
  }

  private static Http.Answer pay(
      Portcullis portcullis, int amount, String customer, String card, String key)
      throws Exception {
    Http.Answer answer =
        confirm(portcullis, amount, Map.of("customer", customer, "payment_method", card), key);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().get("status").getAsString()).isEqualTo("succeeded");
    return answer;
  }

  private static Http.Answer confirm(
      Portcullis portcullis, int amount, Map<String, String> more, @Nullable String key)
      throws IOException, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>(more);
    form.put("amount", Integer.toString(amount));
    form.put("currency", "usd");
    form.put("confirm", "true");
    form.put("payment_method_types[]", "card");
    var request = Http.authorized(portcullis.api() + "/v1/payment_intents", portcullis.secretKey());
    return Http.send(key == null ? request : request.header("Idempotency-Key", key), form);
  }

  private static Http.Answer post(
      Portcullis portcullis, String path, Map<String, String> form, @Nullable String key)
      throws IOException, InterruptedException {
    var request = Http.authorized(portcullis.api() + "/v1/" + path, portcullis.secretKey());
    Http.Answer answer =
        Http.send(key == null ? request : request.header("Idempotency-Key", key), form);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static Http.Answer read(Portcullis portcullis, String id)
      throws IOException, InterruptedException {
    return Http.get(portcullis.api() + "/v1/payment_intents/" + id, portcullis.secretKey());
  }

  private static String id(Http.Answer answer) {
    return answer.json().get("id").getAsString();
  }
}
