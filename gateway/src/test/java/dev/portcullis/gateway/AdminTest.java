package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.admin.AdminListener;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.admin.AdminCall;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.Right;
import dev.portcullis.wire.people.Role;
import dev.portcullis.wire.people.Token;
import dev.portcullis.wire.people.Totp;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The gateway's administration, through its own listener. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdminTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  @BeforeAll
  static void enrollTheFirst() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  /** Failures of one test are not another's. */
  @BeforeEach
  void waitUntilAllIsForgotten() {
    GATEWAY.clock.advance(Duration.ofDays(1).plusSeconds(1));
  }

  /** Last, since in the end nobody of the others is left. */
  @Test
  @Order(Integer.MAX_VALUE)
  void whoDoesNotSignInForNinetyDaysIsDisabledTheLastAdministratorToo() {
    PEOPLE.add(PEOPLE.token("margaret"), "olga", "operator");
    GATEWAY.clock.advance(Duration.ofDays(89));
    assertThat(status(PEOPLE.token("margaret"), "olga")).isEqualTo("active");
    GATEWAY.clock.advance(Duration.ofDays(2));
    String administrator = PEOPLE.token("margaret");
    assertThat(status(administrator, "olga")).isEqualTo("disabled");
    assertThat(PEOPLE.signIn("olga", AdminPeople.PASSWORD, PEOPLE.code("olga")).status())
        .isEqualTo(401);
    assertThat(PEOPLE.call("GET", "audit", administrator, null).data())
        .anySatisfy(
            entry ->
                assertThat(entry)
                    .containsEntry("action", "person.disabled")
                    .containsEntry("actor", "system")
                    .containsEntry("subject", "olga"));

    Gateway.Answer reset = PEOPLE.call("POST", "people/olga/reset", administrator, Map.of());
    PEOPLE.enroll(reset.string("enrollment_code"), "olga");
    PEOPLE.token("olga");

    GATEWAY.clock.advance(Duration.ofDays(91));
    assertThat(PEOPLE.signIn("margaret", AdminPeople.PASSWORD, PEOPLE.code("margaret")).status())
        .isEqualTo(401);
    // What the owner of the machine brings about by stopping and starting.
    String code = Token.enrollmentCode(new SecureRandom());
    GATEWAY
        .context
        .getBean(People.class)
        .offerSetup(Token.hash(code), GATEWAY.clock.instant().plus(People.CODE_LIFE));
    PEOPLE.enroll(code, "margaret");
    assertThat(status(PEOPLE.token("margaret"), "margaret")).isEqualTo("active");
  }

  private static String status(String token, String name) {
    return PEOPLE.call("GET", "people", token, null).data().stream()
        .filter(person -> name.equals(person.get("name")))
        .map(person -> String.valueOf(person.get("status")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theSetupCodeIsDeadAfterItsFirstUse() {
    Gateway.Answer again =
        PEOPLE.call(
            "POST",
            "enrollments",
            null,
            Map.of(
                "enrollment_code",
                GATEWAY.setupCode,
                "name",
                "mallory",
                "password",
                AdminPeople.PASSWORD));
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.error()).containsEntry("code", "enrollment_code_invalid");
  }

  @Test
  void aCodeCountsOnceEvenFromManyAtTheSameTime() throws Exception {
    GATEWAY.clock.advance(Duration.ofSeconds(30));
    String code = PEOPLE.code("margaret");
    List<Callable<Integer>> tries = new ArrayList<>();
    for (int at = 0; at < 2; at++) {
      tries.add(() -> PEOPLE.signIn("margaret", AdminPeople.PASSWORD, code).status());
    }
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> status : threads.invokeAll(tries)) {
        statuses.add(status.get());
      }
    }
    assertThat(statuses).containsExactlyInAnyOrder(200, 401);
  }

  @Test
  void nobodyLearnsWhichFactorWasWrongOrWhetherThereIsSuchAPerson() {
    Gateway.Answer password = PEOPLE.signIn("margaret", "not it", PEOPLE.code("margaret"));
    Gateway.Answer code = PEOPLE.signIn("margaret", AdminPeople.PASSWORD, "000000");
    Gateway.Answer nobody = PEOPLE.signIn("nemo", AdminPeople.PASSWORD, "000000");
    assertThat(password.status()).isEqualTo(401);
    assertThat(List.of(code.status(), nobody.status())).containsOnly(401);
    assertThat(password.text()).isEqualTo(code.text()).isEqualTo(nobody.text());
  }

  /** Whoever is not there costs an Argon2 as well; without it the answer came 30 times sooner. */
  @Test
  void somebodyUnknownTakesAsLongAsAWrongPassword() {
    PEOPLE.signIn("warm-up", "not it", "000000");
    List<Long> known = new ArrayList<>();
    List<Long> unknown = new ArrayList<>();
    // In turns, so that what else the machine does weighs on both.
    for (int n = 0; n < 7; n++) {
      known.add(nanosToFail("margaret"));
      unknown.add(nanosToFail("nemo"));
    }
    // Without a hash it would be a hundredth.
    assertThat(median(unknown) / median(known)).isBetween(0.2, 5.0);
  }

  private static long nanosToFail(String name) {
    GATEWAY.clock.advance(Duration.ofDays(1).plusSeconds(1));
    long start = System.nanoTime();
    assertThat(PEOPLE.signIn(name, "not it", "000000").status()).isEqualTo(401);
    return System.nanoTime() - start;
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().skip(nanos.size() / 2).findFirst().orElseThrow();
  }

  @Test
  void whoeverFailsWaitsLongerAndLongerAndIsHeardAgainAfterHalfAnHour() {
    assertLockedOut("margaret");
    assertThat(PEOPLE.signIn("margaret", AdminPeople.PASSWORD, PEOPLE.code("margaret")).status())
        .as("even with everything right")
        .isEqualTo(429);
    GATEWAY.clock.advance(Duration.ofMinutes(30).plusSeconds(1));
    PEOPLE.token("margaret");
    assertThat(PEOPLE.signIn("margaret", "not it", "000000").status())
        .as("nothing is held against them")
        .isEqualTo(401);
  }

  /** Somebody who may run programs on this machine, and guesses as much as they like. */
  @Test
  void aStrangerOnTheMachineLocksNobodyOutOfAPlaceThatTheyKnow() {
    PEOPLE.token("margaret");
    GATEWAY.clock.advance(Totp.STEP);
    Gateway.Answer first = PEOPLE.signIn("margaret", AdminPeople.PASSWORD, PEOPLE.code("margaret"));
    String place = first.string("place");
    assertThat(place).startsWith("place_");
    assertLockedOut("margaret");
    for (int n = 0; n < 100; n++) {
      PEOPLE.signIn("stranger-" + n, "not it", "000000");
      if (n % 20 == 19) {
        GATEWAY.clock.advance(Duration.ofSeconds(10));
      }
    }
    int turnedAway = 0;
    for (int n = 0; n < 150; n++) {
      turnedAway += PEOPLE.call("GET", "session", null, null).status() == 429 ? 1 : 0;
    }
    assertThat(turnedAway).as("the address has used up its requests").isPositive();

    Gateway.Answer again =
        PEOPLE.signIn("margaret", AdminPeople.PASSWORD, PEOPLE.code("margaret"), place);
    assertThat(again.status()).as(again.text()).isEqualTo(200);
    assertThat(again.string("place")).isEqualTo(place);
    assertThat(PEOPLE.signIn("margaret", AdminPeople.PASSWORD, PEOPLE.code("margaret")).status())
        .as("elsewhere they wait as before")
        .isEqualTo(429);
    GATEWAY.clock.advance(Duration.ofMinutes(31));
  }

  @Test
  void whoHasStolenAPlaceMayGuessNoOftener() {
    PEOPLE.token("margaret");
    GATEWAY.clock.advance(Totp.STEP);
    String place =
        PEOPLE.signIn("margaret", AdminPeople.PASSWORD, PEOPLE.code("margaret")).string("place");
    int heard = 0;
    Instant end = GATEWAY.clock.instant().plus(Duration.ofMinutes(30));
    while (GATEWAY.clock.instant().isBefore(end)) {
      heard += PEOPLE.signIn("margaret", "not it", "000000", place).status() == 401 ? 1 : 0;
      GATEWAY.clock.advance(Duration.ofSeconds(20));
    }
    assertThat(heard).isLessThanOrEqualTo(10);
    assertThat(PEOPLE.signIn("nobody-else", "not it", "000000", place).status())
        .as("it is one person's")
        .isEqualTo(401);
    // It locks itself alone, and another's or a broken one is nothing.
    GATEWAY.clock.advance(Duration.ofMinutes(31));
    String broken = place.substring(0, place.length() - 4) + "AAAA";
    assertThat(PEOPLE.signIn("margaret", "not it", "000000", broken).status()).isEqualTo(401);
    PEOPLE.token("margaret");
  }

  /** 40 wrong ones locked 127.0.0.1 for a quarter of an hour, and with it everybody. */
  @Test
  void wrongSignInsLockTheirNamesAndNotTheMachine() {
    for (int n = 0; n < 60; n++) {
      PEOPLE.signIn("guess-" + n, "not it", "000000");
      if (n % 20 == 19) {
        GATEWAY.clock.advance(Duration.ofSeconds(10));
      }
    }
    PEOPLE.token("margaret");
  }

  @Test
  void somebodyUnknownIsLockedOutJustTheSame() {
    assertLockedOut("nobody-at-all");
  }

  private static void assertLockedOut(String name) {
    int failures = 0;
    long wait = 0;
    while (failures < 10) {
      Gateway.Answer answer = PEOPLE.signIn(name, "not it", "000000");
      if (answer.status() == 429) {
        long next = Long.parseLong(answer.header("Retry-After"));
        assertThat(next).isGreaterThan(wait);
        wait = next;
        GATEWAY.clock.advance(Duration.ofSeconds(next + 1));
      } else {
        assertThat(answer.status()).isEqualTo(401);
        failures++;
      }
    }
    // The clock goes on meanwhile.
    assertThat(Long.parseLong(PEOPLE.signIn(name, "not it", "000000").header("Retry-After")))
        .isBetween(1_700L, 1_800L);
  }

  /** However many guess at once, they are counted before they are looked at. */
  @Test
  void guessesAtTheSameTimeAreAllCounted() throws Exception {
    List<Callable<Integer>> guesses = new ArrayList<>();
    for (int at = 0; at < 12; at++) {
      guesses.add(() -> PEOPLE.signIn("margaret", "not it", "000000").status());
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int looked = 0;
      for (Future<Integer> status : threads.invokeAll(guesses)) {
        looked += status.get() == 401 ? 1 : 0;
      }
      assertThat(looked).isEqualTo(3);
    }
  }

  @Test
  void everyCommandNeedsASessionAndTheRightOfItsRole() {
    String margaret = PEOPLE.token("margaret");
    for (Role role : Role.values()) {
      String name = "matrix-" + role.wireName();
      if (!GATEWAY.database.text("SELECT count(*) FROM person WHERE name = ?", name).equals("1")) {
        PEOPLE.add(margaret, name, role.wireName());
      }
    }
    Map<Role, String> tokens = new java.util.EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      tokens.put(role, PEOPLE.token("matrix-" + role.wireName()));
    }
    for (AdminRoute route : GATEWAY.context.getBean(AdminApi.class).routes()) {
      Right right = route.right();
      if (right == null || route.path().endsWith("sign_out")) {
        continue;
      }
      GATEWAY.clock.advance(Duration.ofSeconds(10));
      String path =
          route
              .path()
              .substring("/admin/v1/".length())
              .replace("{name}", "nobody-here")
              .replace("{id}", "key_none");
      Map<String, ?> body = route.method().equals("POST") ? Map.of() : null;
      assertThat(PEOPLE.call(route.method(), path, null, body).status()).as(path).isEqualTo(401);
      assertThat(PEOPLE.call(route.method(), path, "adm_guess", body).status())
          .as(path)
          .isEqualTo(401);
      tokens.forEach(
          (role, token) ->
              assertThat(PEOPLE.call(route.method(), path, token, body).status() == 403)
                  .as(route.method() + " " + path + " as " + role.name().toLowerCase(Locale.ROOT))
                  .isEqualTo(!role.has(right)));
    }
  }

  @Test
  void administrationIsOnItsOwnPortAndOnNoOther() {
    assertThat(GATEWAY.get("/admin/v1/people").status()).isEqualTo(404);
    assertThat(
            GATEWAY
                .send(
                    HttpRequest.newBuilder(URI.create(GATEWAY.base + "/admin/v1/sign_in"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}")))
                .status())
        .isEqualTo(404);
    assertThat(PEOPLE.call("GET", "../../v1/charges", null, null).status()).isEqualTo(404);
    assertThat(GATEWAY.context.getBean(AdminListener.class).port())
        .isNotEqualTo(GATEWAY.base.getPort());
  }

  /** More than there is room for: who was the first gives way, and people go on. */
  @Test
  void unfinishedRequestsKeepNobodyOut() throws IOException {
    int port = GATEWAY.context.getBean(AdminListener.class).port();
    SSLSocketFactory tls =
        TlsContexts.client(null, GATEWAY.home.resolve("admin.pem")).getSocketFactory();
    List<Socket> unfinished = new ArrayList<>();
    try {
      for (int n = 0; n < 140; n++) {
        Socket socket = tls.createSocket(InetAddress.getLoopbackAddress(), port);
        unfinished.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST /admin/v1/sign_in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII));
        if (n % 20 == 0) {
          assertThat(PEOPLE.at(GATEWAY).call("GET", "people", null, null).status()).isEqualTo(401);
        }
      }
      assertThat(PEOPLE.at(GATEWAY).call("GET", "people", null, null).status()).isEqualTo(401);
      unfinished.getFirst().setSoTimeout(60_000);
      assertThat(unfinished.getFirst().getInputStream().readAllBytes()).isNotNull();
    } finally {
      for (Socket socket : unfinished) {
        socket.close();
      }
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedInTheWiresForm() {
    Gateway.Answer answer =
        PEOPLE.call("POST", "sign_in", null, Map.of("name", "a".repeat(AdminCall.MAX_BODY)));
    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void errorsHaveTheWiresForm() {
    Gateway.Answer answer = PEOPLE.call("POST", "sign_in", null, Map.of("name", "Not A Name"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error())
        .containsEntry("type", "invalid_request_error")
        .containsEntry("param", "name");
    assertThat(answer.header("Request-Id")).startsWith("req_");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(PEOPLE.call("DELETE", "sign_in", null, null).status()).isEqualTo(405);
    assertThat(PEOPLE.call("POST", "sign_in", null, Map.of("extra", "x")).error())
        .containsEntry("code", "parameter_unknown");
  }

  @Test
  void tooManyRequestsAreTurnedAwayForAWhile() {
    int refused = 0;
    for (int at = 0; at < 250; at++) {
      Gateway.Answer answer = PEOPLE.call("GET", "session", null, null);
      if (answer.status() == 429) {
        assertThat(answer.header("Retry-After")).isNotEmpty();
        refused++;
      }
    }
    assertThat(refused).isPositive();
    GATEWAY.clock.advance(Duration.ofSeconds(10));
    assertThat(PEOPLE.call("GET", "session", null, null).status()).isEqualTo(401);
  }

  @Test
  void whatPeopleDoStandsInTheTrail() {
    String margaret = PEOPLE.token("margaret");
    PEOPLE.add(margaret, "audited", "auditor");
    PEOPLE.token("audited");
    assertThat(PEOPLE.call("DELETE", "people/audited", margaret, null).status()).isEqualTo(200);
    for (String action :
        List.of("person.added", "person.enrolled", "person.signed_in", "person.removed")) {
      assertThat(
              GATEWAY.database.number(
                  "SELECT count(*) FROM audit WHERE action = ? AND subject = 'audited'"
                      + " AND address = '127.0.0.1'",
                  action))
          .as(action)
          .isEqualTo(1);
    }
    assertThat(GATEWAY.context.getBean(AuditTrail.class).verify().firstBroken()).isEmpty();
  }

  @Test
  void theStoreHoldsNoPasswordNoSecretAndNoToken() {
    String token = PEOPLE.token("margaret");
    assertThat(GATEWAY.database.text("SELECT password FROM person WHERE name = 'margaret'"))
        .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(GATEWAY.database.text("SELECT totp FROM person WHERE name = 'margaret'"))
        .startsWith("sealed:");
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM admin_session WHERE token_hash = convert_to(?, 'UTF8')",
                token))
        .isZero();
  }
}
