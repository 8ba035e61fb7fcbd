package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** People and their keys, through the command line, on the real processes. */
@Order(27)
@ExtendWith(SharedPortcullis.class)
class KeyCommandsTest {

  /** What is promised; the rest is for a machine that is busy with other things. */
  private static final Duration REFUSED_WITHIN = Duration.ofSeconds(1);

  private static final Duration SCHEDULING = Duration.ofSeconds(4);

  private final Portcullis portcullis;
  private final Administrator administrator;

  KeyCommandsTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.administrator = Administrator.of(portcullis);
  }

  private String api(String path) {
    return portcullis.api() + path;
  }

  private String cards() {
    return portcullis.cards() + "/v1/payment_methods";
  }

  private static int pay(String url, String key) throws IOException, InterruptedException {
    return Http.post(
            url,
            key,
            Map.of(
                "amount",
                "1999",
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "confirm",
                "true"))
        .status();
  }

  @Test
  void withoutASessionNothingIsDone() {
    CommandResult result = portcullis.run(Duration.ofSeconds(60), "keys", "list");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("Nothing was given for: Name");
    String file = Administrator.file(Administrator.PASSWORD);
    CommandResult wrong =
        portcullis.run(
            Duration.ofSeconds(60),
            "keys",
            "list",
            "--as",
            "margaret",
            "--password-file",
            file,
            "--code",
            "000000");
    assertThat(wrong.err()).contains("The name, password or code is wrong.");
  }

  @Test
  void theSetupCodesCanBeReadOnce() {
    Administrator.setupCode(portcullis, "vault");
    CommandResult again = portcullis.run(Duration.ofSeconds(60), "people", "setup-code");
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("read already");
  }

  @Test
  void resealingLooksAtEverythingAndFindsNothingToDo() throws Exception {
    assertThat(pay(api("/v1/payment_intents"), portcullis.secretKey())).isEqualTo(200);
    JsonObject done = administrator.json("reseal");
    assertThat(done.get("looked").getAsLong()).isPositive();
    assertThat(done.get("sealed").getAsLong()).isZero();
    assertThat(portcullis.run(Duration.ofSeconds(60), "reseal").err())
        .contains("Nothing was given for: Name");
  }

  @Test
  void resealingIsRefusedBeforeTheGatewayKnowsTheNewKey() throws Exception {
    Path keys = portcullis.home().resolve("gateway/secrets/sealing-keys");
    String before = Files.readString(keys);
    try {
      portcullis.run(Duration.ofSeconds(60), "keys", "rotate-sealing").succeeded();
      CommandResult refused = administrator.run("reseal");
      assertThat(refused.exitCode()).as(refused.said()).isEqualTo(1);
      assertThat(refused.err()).contains("does not know the key 2 yet");
      String rotated = Files.readString(keys);
      Path older = portcullis.home().resolve("older-sealing-keys");
      CommandResult kept = administrator.run("keys", "retire-sealing", "--to", older.toString());
      assertThat(kept.exitCode()).as(kept.said()).isEqualTo(1);
      assertThat(kept.err()).contains("does not know the key 2 yet");
      assertThat(Files.readString(keys)).isEqualTo(rotated);
      assertThat(older).doesNotExist();
    } finally {
      Files.writeString(keys, before);
    }
  }

  @Test
  void theVaultHasItsOwnPeople() {
    Administrator keeper = Administrator.named(portcullis, "keeper", "vault");
    keeper.enroll(Administrator.setupCode(portcullis, "vault"));
    keeper.signIn();
    JsonObject people = keeper.json("people", "list", "--zone", "vault");
    assertThat(people.get("data").toString()).contains("keeper").doesNotContain("margaret");
    assertThat(portcullis.run(Duration.ofSeconds(60), "audit", "verify").exitCode()).isZero();
    String trail = Portcullis.freshFolder("audit-export").resolve("trail.jsonl").toString();
    assertThat(keeper.json("vault", "audit", "export", "--to", trail).get("entries").getAsLong())
        .isPositive();
    assertThat(
            portcullis
                .run(Duration.ofSeconds(60), "vault", "audit", "verify", "--file", trail)
                .succeeded())
        .startsWith("The exported trail is whole: ");
  }

  @Test
  void aRollUnderLoadLosesNoRequest() throws Exception {
    String url = api("/v1/payment_intents");
    JsonObject old = administrator.json("keys", "create", "--description", "shop server");
    // A page's key, which is used at the cards origin alone.
    JsonObject page = administrator.json("keys", "create", "--kind", "publishable");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> atVault(cards(), page.get("key").getAsString()) != 401);
    AtomicReference<String> key = new AtomicReference<>(old.get("key").getAsString());
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger paid = new AtomicInteger();
    ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> payers = new ArrayList<>();
      for (int at = 0; at < 4; at++) {
        payers.add(threads.submit(payer(url, key, over, paid, failures)));
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> paid.get() > 10);
      JsonObject fresh =
          administrator.json("keys", "roll", old.get("id").getAsString(), "--overlap", "24h");
      int before = paid.get();
      await().atMost(Duration.ofSeconds(60)).until(() -> paid.get() > before + 10);
      key.set(fresh.get("key").getAsString());
      int switched = paid.get();
      await().atMost(Duration.ofSeconds(60)).until(() -> paid.get() > switched + 10);
      over.set(true);
      for (Future<Void> payer : payers) {
        payer.get();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(paid.get()).isGreaterThan(30);
    // The use of keys is noted every ten seconds.
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () ->
                assertThat(administrator.run("keys", "list").succeeded())
                    .containsPattern(
                        old.get("id").getAsString()
                            + " .* rolled .*\n *shop server\n *made by .*, still used")
                    .containsPattern(
                        page.get("id").getAsString() + " .*\n *made by .*, used .* from 127"));
    System.out.printf("a roll under load: %d payments, no failure%n", paid.get());
  }

  private static Callable<Void> payer(
      String url,
      AtomicReference<String> key,
      AtomicBoolean over,
      AtomicInteger paid,
      ConcurrentLinkedQueue<String> failures) {
    return () -> {
      while (!over.get()) {
        int status = pay(url, key.get());
        if (status == 200) {
          paid.incrementAndGet();
        } else {
          failures.add("answered " + status);
        }
      }
      return null;
    };
  }

  @Test
  void aRevokedKeyIsRefusedByBothZonesWithinASecond() throws Exception {
    JsonObject key = administrator.json("keys", "create");
    String text = key.get("key").getAsString();
    String gateway = api("/v1/balance");
    String vault = cards();
    // Both know it, and remember it.
    assertThat(Http.get(gateway, text).status()).isEqualTo(200);
    assertThat(atVault(vault, text)).isNotEqualTo(401);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Instant> atGateway =
          threads.submit(() -> firstRefusal(() -> Http.get(gateway, text).status()));
      Future<Instant> atVault = threads.submit(() -> firstRefusal(() -> atVault(vault, text)));
      String id = key.get("id").getAsString();
      assertThat(administrator.run("keys", "revoke", id).succeeded().strip()).isEqualTo("done");
      Instant revoked = revokedAt(id);
      Duration gatewayTook = Duration.between(revoked, atGateway.get());
      Duration vaultTook = Duration.between(revoked, atVault.get());
      System.out.printf(
          "a revoked key is refused: gateway after %d ms, vault after %d ms%n",
          gatewayTook.toMillis(), vaultTook.toMillis());
      assertThat(gatewayTook).isLessThanOrEqualTo(REFUSED_WITHIN.plus(SCHEDULING));
      assertThat(vaultTook).isLessThanOrEqualTo(REFUSED_WITHIN.plus(SCHEDULING));
    }
  }

  private static Instant firstRefusal(Callable<Integer> request) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(request, status -> status == 401);
    return InstantSource.system().instant();
  }

  private Instant revokedAt(String id) throws SQLException {
    try (Connection connection = new Databases(portcullis).of("gateway").getConnection();
        PreparedStatement query =
            connection.prepareStatement("SELECT revoked_at FROM api_keys WHERE id = ?")) {
      query.setString(1, id);
      try (ResultSet rows = query.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getTimestamp(1).toInstant();
      }
    }
  }

  private static int atVault(String url, String key) throws IOException, InterruptedException {
    return Http.post(url, key, Map.of("type", "card")).status();
  }

  @Test
  void aKeyLeakedIntoAHistoryIsFoundAndRevoked(@TempDir Path repository) throws Exception {
    JsonObject key = administrator.json("keys", "create");
    String text = key.get("key").getAsString();
    git(repository, "init", "--quiet");
    Files.writeString(repository.resolve("deploy.env"), "API_KEY=" + text + "\n");
    git(repository, "add", "--all");
    git(repository, "commit", "--quiet", "-m", "Deploy");
    Files.delete(repository.resolve("deploy.env"));
    git(repository, "commit", "--quiet", "--all", "-m", "Remove the file");
    CommandResult scan =
        Portcullis.launch(
            Duration.ofSeconds(60),
            Map.of(),
            List.of("keys", "scan", repository.toString(), "--history", "--json"));
    assertThat(scan.exitCode()).as(scan.said()).isEqualTo(1);
    assertThat(scan.said()).contains("deploy.env").doesNotContain(text);
    CommandResult revoked =
        administrator.run("keys", "revoke-leaked", Administrator.file(scan.out().strip()));
    assertThat(revoked.succeeded()).contains("revoked (" + key.get("id").getAsString() + ")");
    assertThat(revoked.said()).doesNotContain(text);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Http.get(api("/v1/balance"), text).status() == 401);
    assertThat(portcullis.lastWords()).doesNotContain(text);
  }

  private static void git(Path folder, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git", "-c", "user.name=T", "-c", "user.email=t@example.com", "-C", folder + ""));
    command.addAll(List.of(arguments));
    Commands.run(Duration.ofSeconds(30), Map.of(), command).succeeded();
  }

  @Test
  void whatWasDoneStandsInTheTrailWithANameToIt() {
    JsonObject key = administrator.json("keys", "create", "--description", "for the trail");
    administrator.json("keys", "revoke", key.get("id").getAsString());
    List<String> actions = new ArrayList<>();
    for (JsonElement entry : administrator.json("audit", "list").getAsJsonArray("data")) {
      JsonObject line = entry.getAsJsonObject();
      if (line.get("subject").getAsString().equals(key.get("id").getAsString())) {
        assertThat(line.get("actor").getAsString()).isEqualTo("margaret");
        actions.add(line.get("action").getAsString());
      }
    }
    assertThat(actions).containsExactly("key.revoked", "key.created");
  }
}
