package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What nobody but a person can find out, and how a person says it. */
class ParkedOperationsTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  @BeforeAll
  static void enroll() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    PEOPLE.add(PEOPLE.token("margaret"), "olga", "operator");
    GATEWAY.clock.advance(Duration.ofMinutes(2));
    PEOPLE.add(PEOPLE.token("margaret"), "aude", "auditor");
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private record Parked(String payment, String operation) {
    String status() {
      return GATEWAY.get("/v1/payment_intents/" + payment).string("status");
    }
  }

  /** A payment whose answer was lost, and that was then left to a person. */
  private static Parked parked(long amount, Fault fault) throws SQLException {
    GATEWAY.provider.fail(amount, fault);
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            Long.toString(amount),
            "currency",
            "usd",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("processing");
    String payment = paid.string("id");
    String operation =
        GATEWAY.database.text("SELECT id FROM provider_operations WHERE object = ?", payment);
    sql(
        "UPDATE provider_operations SET state = 'parked', due = NULL, version = version + 1,"
            + " created = created - interval '25 hours',"
            + " doc = doc || '{\"sent_at_ms\": 1}' WHERE id = '"
            + operation
            + "'");
    return new Parked(payment, operation);
  }

  private static void sql(String statement) throws SQLException {
    try (var connection = GATEWAY.database.everything().getConnection();
        var run = connection.createStatement()) {
      assertThat(run.executeUpdate(statement)).isEqualTo(1);
    }
  }

  private static Answer call(String person, String path, Map<String, ?> body) {
    Map<String, Object> all = new LinkedHashMap<>(body);
    all.put("account", "acct_first");
    GATEWAY.clock.advance(Duration.ofSeconds(31));
    return PEOPLE.call("POST", path, PEOPLE.token(person), all);
  }

  private static Answer settle(Parked parked, String outcome, @Nullable String reference) {
    Map<String, String> body =
        new LinkedHashMap<>(Map.of("outcome", outcome, "reason", "ticket 7"));
    if (reference != null) {
      body.put("reference", reference);
    }
    return call("olga", "operations/" + parked.operation + "/settle", body);
  }

  /** What the audit trail says that a person did to it. */
  private static List<String> done(String subject) {
    return list("audit?limit=100").stream()
        .filter(each -> subject.equals(each.get("subject")))
        .map(each -> each.get("action") + " " + each.get("detail"))
        .toList();
  }

  private static List<Map<String, @Nullable Object>> list(String path) {
    GATEWAY.clock.advance(Duration.ofSeconds(31));
    Answer answer = PEOPLE.call("GET", path, PEOPLE.token("aude"), null);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.data();
  }

  @Test
  void whatAPersonSaysHasFailedCanBePaidAnew() throws Exception {
    Parked parked = parked(4_101, Fault.LOST_BEFORE);
    assertThat(list("operations?account=acct_first"))
        .filteredOn(each -> parked.operation.equals(each.get("id")))
        .singleElement()
        .satisfies(
            each ->
                assertThat(each)
                    .containsEntry("state", "parked")
                    .containsEntry("kind", "authorize")
                    .containsEntry("amount", 4_101L)
                    .containsEntry("about", parked.payment)
                    .containsEntry("provider", "sandbox")
                    .containsEntry("can_be_asked", true)
                    .doesNotContainKeys("payment_method", "request"));
    Answer settled = settle(parked, "failed", null);
    assertThat(settled.body())
        .as(settled.text())
        .containsEntry("state", "done")
        .containsEntry("provider_says", "not_found");
    assertThat(parked.status()).isEqualTo("requires_payment_method");
    assertThat(list("operations?account=acct_first"))
        .extracting(each -> each.get("id"))
        .doesNotContain(parked.operation);
    assertThat(done(parked.operation)).containsExactly("operation.settled failed: ticket 7");
    Answer again =
        GATEWAY.post(
            "/v1/payment_intents/" + parked.payment + "/confirm", "payment_method", "pm_card_visa");
    assertThat(again.status()).as(again.text()).isIn(200, 402);
    assertThat(settle(parked, "failed", null).error()).containsEntry("code", "operation_state");
  }

  @Test
  void whatAPersonSaysHasSucceededIsBooked() throws Exception {
    Parked parked = parked(4_102, Fault.LOST_BEFORE);
    assertThat(settle(parked, "succeeded", null).error())
        .containsEntry("code", "parameter_missing")
        .containsEntry("param", "reference");
    assertThat(parked.status()).isEqualTo("processing");
    Answer settled = settle(parked, "succeeded", "auth_seen_by_olga");
    assertThat(settled.body())
        .as(settled.text())
        .containsEntry("state", "done")
        .containsEntry("reference", "auth_seen_by_olga");
    assertThat(parked.status()).isEqualTo("succeeded");
    String charge = GATEWAY.get("/v1/payment_intents/" + parked.payment).string("latest_charge");
    assertThat(GATEWAY.get("/v1/balance_transactions?source=" + charge).data()).hasSize(1);
  }

  /** A slip of a person must not make a payment be made twice. */
  @Test
  void whatTheProviderKnowsCountsInsteadOfAPersonsWord() throws Exception {
    Parked parked = parked(4_103, Fault.LOST_AFTER);
    Answer settled = settle(parked, "failed", null);
    assertThat(settled.body())
        .as(settled.text())
        .containsEntry("state", "done")
        .containsEntry("provider_says", "succeeded");
    assertThat(parked.status()).isEqualTo("succeeded");
    assertThat(done(parked.operation))
        .containsExactly("operation.asked the provider says succeeded");
  }

  /** What was sent lately may turn up although the provider does not show it. */
  @Test
  void whatMayStillTurnUpHasNotFailed() throws Exception {
    Parked parked = parked(4_107, Fault.LOST_BEFORE);
    sql(
        "UPDATE provider_operations SET doc = doc || '{\"sent_at_ms\": "
            + GATEWAY.clock.instant().plus(Duration.ofMinutes(10)).toEpochMilli()
            + "}' WHERE id = '"
            + parked.operation
            + "'");
    assertThat(settle(parked, "failed", null).error()).containsEntry("code", "operation_too_young");
    assertThat(parked.status()).isEqualTo("processing");
    assertThat(done(parked.operation)).isEmpty();
    GATEWAY.clock.advance(Duration.ofHours(1));
    assertThat(settle(parked, "failed", null).body()).containsEntry("state", "done");
  }

  /** Its refund would be the other one's. */
  @Test
  void nothingIsBookedUnderTheNameOfSomethingElse() throws Exception {
    Answer other =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "4108",
            "currency",
            "usd",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true");
    String name =
        GATEWAY.database.text(
            "SELECT doc->>'provider_reference' FROM provider_operations WHERE object = ?",
            other.string("id"));
    Parked parked = parked(4_109, Fault.LOST_BEFORE);
    assertThat(settle(parked, "succeeded", name).error()).containsEntry("code", "reference_taken");
    assertThat(settle(parked, "succeeded", "../../refunds").error())
        .containsEntry("param", "reference");
    assertThat(parked.status()).isEqualTo("processing");
    assertThat(done(parked.operation)).isEmpty();
  }

  @Test
  void theProviderCanBeAskedAtAnyTime() throws Exception {
    Parked lost = parked(4_104, Fault.LOST_BEFORE);
    Answer nothing = call("olga", "operations/" + lost.operation + "/ask", Map.of());
    assertThat(nothing.body())
        .as(nothing.text())
        .containsEntry("state", "parked")
        .containsEntry("provider_says", "not_found");
    assertThat(lost.status()).isEqualTo("processing");
    Parked charged = parked(4_105, Fault.LOST_AFTER);
    assertThat(call("olga", "operations/" + charged.operation + "/ask", Map.of()).body())
        .containsEntry("state", "done")
        .containsEntry("provider_says", "succeeded");
    assertThat(charged.status()).isEqualTo("succeeded");
  }

  @Test
  void whoMayOnlyLookSettlesNothing() throws Exception {
    Parked parked = parked(4_106, Fault.LOST_BEFORE);
    String path = "operations/" + parked.operation;
    assertThat(
            call("aude", path + "/settle", Map.of("outcome", "failed", "reason", "a guess"))
                .status())
        .isEqualTo(403);
    assertThat(call("aude", path + "/ask", Map.of()).status()).isEqualTo(403);
    assertThat(call("olga", "operations/op_nothing/ask", Map.of()).error())
        .containsEntry("code", "resource_missing");
    assertThat(parked.status()).isEqualTo("processing");
  }

  @Test
  void aNotificationThatIsLeftIsSeenToOnce() throws Exception {
    sql(
        "INSERT INTO provider_notifications (account, livemode, id, version, created, provider,"
            + " state, due, tries, note, doc) VALUES ('acct_first', false, 'ntf_left', 1, now(),"
            + " 'sandbox', 'left', NULL, 3, 'it undoes op_1', '{}')");
    assertThat(list("notifications?account=acct_first"))
        .singleElement()
        .satisfies(
            each ->
                assertThat(each)
                    .containsEntry("id", "ntf_left")
                    .containsEntry("provider", "sandbox")
                    .containsEntry("why", "it undoes op_1"));
    Map<String, String> reason = Map.of("reason", "refunded by hand");
    assertThat(call("aude", "notifications/ntf_left/close", reason).status()).isEqualTo(403);
    assertThat(call("olga", "notifications/ntf_left/close", reason).body())
        .containsEntry("closed", true);
    assertThat(list("notifications?account=acct_first")).isEmpty();
    assertThat(done("ntf_left")).containsExactly("notification.closed refunded by hand");
    assertThat(call("olga", "notifications/ntf_left/close", reason).error())
        .containsEntry("code", "resource_missing");
  }
}
