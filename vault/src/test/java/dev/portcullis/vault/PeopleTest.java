package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import dev.portcullis.wire.people.Token;
import dev.portcullis.wire.people.Totp;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The vault's people, through its own listener, on its own database. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PeopleTest {

  private static final String PASSWORD = "wooden teapot lantern";

  @TempDir static Path home;

  private static RunningVault vault;
  private static HttpClient client;
  private static final String SETUP = Token.enrollmentCode(new SecureRandom());
  private static final Map<String, byte[]> AUTHENTICATORS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    TestDatabase.shared()
        .execute("truncate person_enrollment, admin_session, sign_in_attempts, person");
    vault = new RunningVault(home);
    SetupCode code = new SetupCode(Token.hash(SETUP), vault.clock.instant().plus(People.CODE_LIFE));
    Files.writeString(home.resolve("setup-code.json"), code.json());
    Files.writeString(
        home.resolve("vault.properties"),
        "admin.setup-code=setup-code.json\nadmin.settling=PT0S\nbackup.kept-for=P30D\n",
        StandardOpenOption.APPEND);
    vault.restart();
    client =
        HttpClient.newBuilder()
            .sslContext(TlsContexts.client(null, vault.ca.file("ca.pem")))
            .build();
    enroll(SETUP, "margaret");
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  private static Got call(
      String method, String path, @Nullable String token, @Nullable Map<String, ?> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + vault.ports().admin() + "/admin/v1/" + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return RunningVault.send(client, request.build());
  }

  private static Got begin(String code, String name, String password) {
    return call(
        "POST",
        "enrollments",
        null,
        Map.of("enrollment_code", code, "name", name, "password", password));
  }

  private static Got confirm(String code, String name, String totp) {
    return call(
        "POST",
        "enrollments/confirm",
        null,
        Map.of("enrollment_code", code, "name", name, "totp", totp));
  }

  private static void enroll(String code, String name) {
    Got begun = begin(code, name, PASSWORD);
    assertThat(begun.status()).as(begun.json().toString()).isEqualTo(200);
    assertThat(begun.text("totp_url")).startsWith("otpauth://totp/Portcullis%20vault:" + name);
    AUTHENTICATORS.put(name, base32(begun.text("totp_secret")));
    Got confirmed = confirm(code, name, code(name));
    assertThat(confirmed.status()).as(confirmed.json().toString()).isEqualTo(200);
  }

  /** RFC 4648's digits of base 32 as those that a number is read with. */
  static byte[] base32(String text) {
    String digits =
        text.chars()
            .mapToObj(c -> Character.forDigit("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c), 32))
            .map(String::valueOf)
            .collect(Collectors.joining());
    byte[] number = new BigInteger(digits, 32).toByteArray();
    byte[] secret = new byte[20];
    int length = Math.min(number.length, secret.length);
    System.arraycopy(number, number.length - length, secret, secret.length - length, length);
    return secret;
  }

  private static String code(String name) {
    return Totp.code(
        Objects.requireNonNull(AUTHENTICATORS.get(name)), Totp.stepAt(vault.clock.instant()));
  }

  private static Got signIn(String name, String password, String totp) {
    return call("POST", "sign_in", null, Map.of("name", name, "password", password, "totp", totp));
  }

  /** Signs in with a code that was not used yet. */
  private static String token(String name) {
    vault.clock.advance(Totp.STEP);
    Got got = signIn(name, PASSWORD, code(name));
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got.text("token");
  }

  private static long trail(String action, String subject) {
    return Long.parseLong(
        vault.database.query(
            "select count(*) from audit_entry where action = '%s' and subject = '%s'"
                .formatted(action, subject)));
  }

  /** Last, since in the end nobody of the others is left. */
  @Test
  @Order(Integer.MAX_VALUE)
  void whoDoesNotSignInForNinetyDaysIsDisabledTheLastAdministratorToo() throws IOException {
    Got added =
        call("POST", "people", token("margaret"), Map.of("name", "oskar", "role", "operator"));
    enroll(added.text("enrollment_code"), "oskar");
    vault.clock.advance(Duration.ofDays(89));
    token("margaret");
    assertThat(trail("person.disabled", "oskar")).isZero();
    vault.clock.advance(Duration.ofDays(2));
    token("margaret");
    assertThat(trail("person.disabled", "oskar")).isEqualTo(1);
    assertThat(signIn("oskar", PASSWORD, code("oskar")).status()).isEqualTo(401);

    vault.clock.advance(Duration.ofDays(91));
    assertThat(signIn("margaret", PASSWORD, code("margaret")).status()).isEqualTo(401);
    // What the owner of the machine brings about by stopping and starting.
    String code = Token.enrollmentCode(new SecureRandom());
    Files.writeString(
        home.resolve("setup-code.json"),
        new SetupCode(Token.hash(code), vault.clock.instant().plus(People.CODE_LIFE)).json());
    vault.restart();
    // The name of somebody who was no administrator makes nobody one.
    AUTHENTICATORS.put("oskar", base32(begin(code, "oskar", PASSWORD).text("totp_secret")));
    assertThat(confirm(code, "oskar", code("oskar")).status()).isEqualTo(400);
    enroll(code, "margaret");
    token("margaret");
    assertThat(trail("person.disabled", "margaret")).isEqualTo(1);
  }

  @Test
  void theSetupCodeIsDeadAfterItsFirstUse() {
    assertThat(begin(SETUP, "mallory", PASSWORD).text("error.code"))
        .isEqualTo("enrollment_code_invalid");
    vault.restart();
    assertThat(begin(SETUP, "mallory", PASSWORD).status()).isEqualTo(400);
  }

  @Test
  void anotherSetupCodeOpensNothingOnceThereIsSomebody() {
    String second = Token.enrollmentCode(new SecureRandom());
    vault.database.execute(
        "insert into person_enrollment (code_hash, role, created, expires) values (decode('%s',"
                .formatted(java.util.HexFormat.of().formatHex(Token.hash(second)))
            + " 'hex'), 'administrator', now(), now() + interval '1 day')");
    assertThat(begin(second, "mallory", PASSWORD).status()).isEqualTo(400);
  }

  @Test
  void bothFactorsAreNeededAndNobodyLearnsWhichWasWrong() {
    vault.clock.advance(Totp.STEP);
    Got wrongPassword = signIn("margaret", "not the password", code("margaret"));
    Got wrongCode = signIn("margaret", PASSWORD, "000000");
    token("margaret"); // takes the failures back
    Got nobody = signIn("nemo", PASSWORD, "000000");
    assertThat(wrongPassword.status()).isEqualTo(401);
    assertThat(wrongPassword.json()).isEqualTo(wrongCode.json()).isEqualTo(nobody.json());
    assertThat(trail("person.sign_in_failed", "margaret")).isGreaterThanOrEqualTo(2);
    assertThat(trail("person.sign_in_failed", "nemo")).as("what was typed is not kept").isZero();
    assertThat(trail("person.signed_in", "margaret")).isPositive();
  }

  private static long failures(String subject) {
    return trail("person.sign_in_failed", subject);
  }

  /** Each failure an entry, and a user of this machine fills a trail that nothing is taken from. */
  @Test
  void ofManyFailuresTheFirstAreListedAndTheRestIsCounted() {
    vault.clock.advance(Duration.ofHours(1));
    long before = failures("unknown");
    for (int n = 0; n < 14; n++) {
      assertThat(signIn("nobody" + n, PASSWORD, "000000").status()).isEqualTo(401);
    }
    assertThat(failures("unknown") - before).isEqualTo(10);
    vault.restart();
    assertThat(failures("unknown") - before).isEqualTo(11);
    assertThat(
            vault.database.query(
                "select detail from audit_entry where action = 'person.sign_in_failed'"
                    + " order by seq desc limit 1"))
        .startsWith("4 more from ");
  }

  /** They all are everybody's on this machine: each of its own would have no limit at all. */
  @Test
  void thisMachinesAddressesAreCountedAsOne() throws IOException {
    vault.clock.advance(Duration.ofMinutes(1));
    int refused = 0;
    // A window may end in the midst of a round; no address alone ever comes near the figure.
    for (int n = 2; n < 62 && refused == 0; n++) {
      try (HttpClient there =
          HttpClient.newBuilder()
              .sslContext(TlsContexts.client(null, vault.ca.file("ca.pem")))
              .localAddress(InetAddress.getByName("127.0.0." + n))
              .build()) {
        URI session =
            URI.create("https://localhost:" + vault.ports().admin() + "/admin/v1/session");
        for (int request = 0; request < 20; request++) {
          int status = RunningVault.send(there, HttpRequest.newBuilder(session).build()).status();
          refused += status == 429 ? 1 : 0;
        }
      }
    }
    assertThat(refused).isPositive();
    vault.clock.advance(Duration.ofMinutes(1));
    token("margaret");
  }

  @Test
  void aCodeCountsOnceEvenAfterARestart() {
    vault.clock.advance(Totp.STEP);
    String code = code("margaret");
    assertThat(signIn("margaret", PASSWORD, code).status()).isEqualTo(200);
    vault.restart();
    assertThat(signIn("margaret", PASSWORD, code).status()).isEqualTo(401);
    token("margaret");
  }

  @Test
  void aSessionEndsAfterAQuarterOfAnHourAndAtItsOwnWish() {
    String token = token("margaret");
    assertThat(call("GET", "session", token, null).text("person")).isEqualTo("margaret");
    vault.clock.advance(Duration.ofMinutes(15).plusSeconds(1));
    assertThat(call("GET", "session", token, null).status()).isEqualTo(401);
    String other = token("margaret");
    assertThat(call("POST", "sign_out", other, Map.of()).status()).isEqualTo(200);
    assertThat(call("GET", "session", other, null).status()).isEqualTo(401);
  }

  @Test
  void peopleAreAddedByPeopleAndRemovedAtOnce() {
    String margaret = token("margaret");
    Got added = call("POST", "people", margaret, Map.of("name", "otto", "role", "auditor"));
    String code = added.text("enrollment_code");
    assertThat(begin(code, "margaret", PASSWORD).status()).as("another's code").isEqualTo(400);
    enroll(code, "otto");
    String otto = token("otto");
    assertThat(call("GET", "people", otto, null).text("data")).contains("otto", "margaret");
    assertThat(call("POST", "people", otto, Map.of("name", "eve", "role", "auditor")).status())
        .isEqualTo(403);
    assertThat(call("DELETE", "people/otto", otto, null).status()).isEqualTo(403);
    margaret = token("margaret");
    assertThat(call("DELETE", "people/otto", margaret, null).status()).isEqualTo(200);
    assertThat(call("GET", "session", otto, null).status()).as("ends at once").isEqualTo(401);
    vault.clock.advance(Totp.STEP);
    assertThat(signIn("otto", PASSWORD, code("otto")).status()).isEqualTo(401);
    assertThat(call("POST", "people", margaret, Map.of("name", "otto", "role", "auditor")).status())
        .as("the name stays taken")
        .isEqualTo(400);
    assertThat(trail("person.added", "otto")).isEqualTo(1);
    assertThat(trail("person.enrolled", "otto")).isEqualTo(1);
    assertThat(trail("person.removed", "otto")).isEqualTo(1);
  }

  @Test
  void theLastAdministratorStays() {
    String margaret = token("margaret");
    Got got = call("DELETE", "people/margaret", margaret, null);
    assertThat(got.text("error.code")).isEqualTo("last_administrator");
    assertThat(call("POST", "people/margaret/reset", margaret, Map.of()).text("error.code"))
        .isEqualTo("last_administrator");
  }

  @Test
  void aResetEndsWhatWasAndTheOldFactorsWithIt() {
    String margaret = token("margaret");
    String code =
        call("POST", "people", margaret, Map.of("name", "ruth", "role", "operator"))
            .text("enrollment_code");
    enroll(code, "ruth");
    String ruth = token("ruth");
    margaret = token("margaret");
    String fresh = call("POST", "people/ruth/reset", margaret, Map.of()).text("enrollment_code");
    assertThat(call("GET", "session", ruth, null).status()).isEqualTo(401);
    vault.clock.advance(Totp.STEP);
    assertThat(signIn("ruth", PASSWORD, code("ruth")).status()).isEqualTo(401);
    enroll(fresh, "ruth");
    token("ruth");
  }

  @Test
  void whatIsStoredOpensNothing() {
    assertThat(vault.database.query("select password from person where name = 'margaret'"))
        .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    String margaret = token("margaret");
    vault.database.execute(
        "insert into person (name, role, created, created_by) values"
            + " ('copied', 'administrator', now(), 'mallory')");
    vault.database.execute(
        "update person set (password, totp) = (select password, totp from person where name ="
            + " 'margaret') where name = 'copied'");
    vault.clock.advance(Totp.STEP);
    assertThat(signIn("copied", PASSWORD, code("margaret")).status())
        .as("a secret is bound to its person")
        .isEqualTo(500);
    vault.database.execute(
        "update person set password = null, totp = null, removed = now()"
            + " where name = 'copied'");
    assertThat(call("GET", "session", margaret, null).status()).isEqualTo(200);
    assertThat(
            vault.database.query(
                "select count(*) from admin_session where encode(token_hash, 'escape') like"
                    + " '%adm_%'"))
        .isEqualTo("0");
    String stored = vault.database.query("select totp from person where name = 'margaret'");
    byte[] secret = Objects.requireNonNull(AUTHENTICATORS.get("margaret"));
    assertThat(stored)
        .doesNotContain(Base64.getEncoder().encodeToString(secret))
        .doesNotContain(Totp.base32(secret));
  }

  private static Got confirm(Got change, String token) {
    return call(
        "POST",
        "changes/" + change.text("id") + "/confirm",
        token,
        Map.of("hash", change.text("hash")));
  }

  private static Got shred(@Nullable String token, String account, boolean livemode) {
    return call("POST", "accounts/" + account + "/shred", token, Map.of("livemode", livemode));
  }

  @Test
  void anAccountsCardsOpenNoMoreOnceItsKeysAreDestroyed() throws SQLException {
    String old = vault.paymentMethod(RunningVault.VISA);
    vault.post("/v1/payment_methods", vault.liveKey, RunningVault.card(RunningVault.VISA));
    assertThat(shred(null, vault.account, false).status()).isEqualTo(401);
    String margaret = token("margaret");
    assertThat(shred(margaret, "acct_nobody", false).status()).isEqualTo(404);
    assertThat(shred(margaret, "administration", true).status()).isEqualTo(404);
    Map<String, Object> named = Map.of("account", vault.account, "livemode", false, "id", old);
    assertThat(vault.call("/internal/v1/payment_methods/alias", named).status()).isEqualTo(200);
    SecretAccess access = SecretAccess.insecureGrant();
    try (Vault other =
        Vault.start(
            VaultConfig.read(
                ZoneConfig.load(home.resolve("vault.properties"), ZoneSettings.VAULT),
                access,
                vault.clock),
            vault.clock,
            access)) {
      assertThat(tokenize(other)).as("its keys are in memory there too").isEqualTo(200);
      Got change = shred(margaret, vault.account, false);
      assertThat(change.text("status")).as(change.json().toString()).isEqualTo("pending");
      assertThat(tokenize(other)).as("one person alone destroys nothing").isEqualTo(200);
      Got added = call("POST", "people", margaret, Map.of("name", "nora", "role", "administrator"));
      enroll(added.text("enrollment_code"), "nora");
      assertThat(
              call("GET", "changes/" + change.text("id"), token("nora"), null).text("consequences"))
          .startsWith("There is no way back: 1 data keys are destroyed, 3 cards open no more");
      Got got = confirm(change, token("nora"));
      assertThat(got.text("outcome"))
          .as(got.json().toString())
          .startsWith("1 data keys are destroyed, 3 cards open no more")
          .contains("backups made before open them until 20");
      assertThat(call("DELETE", "people/nora", token("margaret"), null).status()).isEqualTo(200);
      Got looked = vault.call("/internal/v1/payment_methods/lookup", named);
      assertThat(looked.status()).isEqualTo(404);
      assertThat(looked.text("error.code")).isEqualTo("no_such_token");
      assertThat(
              vault
                  .post(
                      "/v1/payment_methods",
                      vault.publishableKey,
                      RunningVault.card(RunningVault.VISA))
                  .status())
          .isEqualTo(403);
      int status = tokenize(other);
      for (int n = 0; n < 200 && status != 403; n++) {
        LockSupport.parkNanos(200_000_000);
        status = tokenize(other);
      }
      assertThat(status).as("the other vault follows").isEqualTo(403);
    }
    assertThat(
            vault.database.query(
                "select count(*) from data_key where not livemode and account = '"
                    + vault.account
                    + "'"))
        .isEqualTo("0");
    assertThat(vault.call("/internal/v1/payment_methods/alias", named).status()).isEqualTo(404);
    assertThat(
            vault.database.query(
                "select count(*) from card_alias where account = '" + vault.account + "'"))
        .as("nothing is found by an alias any more")
        .isEqualTo("0");
    assertThat(trail("account.shredded", vault.account)).isEqualTo(1);
    assertThat(shred(margaret, vault.account, false).status()).as("once").isEqualTo(400);
    assertThat(
            vault
                .post("/v1/payment_methods", vault.liveKey, RunningVault.card(RunningVault.VISA))
                .status())
        .as("the other mode goes on")
        .isEqualTo(200);
  }

  private static int tokenize(Vault at) {
    String form = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040";
    return RunningVault.send(
            client,
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + at.ports().cards() + "/v1/payment_methods"))
                .header("Authorization", "Bearer " + vault.publishableKey.text())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build())
        .status();
  }

  @Test
  void theTrailIsWhole() {
    assertThat(vault.get(vault.management("/audit")).at("broken")).isNull();
  }
}
