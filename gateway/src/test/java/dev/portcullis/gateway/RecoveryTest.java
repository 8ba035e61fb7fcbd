package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Payments of one gateway, and another one on the same database, as after a restore. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecoveryTest {

  private static final long APPROVED = 901_001;
  private static final long DECLINED_THERE = 901_002;
  private static final long DECLINED = 901_003;
  private static final long DECLINED_HERE = 901_004;
  private static final long ANOTHER_ACCOUNTS = 901_005;
  private static final long BOTH = 901_006;

  private final Gateway before = new Gateway();
  private @Nullable Gateway started;

  private Gateway restored() {
    if (started == null) {
      throw new IllegalStateException("not restored yet");
    }
    return started;
  }

  @BeforeAll
  void restore() throws SQLException {
    for (long amount : new long[] {DECLINED, DECLINED_HERE}) {
      before.provider.decide(amount, "card_declined");
    }
    pay(APPROVED);
    pay(DECLINED_THERE);
    pay(DECLINED);
    pay(DECLINED_HERE);
    declinedAndThenPaid();
    pay(ANOTHER_ACCOUNTS, before.otherKey.text());
    before.database.execute(
        "INSERT INTO recoveries (id, backup_at, restored_at, state)"
            + " VALUES ('bkp_1', now(), now(), 'reconciling')");
    before.context.close();
  }

  @AfterAll
  void stop() {
    restored().context.close();
  }

  private Answer pay(long amount) {
    return pay(amount, before.secretKey.text());
  }

  private Answer pay(long amount, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(before.base + "/v1/payment_intents"))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "amount=" + amount + "&currency=usd&payment_method=pm_card_visa&confirm=true"));
    return before.send(request);
  }

  private void declinedAndThenPaid() {
    before.provider.decide(BOTH, "card_declined");
    Answer declined = pay(BOTH);
    String id =
        String.valueOf(
            ((Map<?, ?>) Objects.requireNonNull(declined.error().get("payment_intent"))).get("id"));
    before.provider.decide(BOTH, "approved");
    assertThat(
            before
                .post("/v1/payment_intents/" + id + "/confirm", "payment_method", "pm_card_visa")
                .string("status"))
        .isEqualTo("succeeded");
  }

  /** The provider's list says of what was asked here what it is told to. */
  private void listed(Gateway gateway, long amount, String status) {
    for (Map<String, @Nullable Object> entry :
        before.provider.entries("sandbox.authorize", amount)) {
      listed(gateway, entry, status);
    }
  }

  private static void listed(Gateway gateway, Map<String, @Nullable Object> entry, String status) {
    gateway.provider.list(
        "authorization",
        String.valueOf(entry.get("reference")),
        String.valueOf(entry.get("id")),
        status,
        (Long) Objects.requireNonNull(entry.get("amount")));
  }

  @Test
  @Order(1)
  void whatTheProviderKnowsOtherwiseOrWasNotAskedIsADifference() {
    started = new Gateway(before.database, _ -> {});
    Gateway gateway = restored();
    listed(gateway, APPROVED, "approved");
    listed(gateway, DECLINED_THERE, "declined");
    listed(gateway, DECLINED, "declined");
    listed(gateway, DECLINED_HERE, "approved");
    for (Map<String, @Nullable Object> entry : before.provider.entries("sandbox.authorize", BOTH)) {
      listed(gateway, entry, String.valueOf(entry.get("status")));
    }
    gateway.provider.list("refund", "op_forgotten", "ref_1", "approved", 777);
    // A card's verification moves no money.
    gateway.provider.list("authorization", "op_verified", "auth_1", "approved", 0);
    // It may have looked at a list that was not whole yet.
    order(gateway);
    String report =
        eventually()
            .until(
                () ->
                    gateway.database.text(
                        "SELECT state || report::text FROM recoveries WHERE id = ?", "bkp_1"),
                text -> text.startsWith("reconciled"));
    Map<String, @Nullable Object> tree = Json.readObject(report.substring("reconciled".length()));
    assertThat(tree.get("differences")).as(report).isEqualTo(4L);
    assertThat(String.valueOf(tree.get("sources")))
        .contains(
            "account=acct_second",
            "asked=false",
            "operations=true",
            "unknown=2",
            "without_money=1",
            // Nothing went through it, so that it counts as no difference.
            "connector=stripe, operations=false");
    assertThat(
            gateway.database.text(
                "SELECT string_agg(verdict || ' ' || amount, ',' ORDER BY amount)"
                    + " FROM recovery_findings WHERE recovery = ?",
                "bkp_1"))
        .isEqualTo("unknown 777,different " + DECLINED_THERE + ",different " + DECLINED_HERE);
  }

  private static void order(Gateway gateway) {
    try {
      eventually()
          .until(
              () ->
                  gateway
                      .database
                      .text("SELECT state FROM recoveries WHERE id = ?", "bkp_1")
                      .equals("reconciled"));
      gateway.database.execute(
          "UPDATE recoveries SET state = 'reconciling', due = '-infinity', report = '{}'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(2)
  void anAdministratorAloneLetsPaymentsGoOn() {
    Gateway gateway = restored();
    AdminPeople people = new AdminPeople(gateway);
    people.enroll(gateway.setupCode, "margaret");
    String administrator = people.token("margaret");
    people.add(administrator, "olga", "operator");
    assertThat(resume(people, null, 4L).status()).isEqualTo(401);
    assertThat(resume(people, people.token("olga"), 4L).status()).isEqualTo(403);
    for (Long accepted : new Long[] {null, 3L, 5L}) {
      assertThat(resume(people, administrator, accepted).error())
          .containsEntry("code", "differences_not_accepted");
    }
    assertPaused(gateway, 503);
    assertThat(resume(people, administrator, 4L).status()).isEqualTo(200);
    assertThat(resume(people, administrator, 4L).error()).containsEntry("code", "not_paused");
    assertPaused(gateway, 200);
    assertThat(people.call("GET", "audit", administrator, null).data().getFirst())
        .containsEntry("action", "recovery.resume")
        .containsEntry("actor", "margaret")
        .containsEntry("detail", "4 differences accepted");
  }

  private static void assertPaused(Gateway gateway, int status) {
    Answer paid =
        gateway.post(
            "/v1/payment_intents",
            "amount",
            "901007",
            "currency",
            "usd",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true");
    assertThat(paid.status()).as(paid.text()).isEqualTo(status);
  }

  private static Answer resume(
      AdminPeople people, @Nullable String token, @Nullable Long accepted) {
    return people.call(
        "POST",
        "payments/resume",
        token,
        accepted == null ? Map.of() : Map.of("accepted_differences", accepted));
  }
}
