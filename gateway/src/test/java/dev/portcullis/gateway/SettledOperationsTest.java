package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a person's word does to each kind of operation: to the object, its events and the books. The
 * operations are parked by the gateway itself, since nobody could be asked for longer than it asks.
 */
class SettledOperationsTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static final AtomicBoolean MUTE = new AtomicBoolean();
  private static final String INTENTS = "/v1/payment_intents";

  @BeforeAll
  static void enroll() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    String token = PEOPLE.token("margaret");
    PEOPLE.add(token, "olga", "operator");
    Answer added =
        PEOPLE.call(
            "POST",
            "providers",
            token,
            Map.of(
                "account",
                "acct_first",
                "name",
                "adyen_shop",
                "connector",
                "adyen",
                "paused",
                true));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    GATEWAY.provider.unless("sandbox.lookup", MUTE::get);
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
    GATEWAY.provider.script("adyen.capture", AdyenAnswers::received);
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  /** A payment whose money is reserved. */
  private static Answer reserved(long amount) {
    Answer paid = GATEWAY.pay(amount, "capture_method", "manual");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("requires_capture");
    return paid;
  }

  private static String operation(String object) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE object = ? ORDER BY id DESC LIMIT 1", object);
  }

  private static String state(String operation) {
    return GATEWAY.database.text("SELECT state FROM provider_operations WHERE id = ?", operation);
  }

  /** The last operation of that object, which nobody can be asked about for so long. */
  private static String parked(String object, Duration wait) {
    String operation = operation(object);
    MUTE.set(true);
    try {
      GATEWAY.clock.advance(wait);
      until(() -> state(operation).equals("parked"));
    } finally {
      MUTE.set(false);
    }
    return operation;
  }

  private static String parked(String object) {
    return parked(object, Duration.ofHours(25));
  }

  private static Answer call(String operation, String verb, Map<String, ?> body) {
    Map<String, Object> all = new LinkedHashMap<>(body);
    all.put("account", "acct_first");
    return PEOPLE.call("POST", "operations/" + operation + "/" + verb, PEOPLE.token("olga"), all);
  }

  private static Answer settle(String operation, String outcome, @Nullable String reference) {
    Map<String, String> body =
        new LinkedHashMap<>(Map.of("outcome", outcome, "reason", "ticket 7"));
    if (reference != null) {
      body.put("reference", reference);
    }
    return call(operation, "settle", body);
  }

  private static void succeeded(String operation, String reference) {
    Answer settled = settle(operation, "succeeded", reference);
    assertThat(settled.body())
        .as(settled.text())
        .containsEntry("state", "done")
        .containsEntry("reference", reference);
    assertThat(state(operation)).isEqualTo("done");
  }

  private static void failed(String operation) {
    Answer settled = settle(operation, "failed", null);
    assertThat(settled.body()).as(settled.text()).containsEntry("state", "done");
    assertThat(state(operation)).isEqualTo("done");
  }

  private static List<String> events(String object) {
    String joined =
        GATEWAY.database.text(
            "SELECT coalesce(string_agg(type, ',' ORDER BY id), '') FROM events WHERE object = ?",
            object);
    return List.of(joined.split(","));
  }

  /** What was booked because of it, as the API tells. */
  private static List<String> movements(String source) {
    return GATEWAY.get("/v1/balance_transactions?source=" + source).data().stream()
        .map(each -> each.get("type") + " " + each.get("amount"))
        .toList();
  }

  /** How much its lines have put on each account of the ledger, and that they come to nothing. */
  private static Map<String, Long> ledger(String source) {
    Map<String, Long> sums = new LinkedHashMap<>();
    String joined =
        GATEWAY.database.text(
            "SELECT coalesce(string_agg(ledger_account || ' ' || amount, ','), '') FROM (SELECT"
                + " ledger_account, sum(amount) AS amount FROM ledger_lines WHERE source = ?"
                + " GROUP BY ledger_account HAVING sum(amount) <> 0) AS sums",
            source);
    for (String line : joined.isEmpty() ? new String[0] : joined.split(",")) {
      String[] parts = line.split(" ");
      sums.put(parts[0], Long.parseLong(parts[1]));
    }
    assertThat(sums.values().stream().mapToLong(Long::longValue).sum()).isZero();
    return sums;
  }

  private static Answer intent(String id) {
    return GATEWAY.get(INTENTS + "/" + id);
  }

  private record Reserved(String payment, String charge, String operation) {}

  private static Reserved captureLost(long amount) {
    Answer paid = reserved(amount);
    String payment = paid.string("id");
    GATEWAY.provider.fail(amount, Fault.LOST_BEFORE);
    Answer captured = GATEWAY.post(INTENTS + "/" + payment + "/capture");
    assertThat(captured.string("status")).as(captured.text()).isEqualTo("processing");
    return new Reserved(payment, paid.string("latest_charge"), parked(payment));
  }

  @Test
  void aCaptureThatSucceededTakesTheMoney() {
    Reserved lost = captureLost(5_101);
    assertThat(movements(lost.charge)).isEmpty();
    succeeded(lost.operation, "cap_seen");
    assertThat(intent(lost.payment).body())
        .containsEntry("status", "succeeded")
        .containsEntry("amount_received", 5_101L)
        .containsEntry("amount_capturable", 0L);
    assertThat(GATEWAY.get("/v1/charges/" + lost.charge).body())
        .containsEntry("captured", true)
        .containsEntry("amount_captured", 5_101L);
    assertThat(movements(lost.charge)).containsExactly("charge 5101");
    assertThat(ledger(lost.charge)).isNotEmpty();
    assertThat(events(lost.charge)).containsExactly("charge.succeeded", "charge.captured");
    assertThat(events(lost.payment)).endsWith("payment_intent.succeeded");
  }

  @Test
  void aCaptureThatFailedLeavesTheMoneyReserved() {
    Reserved lost = captureLost(5_102);
    failed(lost.operation);
    assertThat(intent(lost.payment).body())
        .containsEntry("status", "requires_capture")
        .containsEntry("amount_received", 0L)
        .containsEntry("amount_capturable", 5_102L);
    assertThat(movements(lost.charge)).isEmpty();
    assertThat(ledger(lost.charge)).isEmpty();
    assertThat(events(lost.payment)).endsWith("payment_intent.payment_failed");
    assertThat(GATEWAY.post(INTENTS + "/" + lost.payment + "/capture").string("status"))
        .isEqualTo("succeeded");
    assertThat(movements(lost.charge)).containsExactly("charge 5102");
  }

  private record Repaid(String refund, String charge, String operation) {}

  private static Repaid refundLost(long amount) {
    Answer paid = GATEWAY.pay(amount + 1_000);
    String charge = paid.string("latest_charge");
    GATEWAY.provider.fail(amount, Fault.LOST_BEFORE);
    Answer refund = GATEWAY.post("/v1/refunds", "charge", charge, "amount", Long.toString(amount));
    assertThat(refund.string("status")).as(refund.text()).isEqualTo("pending");
    String id = refund.string("id");
    return new Repaid(id, charge, parked(id));
  }

  @Test
  void aRefundThatSucceededIsBooked() {
    Repaid lost = refundLost(5_103);
    assertThat(movements(lost.refund)).isEmpty();
    succeeded(lost.operation, "ref_seen");
    assertThat(GATEWAY.get("/v1/refunds/" + lost.refund).string("status")).isEqualTo("succeeded");
    assertThat(movements(lost.refund)).containsExactly("refund -5103");
    assertThat(ledger(lost.refund)).isNotEmpty();
    assertThat(GATEWAY.get("/v1/charges/" + lost.charge).body())
        .containsEntry("amount_refunded", 5_103L);
    assertThat(events(lost.charge)).endsWith("charge.refunded");
    assertThat(events(lost.refund)).contains("refund.updated", "charge.refund.updated");
  }

  @Test
  void aRefundThatFailedCanBeMadeAnew() {
    Repaid lost = refundLost(5_104);
    failed(lost.operation);
    assertThat(GATEWAY.get("/v1/refunds/" + lost.refund).string("status")).isEqualTo("failed");
    assertThat(movements(lost.refund)).isEmpty();
    assertThat(ledger(lost.refund)).isEmpty();
    assertThat(GATEWAY.get("/v1/charges/" + lost.charge).body())
        .containsEntry("amount_refunded", 0L);
    assertThat(events(lost.refund)).contains("refund.failed");
    assertThat(GATEWAY.post("/v1/refunds", "charge", lost.charge).body())
        .containsEntry("status", "succeeded")
        .containsEntry("amount", 6_104L);
  }

  /** Where nothing has settled yet, a provider gives money back by voiding the payment itself. */
  @Test
  void aRefundMayBeCalledAsThePaymentThatItGivesBack() {
    Repaid lost = refundLost(5_105);
    String payment =
        GATEWAY.database.text(
            "SELECT doc->>'reference' FROM provider_operations WHERE id = ?", lost.operation);
    Repaid another = refundLost(5_106);
    assertThat(settle(another.operation, "succeeded", payment).error())
        .containsEntry("code", "reference_taken");
    assertThat(movements(another.refund)).isEmpty();
    succeeded(lost.operation, payment);
    assertThat(movements(lost.refund)).containsExactly("refund -5105");
    failed(another.operation);
  }

  private static Reserved cancelLost(long amount) {
    Answer paid = reserved(amount);
    String payment = paid.string("id");
    GATEWAY.provider.fail(-1, Fault.LOST_BEFORE);
    Answer canceled =
        GATEWAY.post(
            INTENTS + "/" + payment + "/cancel", "cancellation_reason", "requested_by_customer");
    assertThat(canceled.string("status")).as(canceled.text()).isEqualTo("processing");
    return new Reserved(payment, paid.string("latest_charge"), parked(payment));
  }

  @Test
  void aCancellationThatSucceededReleasesTheMoney() {
    Reserved lost = cancelLost(5_107);
    succeeded(lost.operation, "void_seen");
    assertThat(intent(lost.payment).body())
        .containsEntry("status", "canceled")
        .containsEntry("cancellation_reason", "requested_by_customer")
        .containsEntry("amount_capturable", 0L);
    assertThat(movements(lost.charge)).isEmpty();
    assertThat(ledger(lost.charge)).isEmpty();
    assertThat(events(lost.payment)).endsWith("payment_intent.canceled");
  }

  @Test
  void aCancellationThatFailedLeavesTheMoneyReserved() {
    Reserved lost = cancelLost(5_108);
    failed(lost.operation);
    assertThat(intent(lost.payment).body())
        .containsEntry("status", "requires_capture")
        .containsEntry("cancellation_reason", null)
        .containsEntry("amount_capturable", 5_108L);
    assertThat(events(lost.payment)).doesNotContain("payment_intent.canceled");
    assertThat(movements(lost.charge)).isEmpty();
    assertThat(GATEWAY.post(INTENTS + "/" + lost.payment + "/capture").string("status"))
        .isEqualTo("succeeded");
  }

  /** What the provider would not give back is not forgotten by a word: the shopper is charged. */
  @Test
  void whatGivesALateApprovalBackIsOwedUntilItHasSucceeded() {
    long amount = 5_109;
    GATEWAY.provider.decide("sandbox.authorize", amount, "requires_action");
    Answer asked = GATEWAY.pay(amount, "return_url", "https://shop.example/done");
    String payment = asked.string("id");
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
    assertThat(GATEWAY.post(INTENTS + "/" + payment + "/cancel").string("status"))
        .isEqualTo("canceled");
    String authorize = operation(payment);
    GATEWAY.provider.decide("sandbox.void", -1, "generic_decline");
    GATEWAY.provider.decide("sandbox.void", amount, "generic_decline");
    GATEWAY.provider.settle(authorize, "approved", null);
    GATEWAY.clock.advance(Duration.ofHours(2));
    until(() -> !operation(payment).equals(authorize));
    String undoing = operation(payment);
    until(() -> state(undoing).equals("parked"));
    assertThat(settle(undoing, "failed", null).error()).containsEntry("code", "operation_owed");
    assertThat(state(undoing)).isEqualTo("parked");
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM audit WHERE subject = ? AND action ="
                    + " 'operation.settled'",
                undoing))
        .isZero();
    succeeded(undoing, "void_by_hand");
    assertThat(intent(payment).string("status")).isEqualTo("canceled");
    assertThat(GATEWAY.get("/v1/charges?payment_intent=" + payment).data()).isEmpty();
    assertThat(ledger(payment)).isEmpty();
    GATEWAY.provider.decide("sandbox.void", -1, null);
    GATEWAY.provider.decide("sandbox.void", amount, null);
  }

  private record SetUp(String intent, String customer, String operation) {}

  private static SetUp setUpLost() {
    String customer = GATEWAY.post("/v1/customers", "email", "ada@example.com").string("id");
    GATEWAY.provider.fail(0, Fault.LOST_BEFORE);
    Answer setUp =
        GATEWAY.post(
            "/v1/setup_intents",
            "customer",
            customer,
            "payment_method",
            "pm_card_visa",
            "payment_method_types[]",
            "card",
            "confirm",
            "true");
    assertThat(setUp.string("status")).as(setUp.text()).isEqualTo("processing");
    String id = setUp.string("id");
    return new SetUp(id, customer, parked(id));
  }

  private static List<?> cards(String customer) {
    return GATEWAY.get("/v1/payment_methods?type=card&customer=" + customer).data();
  }

  @Test
  void aSetUpThatSucceededKeepsTheCard() {
    SetUp lost = setUpLost();
    assertThat(cards(lost.customer)).isEmpty();
    succeeded(lost.operation, "auth_seen");
    assertThat(GATEWAY.get("/v1/setup_intents/" + lost.intent).string("status"))
        .isEqualTo("succeeded");
    assertThat(cards(lost.customer)).hasSize(1);
    assertThat(events(lost.intent)).endsWith("setup_intent.succeeded");
    assertThat(ledger(lost.intent)).isEmpty();
  }

  @Test
  void aSetUpThatFailedKeepsNothing() {
    SetUp lost = setUpLost();
    failed(lost.operation);
    assertThat(GATEWAY.get("/v1/setup_intents/" + lost.intent).body())
        .containsEntry("status", "requires_payment_method")
        .containsEntry("payment_method", null);
    assertThat(cards(lost.customer)).isEmpty();
    assertThat(events(lost.intent)).endsWith("setup_intent.setup_failed");
    Answer again =
        GATEWAY.post(
            "/v1/setup_intents/" + lost.intent + "/confirm", "payment_method", "pm_card_visa");
    assertThat(again.string("status")).as(again.text()).isEqualTo("succeeded");
  }

  private static String disputed(long amount) {
    return disputed(amount, "chargeback");
  }

  private static String disputed(long amount, String stage) {
    String charge = GATEWAY.pay(amount).string("latest_charge");
    Object authorize =
        GATEWAY.provider.entries("sandbox.authorize", amount).getFirst().get("reference");
    long now = GATEWAY.clock.instant().getEpochSecond();
    GATEWAY.provider.dispute(
        String.valueOf(authorize), amount, stage, now - 60, now + 40L * 86_400);
    String path = "/v1/disputes?charge=" + charge;
    until(() -> !GATEWAY.get(path).data().isEmpty());
    return String.valueOf(GATEWAY.get(path).data().getFirst().get("id"));
  }

  private static Answer dispute(String id) {
    return GATEWAY.get("/v1/disputes/" + id);
  }

  private static Object submissions(String id) {
    Map<?, ?> details =
        (Map<?, ?>) Objects.requireNonNull(dispute(id).body().get("evidence_details"));
    return Objects.requireNonNull(details.get("submission_count"));
  }

  private static String evidenceLost(String id, long amount) {
    return evidenceLost(id, amount, Fault.LOST_BEFORE);
  }

  private static String evidenceLost(String id, long amount, Fault fault) {
    GATEWAY.provider.fail(amount, fault);
    Answer sent = GATEWAY.post("/v1/disputes/" + id, "evidence[customer_name]", "Ada");
    assertThat(sent.string("status")).as(sent.text()).isEqualTo("needs_response");
    return parked(id);
  }

  @Test
  void evidenceThatTheProviderHasIsUnderReview() {
    String id = disputed(5_110);
    String operation = evidenceLost(id, 5_110);
    List<String> booked = movements(id);
    assertThat(submissions(id)).isEqualTo(0L);
    int told = events(id).size();
    succeeded(operation, "dsp_5110");
    assertThat(dispute(id).string("status")).isEqualTo("under_review");
    assertThat(submissions(id)).isEqualTo(1L);
    assertThat(events(id)).hasSize(told + 1).endsWith("charge.dispute.updated");
    assertThat(movements(id)).isEqualTo(booked).containsExactly("adjustment -5110");
  }

  @Test
  void evidenceThatTheProviderNeverHadCanBeSentAgain() {
    String id = disputed(5_111);
    String operation = evidenceLost(id, 5_111);
    failed(operation);
    assertThat(dispute(id).string("status")).isEqualTo("needs_response");
    assertThat(submissions(id)).isEqualTo(0L);
    assertThat(GATEWAY.post("/v1/disputes/" + id, "submit", "true").string("status"))
        .isEqualTo("under_review");
    assertThat(submissions(id)).isEqualTo(1L);
    assertThat(movements(id)).containsExactly("adjustment -5111");
  }

  /** The bank asked, then took the money: that it had an answer to its question is no defence. */
  @Test
  void evidenceForAnInquiryAnswersNoChargeback() {
    String id = disputed(5_120, "inquiry");
    assertThat(dispute(id).string("status")).isEqualTo("warning_needs_response");
    GATEWAY.provider.fail(5_120, Fault.LOST_BEFORE);
    GATEWAY.post("/v1/disputes/" + id, "evidence[customer_name]", "Ada");
    String operation = parked(id);
    GATEWAY.provider.move("dsp_5120", "chargeback");
    until(() -> dispute(id).string("status").equals("needs_response"));
    succeeded(operation, "dsp_5120");
    assertThat(dispute(id).string("status")).isEqualTo("needs_response");
    assertThat(submissions(id)).isEqualTo(1L);
    assertThat(GATEWAY.post("/v1/disputes/" + id, "submit", "true").string("status"))
        .isEqualTo("under_review");
    assertThat(submissions(id)).isEqualTo(2L);
  }

  /** Nor does it arrive late in place of the merchant's defence, of which a bank takes one. */
  @Test
  void evidenceForAnInquiryIsNotSentOnceThereIsAChargeback() {
    String id = disputed(5_121, "inquiry");
    GATEWAY.provider.fail(5_121, Fault.LOST_BEFORE);
    MUTE.set(true);
    String operation;
    try {
      GATEWAY.post("/v1/disputes/" + id, "evidence[customer_name]", "Ada");
      operation = operation(id);
      GATEWAY.provider.move("dsp_5121", "chargeback");
      until(() -> dispute(id).string("status").equals("needs_response"));
      assertThat(state(operation)).isEqualTo("sent");
    } finally {
      MUTE.set(false);
    }
    until(() -> state(operation).equals("done"));
    assertThat(dispute(id).string("status")).isEqualTo("needs_response");
    assertThat(submissions(id)).isEqualTo(0L);
    assertThat(GATEWAY.post("/v1/disputes/" + id, "submit", "true").string("status"))
        .isEqualTo("under_review");
    assertThat(submissions(id)).isEqualTo(1L);
  }

  /** What came later stands: the first one is counted and nothing is taken back. */
  @Test
  void evidenceThatWasSentTwiceIsCountedTwice() {
    String id = disputed(5_112);
    String operation = evidenceLost(id, 5_112);
    GATEWAY.post("/v1/disputes/" + id, "submit", "true");
    assertThat(dispute(id).string("status")).isEqualTo("under_review");
    succeeded(operation, "dsp_5112");
    assertThat(dispute(id).string("status")).isEqualTo("under_review");
    assertThat(submissions(id)).isEqualTo(2L);
  }

  @Test
  void aDisputeThatTheProviderGaveUpIsLost() {
    String id = disputed(5_113);
    GATEWAY.provider.fail(5_113, Fault.LOST_BEFORE);
    GATEWAY.post("/v1/disputes/" + id + "/close");
    String operation = parked(id);
    assertThat(dispute(id).string("status")).isEqualTo("needs_response");
    succeeded(operation, "dsp_5113");
    assertThat(dispute(id).string("status")).isEqualTo("lost");
    assertThat(events(id)).endsWith("charge.dispute.closed");
    assertThat(movements(id)).containsExactly("adjustment -5113");
  }

  /** A provider that says it goes on with it has not said that it is over. */
  @Test
  void evidenceThatTheProviderIsStillTakingWaitsOn() {
    String id = disputed(5_114);
    GATEWAY.provider.decide("sandbox.evidence", 5_114, "pending");
    String operation = evidenceLost(id, 5_114, Fault.LOST_AFTER);
    assertThat(call(operation, "ask", Map.of()).body())
        .containsEntry("provider_says", "pending")
        .containsEntry("state", "parked");
    assertThat(state(operation)).isEqualTo("parked");
  }

  @Test
  void whatTheProviderIsStillWorkingOnHasNotFailed() {
    GATEWAY.provider.decide("sandbox.authorize", 5_115, "pending");
    Answer paid = GATEWAY.pay(5_115);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("processing");
    String payment = paid.string("id");
    until(() -> state(operation(payment)).equals("waiting"));
    String operation = parked(payment, Duration.ofDays(8));
    assertThat(settle(operation, "failed", null).error()).containsEntry("code", "provider_goes_on");
    assertThat(state(operation)).isEqualTo("parked");
    assertThat(intent(payment).string("status")).isEqualTo("processing");
    succeeded(operation, "auth_5115");
    String charge = intent(payment).string("latest_charge");
    assertThat(intent(payment).string("status")).isEqualTo("succeeded");
    assertThat(movements(charge)).containsExactly("charge 5115");
    assertThat(ledger(charge)).isNotEmpty();
    assertThat(events(payment)).endsWith("payment_intent.succeeded");
  }

  private static void payAtAdyen(boolean there) {
    Answer changed =
        PEOPLE.call(
            "POST",
            "providers/adyen_shop",
            PEOPLE.token("margaret"),
            Map.of("account", "acct_first", "paused", !there));
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    GATEWAY.clock.advance(Duration.ofSeconds(2));
  }

  private static Reserved captureUntold(long amount) {
    payAtAdyen(true);
    Answer paid;
    try {
      paid = reserved(amount);
    } finally {
      payAtAdyen(false);
    }
    String payment = paid.string("id");
    Answer captured = GATEWAY.post(INTENTS + "/" + payment + "/capture");
    assertThat(captured.string("status")).as(captured.text()).isEqualTo("processing");
    String operation = parked(payment, Duration.ofDays(8));
    assertThat(
            GATEWAY.database.text(
                "SELECT doc->>'connector' FROM provider_operations WHERE id = ?", operation))
        .isEqualTo("adyen");
    return new Reserved(payment, paid.string("latest_charge"), operation);
  }

  @Test
  void whatAProviderThatCannotBeAskedHasDoneAPersonSays() {
    Reserved untold = captureUntold(5_116);
    assertThat(call(untold.operation, "ask", Map.of()).error())
        .containsEntry("code", "provider_unavailable");
    Answer settled = settle(untold.operation, "succeeded", "MODseen");
    assertThat(settled.body())
        .as(settled.text())
        .containsEntry("state", "done")
        .containsEntry("can_be_asked", false)
        .containsEntry("provider_says", null);
    assertThat(intent(untold.payment).string("status")).isEqualTo("succeeded");
    assertThat(movements(untold.charge)).containsExactly("charge 5116");
  }

  @Test
  void whatAProviderThatCannotBeAskedHasNotDoneAPersonSays() {
    Reserved untold = captureUntold(5_117);
    failed(untold.operation);
    assertThat(intent(untold.payment).body())
        .containsEntry("status", "requires_capture")
        .containsEntry("amount_capturable", 5_117L);
    assertThat(movements(untold.charge)).isEmpty();
  }

  private static void sql(String statement) throws SQLException {
    try (var connection = GATEWAY.database.everything().getConnection();
        var run = connection.createStatement()) {
      run.executeUpdate(statement);
    }
  }

  private static Answer list(String more) {
    return PEOPLE.call("GET", "operations?account=acct_first" + more, PEOPLE.token("olga"), null);
  }

  /** Damaged, or of a newer release: it waits for a person all the same. */
  @Test
  void whatCannotBeReadIsListedAsFarAsItCanBe() throws Exception {
    sql(
        "INSERT INTO provider_operations (account, livemode, id, version, created, object, state,"
            + " doc) VALUES ('acct_first', false, 'op_0broken', 1, now(), 're_broken', 'parked',"
            + " '{\"kind\": \"TELEPORT\"}')");
    try {
      assertThat(list("").data())
          .filteredOn(each -> "op_0broken".equals(each.get("id")))
          .singleElement()
          .satisfies(
              each ->
                  assertThat(each)
                      .containsEntry("state", "parked")
                      .containsEntry("about", "re_broken")
                      .containsEntry("readable", false));
      assertThat(settle("op_0broken", "failed", null).error())
          .containsEntry("code", "operation_unreadable");
      assertThat(call("op_0broken", "ask", Map.of()).error())
          .containsEntry("code", "operation_unreadable");
      assertThat(state("op_0broken")).isEqualTo("parked");
    } finally {
      sql("DELETE FROM provider_operations WHERE id = 'op_0broken'");
    }
  }

  /** Of a newer release, say: nothing here can ask its provider. */
  @Test
  void whatHasAConnectorThatIsNotHereIsListedAsFarAsItCanBe() throws Exception {
    String intent = reserved(9_071).string("id");
    String operation = operation(intent);
    sql(
        "UPDATE provider_operations SET state = 'parked', doc = jsonb_set(doc, '{connector}',"
            + " '\"newer\"') WHERE id = '%s'".formatted(operation));
    try {
      assertThat(list("").data())
          .filteredOn(each -> operation.equals(each.get("id")))
          .singleElement()
          .satisfies(
              each ->
                  assertThat(each).containsEntry("about", intent).containsEntry("readable", false));
      assertThat(call(operation, "ask", Map.of()).error())
          .containsEntry("code", "operation_unreadable");
    } finally {
      sql("DELETE FROM provider_operations WHERE id = '%s'".formatted(operation));
    }
  }

  @Test
  void whatIsBeyondTheFirstHundredIsOnTheNextPage() throws Exception {
    sql(
        "INSERT INTO provider_operations (account, livemode, id, version, created, object, state,"
            + " doc) SELECT 'acct_first', false, 'op_1many' || to_char(n, 'FM000'), 1, now(),"
            + " 're_many', 'parked', '{}' FROM generate_series(1, 230) n");
    try {
      Answer first = list("");
      assertThat(first.data()).hasSize(100);
      assertThat(first.body()).containsEntry("has_more", true);
      Answer second = list("&starting_after=" + first.data().getLast().get("id"));
      assertThat(second.data()).hasSize(100);
      Answer third = list("&limit=50&starting_after=" + second.data().getLast().get("id"));
      assertThat(third.body()).containsEntry("has_more", false);
      assertThat(List.of(first, second, third))
          .flatExtracting(Answer::data)
          .extracting(each -> each.get("id"))
          .doesNotHaveDuplicates()
          .filteredOn(id -> String.valueOf(id).startsWith("op_1many"))
          .hasSize(230);
    } finally {
      sql("DELETE FROM provider_operations WHERE object = 're_many'");
    }
  }
}
