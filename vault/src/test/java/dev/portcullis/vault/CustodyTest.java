package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import dev.portcullis.wire.people.Token;
import dev.portcullis.wire.people.Totp;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A vault whose master key its custodians hold, from the first start to new shares. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CustodyTest {

  private static final String PASSWORD = "wooden teapot lantern";
  private static final String SETUP = Token.enrollmentCode(new SecureRandom());

  @TempDir static Path home;

  private static RunningVault vault;
  private static final AtomicInteger OPERATION = new AtomicInteger();
  private static HttpClient client;
  private static List<String> shares = List.of();
  private static String card = "";
  private static final Map<String, byte[]> AUTHENTICATORS = new HashMap<>();

  @BeforeAll
  static void start() throws IOException {
    // Its own: what others have sealed under keys of theirs opens nowhere here.
    vault = new RunningVault(home, TestDatabase.fresh("custody"));
    SetupCode code = new SetupCode(Token.hash(SETUP), vault.clock.instant().plus(People.CODE_LIFE));
    Files.writeString(home.resolve("setup-code.json"), code.json());
    Path properties = home.resolve("vault.properties");
    Files.writeString(
        properties,
        Files.readString(properties)
            .replace(
                "\nmaster-key=",
                "\nadmin.setup-code=setup-code.json\nmaster-key.provider=sealed\n"
                    // What was stored before it was sealed.
                    + "old-master-key.provider=file\nold-master-key="));
    vault.restart();
    client =
        HttpClient.newBuilder()
            .sslContext(TlsContexts.client(null, vault.ca.file("ca.pem")))
            .build();
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  private static Got post(String path, @Nullable String token, Map<String, ?> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + vault.ports().admin() + "/admin/v1/" + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return RunningVault.send(client, request.build());
  }

  private static Got give(String share) {
    return post("custody/shares", null, Map.of("share", share));
  }

  private static Got status() {
    return post("custody/status", null, Map.of());
  }

  private static void unseal(List<String> all) {
    all.subList(0, 3).forEach(share -> assertThat(give(share).status()).isEqualTo(200));
    assertThat(status().at("sealed")).isEqualTo(false);
  }

  private static String signIn() {
    return signIn("ann");
  }

  private static String code(String name) {
    return Totp.code(
        Objects.requireNonNull(AUTHENTICATORS.get(name)), Totp.stepAt(vault.clock.instant()));
  }

  private static void enroll(String code, String name) {
    Got begun =
        post(
            "enrollments",
            null,
            Map.of("enrollment_code", code, "name", name, "password", PASSWORD));
    AUTHENTICATORS.put(name, PeopleTest.base32(begun.text("totp_secret")));
    Got confirmed =
        post(
            "enrollments/confirm",
            null,
            Map.of("enrollment_code", code, "name", name, "totp", code(name)));
    assertThat(confirmed.status()).as(confirmed.json().toString()).isEqualTo(200);
  }

  private static String signIn(String name) {
    vault.clock.advance(Duration.ofMinutes(1));
    Got got = post("sign_in", null, Map.of("name", name, "password", PASSWORD, "totp", code(name)));
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got.text("token");
  }

  @SuppressWarnings("unchecked")
  private static List<String> lines(Got got) {
    return (List<String>) Objects.requireNonNull(got.json().get("shares"), got.json()::toString);
  }

  private static void isSealed() {
    Got health = vault.get(vault.management("/health"));
    assertThat(health.status()).isEqualTo(503);
    assertThat(health.text("status")).isEqualTo("sealed");
    Got intake =
        vault.post("/v1/payment_methods", vault.secretKey, RunningVault.card(RunningVault.VISA));
    assertThat(intake.status()).isEqualTo(503);
    assertThat(intake.text("error.code")).isEqualTo("vault_key_unavailable");
    for (String path :
        List.of("forward", "payment_methods/lookup", "payment_methods/release", "tokens/lookup")) {
      Got call = vault.call("/internal/v1/" + path, Map.of());
      assertThat(call.status()).as(path).isEqualTo(503);
      assertThat(call.text("error.code")).isEqualTo("key_unavailable");
    }
    assertThat(vault.get(vault.management("/metrics")).raw().body())
        .asString(StandardCharsets.UTF_8)
        .contains("portcullis_vault_data_keys_in_memory 0", "portcullis_vault_sealed 1");
  }

  @Test
  @Order(1)
  void aVaultWithoutSharesYetTakesNoCardsAndStillRevokesKeys() {
    isSealed();
    assertThat(vault.push("key_secret", 2, vault.secretKey, false).status()).isEqualTo(200);
    assertThat(status().json().toString()).contains("initialised=false");
  }

  @Test
  @Order(2)
  void whoeverMayBecomeTheFirstAdministratorHasTheSharesMade() {
    Map<String, Object> terms = Map.of("setup_code", SETUP, "shares", 5, "threshold", 3);
    assertThat(
            post(
                    "custody/first",
                    null,
                    Map.of("setup_code", "no-such-code", "shares", 5, "threshold", 3))
                .text("error.code"))
        .isEqualTo("enrollment_code_invalid");
    assertThat(
            post("custody/first", null, Map.of("setup_code", SETUP, "shares", 3, "threshold", 1))
                .text("error.param"))
        .as("nobody opens a vault alone")
        .isEqualTo("threshold");
    Got lost = post("custody/first", null, terms);
    Got made = post("custody/first", null, terms);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
    shares = lines(made);
    assertThat(shares).hasSize(5).doesNotHaveDuplicates();
    assertThat(status().json().toString()).contains("initialised=false");
    assertThat(post("custody/confirm", null, Map.of("ticket", lost.text("ticket"))).status())
        .as("shares whose answer was lost")
        .isEqualTo(400);
    assertThat(post("custody/confirm", null, Map.of("ticket", made.text("ticket"))).status())
        .isEqualTo(200);
    assertThat(post("custody/first", null, terms).text("error.code"))
        .isEqualTo("custody_initialised");
    assertThat(give(lines(lost).getFirst()).text("error.code")).isEqualTo("share_of_other_set");
    isSealed();
  }

  @Test
  @Order(3)
  void threeOfFiveOpenIt() {
    Got first = give(shares.get(4));
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.at("repeated")).isEqualTo(false);
    Got again = give(shares.get(4));
    assertThat(again.status()).as("the same once more").isEqualTo(200);
    assertThat(again.at("repeated")).isEqualTo(true);
    String typo = shares.get(1).substring(0, 20) + "U" + shares.get(1).substring(21);
    assertThat(give(typo).text("error.code")).isEqualTo("share_malformed");
    assertThat(give(shares.get(1)).status()).isEqualTo(200);
    assertThat(status().json().toString()).contains("given=[2, 5]", "open=false");
    isSealed();
    Got last = give(shares.get(2));
    assertThat(last.at("sealed")).as(last.json().toString()).isEqualTo(false);
    assertThat(vault.get(vault.management("/health")).status()).isEqualTo(200);
    card = vault.paymentMethod(RunningVault.VISA);
    assertThat(card).startsWith("pm_");
    assertThat(
            vault.database.query(
                "select master_key from data_key where account = '" + vault.account + "'"))
        .isEqualTo("sealed:1");
  }

  @Test
  @Order(4)
  void itIsSealedAfterEveryStartAndLosesNothing() {
    vault.restart();
    isSealed();
    unseal(shares);
    assertThat(lookUp().status()).isEqualTo(200);
    isChargedAtTheProvider();
  }

  private static void isTooLate(String token, String who, String... custodians) {
    Got refused =
        post("custody/rekey", token, Map.of("custodians", List.of(custodians), "threshold", 2));
    assertThat(refused.text("error.code")).isEqualTo("enrolled_too_lately");
    assertThat(refused.text("error.message")).startsWith(who + " was let in or reset");
  }

  private static Got lookUp() {
    return vault.call(
        "/internal/v1/payment_methods/lookup",
        Map.of("account", vault.account, "livemode", false, "id", card));
  }

  private static void isChargedAtTheProvider() {
    vault.provider.behave(
        exchange -> FakeProvider.answer(exchange, 200, Map.of("status", "approved")));
    Got got =
        vault.call(
            "/internal/v1/forward",
            Map.of(
                "operation",
                "sandbox.authorize",
                "operation_id",
                "op_custody_" + OPERATION.incrementAndGet(),
                "account",
                vault.account,
                "livemode",
                false,
                "provider_account",
                "sandbox",
                "token",
                card,
                "idempotency_key",
                "key",
                "timeout_ms",
                5_000,
                "body",
                Map.of("card", Map.of("number", "{{card.number}}"))));
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    assertThat(vault.provider.received.getLast().body()).contains(RunningVault.VISA);
  }

  @Test
  @Order(5)
  void anAdministratorSealsItAtOnce() {
    enroll(SETUP, "ann");
    assertThat(post("custody/seal", null, Map.of()).status()).isEqualTo(401);
    String token = signIn();
    assertThat(post("custody/seal", token, Map.of()).at("sealed")).isEqualTo(true);
    isSealed();
    unseal(shares);
  }

  @Test
  @Order(6)
  void aNewShareIsForOnePersonAloneAndNoneCountsBeforeAllAreThere() {
    String ann = signIn();
    for (String name : List.of("ben", "cyd")) {
      String role = name.equals("ben") ? "operator" : "auditor";
      enroll(post("people", ann, Map.of("name", name, "role", role)).text("enrollment_code"), name);
    }
    isTooLate(ann, "ann", "ben", "cyd");
    settle();
    ann = signIn();
    // Whoever let them in could be them.
    enroll(
        post("people", ann, Map.of("name", "dan", "role", "administrator")).text("enrollment_code"),
        "dan");
    isTooLate(signIn("dan"), "dan", "ann", "ben");
    isTooLate(ann, "dan", "ann", "dan");
    assertThat(giveFor("rky_none", ann, 0).text("error.code")).isEqualTo("custody_no_rekey");
    for (List<String> wrong : List.of(List.of("ann", "ann"), List.of("ann", "nobody"))) {
      Got refused = post("custody/rekey", ann, Map.of("custodians", wrong, "threshold", 2));
      assertThat(refused.text("error.code")).isEqualTo("custodians_invalid");
    }
    rekey(ann, "ann", "ben");
    assertThat(take(signIn("cyd")).text("error.code")).isEqualTo("custody_no_share");
    String own = lines(take(ann)).getFirst();
    assertThat(take(ann).text("error.code")).as("once").isEqualTo("custody_no_share");
    // An administrator who takes over a custodian's account does not get that person's share.
    enroll(post("people/ben/reset", ann, Map.of()).text("enrollment_code"), "ben");
    assertThat(take(signIn("ben")).text("error.code")).isEqualTo("enrolled_too_lately");
    Map<String, Object> more = Map.of("custodians", List.of("ann", "ben"), "threshold", 2);
    assertThat(post("custody/rekey", ann, more).text("error.code"))
        .as("and no new shares begin beside these")
        .isEqualTo("custody_rekey_running");
    vault.restart();
    unseal(shares);
    assertThat(give(own).text("error.code")).isEqualTo("share_of_other_set");
  }

  @Test
  @Order(7)
  void anOldShareIsForTheRekeyThatItsGiverWasShown() {
    settle();
    String ann = signIn();
    String first = begin(ann, "ann", "ben", "cyd");
    assertThat(giveFor(first, signIn("cyd"), 3).at("rekey_shares_missing"))
        .as("in any role")
        .isEqualTo(2L);
    Map<String, Object> others = Map.of("custodians", List.of("ann", "cyd"), "threshold", 2);
    assertThat(post("custody/rekey", ann, others).text("error.code"))
        .isEqualTo("custody_rekey_running");
    Got shown = post("custody/rekey/status", signIn("ben"), Map.of());
    assertThat(shown.at("rekey.custodians")).isEqualTo(List.of("ann", "ben", "cyd"));
    assertThat(shown.text("rekey.begun_by")).isEqualTo("ann");
    assertThat(post("custody/rekey/cancel", ann, Map.of("rekey", "rky_none")).text("error.code"))
        .isEqualTo("custody_no_rekey");
    assertThat(post("custody/rekey/cancel", signIn("cyd"), Map.of("rekey", first)).status())
        .isEqualTo(403);
    assertThat(post("custody/rekey/cancel", ann, Map.of("rekey", first)).status()).isEqualTo(200);
    String second = begin(ann, "ann", "cyd");
    assertThat(giveFor(first, ann, 0).text("error.code")).isEqualTo("custody_no_rekey");
    assertThat(post("custody/rekey/status", ann, Map.of()).at("rekey_shares_missing"))
        .isEqualTo(3L);
    assertThat(post("custody/rekey/cancel", ann, Map.of("rekey", second)).at("rekey")).isNull();
  }

  @Test
  @Order(8)
  void newSharesReplaceTheOldOnesOnceEverybodyHasTheirs() {
    Map<String, String> tokens = new TreeMap<>();
    List.of("ann", "ben", "cyd").forEach(name -> tokens.put(name, signIn(name)));
    String ann = Objects.requireNonNull(tokens.get("ann"));
    rekey(ann, "ann", "ben", "cyd");
    List<String> old = shares;
    String before = set();
    List<String> fresh = new ArrayList<>();
    for (Map.Entry<String, String> each : tokens.entrySet()) {
      assertThat(set()).as("before " + each.getKey()).isEqualTo(before);
      Got taken = take(each.getValue());
      assertThat(lines(taken)).hasSize(1);
      fresh.addAll(lines(taken));
      Map<String, String> ticket = Map.of("ticket", taken.text("ticket"));
      for (Map.Entry<String, String> other : tokens.entrySet()) {
        if (!other.equals(each)) {
          assertThat(post("custody/rekey/received", other.getValue(), ticket).text("error.code"))
              .isEqualTo("custody_ticket_invalid");
        }
      }
      Got received = post("custody/rekey/received", each.getValue(), ticket);
      assertThat(received.status()).as(received.json().toString()).isEqualTo(200);
    }
    assertThat(set()).isNotEqualTo(before);
    shares = fresh;
    vault.restart();
    assertThat(give(old.getFirst()).text("error.code")).isEqualTo("share_of_other_set");
    assertThat(give(shares.getFirst()).at("sealed")).isEqualTo(true);
    assertThat(give(shares.get(1)).at("sealed")).as("two of three now").isEqualTo(false);
    isChargedAtTheProvider();
  }

  private static String set() {
    return vault.database.query("select share_set from sealed_key where name = '1'");
  }

  private static Got take(String token) {
    return post("custody/rekey/take", token, Map.of());
  }

  private static void settle() {
    vault.clock.advance(Duration.ofHours(25));
  }

  private static String begin(String token, String... custodians) {
    Got begun =
        post("custody/rekey", token, Map.of("custodians", List.of(custodians), "threshold", 2));
    assertThat(begun.status()).as(begun.json().toString()).isEqualTo(200);
    return begun.text("rekey.id");
  }

  private static Got giveFor(String rekey, String token, int share) {
    return post("custody/rekey/shares", token, Map.of("rekey", rekey, "share", shares.get(share)));
  }

  private static void rekey(String token, String... custodians) {
    String id = begin(token, custodians);
    assertThat(giveFor(id, token, 3).at("rekey_shares_missing")).isEqualTo(2L);
    giveFor(id, token, 0);
    Got made = giveFor(id, token, 2);
    assertThat(made.json()).as("nobody gets all of them").doesNotContainKey("shares");
    assertThat(made.at("rekey_waits_for")).isEqualTo(List.of(custodians));
  }

  @Test
  @Order(9)
  void givenSharesAreNotKeptForLong() {
    vault.restart();
    give(shares.getFirst());
    vault.clock.advance(Duration.ofMinutes(15));
    assertThat(status().json().toString()).contains("given=[]");
    assertThat(give(shares.get(1)).at("sealed")).isEqualTo(true);
    assertThat(give(shares.get(2)).at("sealed")).isEqualTo(false);
  }

  @Test
  @Order(10)
  void whoeverTriesIsSlowedDownAndOnRecordAndSharesAreNowhere() {
    vault.restart();
    for (int n = 0; n < 10; n++) {
      assertThat(give("PCS1-NO-SHARE").status()).isEqualTo(400);
    }
    Got slowed = give("PCS1-NO-SHARE");
    assertThat(slowed.status()).isEqualTo(429);
    assertThat(slowed.header("Retry-After")).isNotEmpty();
    assertThat(give(shares.getFirst()).status()).as("a right share is always taken").isEqualTo(200);
    assertThat(give(shares.get(2)).at("sealed")).isEqualTo(false);
    vault.clock.advance(Duration.ofMinutes(1));
    assertThat(give("PCS1-NO-SHARE").status()).isEqualTo(400);
    String trail =
        vault.database.query(
            "select string_agg(action || ' ' || subject || ' ' || detail, '; ') from audit_entry"
                + " where action like 'custody.%'");
    assertThat(trail)
        .contains(
            "custody.initialised",
            "custody.share_refused",
            "custody.unsealed",
            "custody.sealed sealed:1 by ann",
            "custody.rekey_begun",
            "custody.rekey_cancelled",
            "custody.share_handed_out",
            "custody.rekeyed");
    for (String share : shares) {
      assertThat(trail).doesNotContain(share, share.replace("-", ""));
    }
    assertThat(vault.get(vault.management("/audit")).at("broken")).isNull();
  }
}
