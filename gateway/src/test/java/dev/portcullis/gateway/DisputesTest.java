package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Disputes over HTTP, with a real database and a provider whose banks do as told. */
class DisputesTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final String PATH = "/v1/disputes";

  @Test
  void a_chargeback_takes_the_money_and_is_won_back() {
    Answer paid = GATEWAY.pay(6101);
    String charge = paid.string("latest_charge");
    String atBank = GATEWAY.provider.dispute(6101, "chargeback");
    Answer dispute = awaitDispute(charge, "needs_response");
    String id = dispute.string("id");
    assertThat(id).startsWith("du_");
    assertThat(dispute.body())
        .containsEntry("object", "dispute")
        .containsEntry("amount", 6_101L)
        .containsEntry("currency", "usd")
        .containsEntry("charge", charge)
        .containsEntry("payment_intent", paid.string("id"))
        .containsEntry("reason", "fraudulent")
        .containsEntry("network_reason_code", "10.4")
        .containsEntry("is_charge_refundable", false);
    assertThat(money(dispute)).containsExactly("adjustment dispute -6101 1500 -7601");
    assertThat(details(dispute))
        .containsEntry("has_evidence", false)
        .containsEntry("past_due", false)
        .containsEntry("submission_count", 0L);
    assertThat(GATEWAY.get("/v1/charges/" + charge).body()).containsEntry("disputed", true);
    Answer refund = GATEWAY.post("/v1/refunds", "charge", charge);
    assertThat(refund.error()).containsEntry("code", "charge_disputed");

    Answer sent =
        GATEWAY.post(
            PATH + "/" + id,
            "evidence[uncategorized_text]",
            "They have it.",
            "evidence[customer_name]",
            "Ada",
            "metadata[case]",
            "7");
    assertThat(sent.body()).containsEntry("status", "under_review");
    assertThat(details(sent))
        .containsEntry("has_evidence", true)
        .containsEntry("submission_count", 1L);
    assertThat(Objects.requireNonNull((Map<?, ?>) sent.body().get("evidence")).get("customer_name"))
        .isEqualTo("Ada");
    assertThat(sent.body().get("metadata")).isEqualTo(Map.of("case", "7"));
    Answer tooLate = GATEWAY.post(PATH + "/" + id, "evidence[customer_name]", "Eve");
    assertThat(tooLate.status()).isEqualTo(400);

    GATEWAY.provider.move(atBank, "won");
    Answer won = await(id, "won");
    assertThat(won.body()).containsEntry("is_charge_refundable", true);
    assertThat(money(won))
        .containsExactly(
            "adjustment dispute -6101 1500 -7601", "adjustment dispute_reversal 6101 0 6101");
    assertThat(eventsOf(id))
        .containsExactlyInAnyOrder(
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_reinstated");
    assertThat(ledger(id)).isEqualTo("merchant_balance 1500, processing_fees -1500");
    assertThat(GATEWAY.post("/v1/refunds", "charge", charge).string("status"))
        .isEqualTo("succeeded");
    Answer booked = GATEWAY.get("/v1/balance_transactions?source=" + id + "&expand[]=data.source");
    assertThat(booked.data()).hasSize(2);
    assertThat(Objects.requireNonNull((Map<?, ?>) booked.data().getFirst().get("source")).get("id"))
        .isEqualTo(id);
  }

  @Test
  void what_is_accepted_is_lost() {
    String charge = GATEWAY.pay(6102).string("latest_charge");
    String atBank = GATEWAY.provider.dispute(6102, "chargeback");
    String id = awaitDispute(charge, "needs_response").string("id");
    HttpRequest.Builder close =
        GATEWAY.form(PATH + "/" + id + "/close").header("Idempotency-Key", "close-6102");
    Answer lost = GATEWAY.send(close);
    assertThat(lost.string("status")).as(lost.text()).isEqualTo("lost");
    assertThat(GATEWAY.send(close).header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(GATEWAY.provider.entries("sandbox.accept", 6102)).hasSize(1);
    GATEWAY.provider.move(atBank, "lost");
    awaitSequence(id, atBank);
    assertThat(eventsOf(id)).filteredOn("charge.dispute.closed"::equals).hasSize(1);
    assertThat(GATEWAY.post(PATH + "/" + id + "/close").status()).isEqualTo(400);
    assertThat(GATEWAY.post(PATH + "/" + id, "metadata[note]", "sad").body())
        .containsEntry("status", "lost");
    assertThat(money(GATEWAY.get(PATH + "/" + id)))
        .containsExactly("adjustment dispute -6102 1500 -7602");
  }

  @Test
  void an_inquiry_takes_no_money_until_it_becomes_a_chargeback() {
    String charge = GATEWAY.pay(6103).string("latest_charge");
    String atBank = GATEWAY.provider.dispute(6103, "inquiry");
    Answer inquiry = awaitDispute(charge, "warning_needs_response");
    String id = inquiry.string("id");
    assertThat(inquiry.body()).containsEntry("is_charge_refundable", true);
    assertThat(money(inquiry)).isEmpty();
    assertThat(GATEWAY.post(PATH + "/" + id + "/close").status()).isEqualTo(400);
    assertThat(GATEWAY.post("/v1/refunds", "charge", charge, "amount", "3").string("status"))
        .isEqualTo("succeeded");
    GATEWAY.provider.move(atBank, "chargeback");
    Answer escalated = await(id, "needs_response");
    assertThat(money(escalated)).hasSize(1);
    GATEWAY.provider.move(atBank, "lost");
    await(id, "lost");
    assertThat(eventsOf(id))
        .containsExactlyInAnyOrder(
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed");
  }

  @Test
  void what_lay_between_two_looks_is_booked_all_the_same() {
    String charge = GATEWAY.pay(6104).string("latest_charge");
    GATEWAY.provider.dispute(6104, "won");
    Answer won = awaitDispute(charge, "won");
    assertThat(money(won))
        .containsExactly(
            "adjustment dispute -6104 1500 -7604", "adjustment dispute_reversal 6104 0 6104");
  }

  @Test
  void staged_evidence_is_sent_when_told_to() {
    String charge = GATEWAY.pay(6105).string("latest_charge");
    GATEWAY.provider.dispute(6105, "chargeback");
    String id = awaitDispute(charge, "needs_response").string("id");
    assertThat(GATEWAY.post(PATH + "/" + id, "submit", "true").error())
        .containsEntry("param", "evidence");
    GATEWAY.post(
        PATH + "/" + id,
        "submit",
        "false",
        "evidence[product_description]",
        "socks",
        "evidence[service_date]",
        "May");
    Answer staged =
        GATEWAY.post(
            PATH + "/" + id, "submit", "false", "evidence[service_date]", "", "metadata[a]", "b");
    assertThat(staged.string("status")).isEqualTo("needs_response");
    assertThat(details(staged))
        .containsEntry("has_evidence", true)
        .containsEntry("submission_count", 0L);
    assertThat(GATEWAY.provider.entries("sandbox.evidence", 6105)).isEmpty();
    Answer sent = GATEWAY.post(PATH + "/" + id, "submit", "true");
    assertThat(sent.string("status")).isEqualTo("under_review");
    String operation =
        GATEWAY.database.text(
            "SELECT id FROM provider_operations WHERE object = ? ORDER BY id DESC LIMIT 1", id);
    assertThat(GATEWAY.provider.requests(operation))
        .singleElement()
        .asString()
        .contains("{\"product_description\":\"socks\"}");
  }

  @Test
  void evidence_whose_answer_is_lost_is_looked_up_and_sent_once() {
    String charge = GATEWAY.pay(6106).string("latest_charge");
    GATEWAY.provider.dispute(6106, "chargeback");
    String id = awaitDispute(charge, "needs_response").string("id");
    GATEWAY.provider.fail(6106, Fault.LOST_AFTER);
    Answer sent = GATEWAY.post(PATH + "/" + id, "evidence[customer_name]", "Ada");
    assertThat(sent.status()).as(sent.text()).isEqualTo(200);
    assertThat(sent.string("status")).isEqualTo("needs_response");
    Answer meanwhile = GATEWAY.post(PATH + "/" + id, "evidence[customer_name]", "Eve");
    assertThat(meanwhile.status()).isIn(200, 400);
    await(id, "under_review");
    assertThat(GATEWAY.provider.entries("sandbox.evidence", 6106)).hasSize(1);
  }

  @Test
  void evidence_that_is_refused_can_be_sent_again() {
    String charge = GATEWAY.pay(6107).string("latest_charge");
    GATEWAY.provider.dispute(6107, "chargeback");
    String id = awaitDispute(charge, "needs_response").string("id");
    GATEWAY.provider.fail(6107, Fault.REFUSED);
    Answer refused = GATEWAY.post(PATH + "/" + id, "evidence[customer_name]", "Ada");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(GATEWAY.get(PATH + "/" + id).string("status")).isEqualTo("needs_response");
    assertThat(GATEWAY.post(PATH + "/" + id, "submit", "true").string("status"))
        .isEqualTo("under_review");
  }

  @Test
  void a_dispute_that_comes_before_its_charge_is_known_waits_for_it() {
    GATEWAY.provider.fail(6108, Fault.LOST_AFTER);
    GATEWAY.provider.during(
        6108,
        () ->
            GATEWAY.provider.dispute(
                GATEWAY.database.text(
                    "SELECT id FROM provider_operations WHERE doc->>'amount' = '6108'"),
                6108,
                "chargeback"));
    Answer unknown = GATEWAY.pay(6108);
    assertThat(unknown.string("status")).isEqualTo("processing");
    until(
        () ->
            GATEWAY
                .get("/v1/payment_intents/" + unknown.string("id"))
                .string("status")
                .equals("succeeded"));
    String charge =
        GATEWAY.get("/v1/payment_intents/" + unknown.string("id")).string("latest_charge");
    assertThat(money(awaitDispute(charge, "needs_response"))).hasSize(1);
    until(
        () ->
            GATEWAY.database.number(
                    "SELECT count(*) FROM provider_feeds WHERE waiting::text LIKE '%dsp_6108%'")
                == 0);
  }

  @Test
  void evidence_is_not_taken_when_its_time_is_over() {
    String charge = GATEWAY.pay(6109).string("latest_charge");
    Object operation =
        GATEWAY.provider.entries("sandbox.authorize", 6109).getFirst().get("reference");
    long opened = GATEWAY.clock.instant().getEpochSecond() - 1_000;
    GATEWAY.provider.dispute(String.valueOf(operation), 6109, "inquiry", opened, opened + 10);
    Answer dispute = awaitDispute(charge, "warning_needs_response");
    assertThat(details(dispute))
        .containsEntry("due_by", opened + 10)
        .containsEntry("past_due", true);
    String path = PATH + "/" + dispute.string("id");
    assertThat(GATEWAY.post(path, "evidence[customer_name]", "Ada").status()).isEqualTo(400);
    assertThat(GATEWAY.post(path, "evidence[customer_name]", "Ada", "submit", "false").status())
        .isEqualTo(400);
    assertThat(GATEWAY.post(path, "metadata[a]", "b").status()).isEqualTo(200);
  }

  @Test
  void a_dispute_about_nothing_of_ours_holds_nobody_up() {
    GATEWAY.provider.dispute("op_of_somebody_else", 6110, "chargeback");
    String charge = GATEWAY.pay(6111).string("latest_charge");
    GATEWAY.provider.dispute(6111, "chargeback");
    awaitDispute(charge, "needs_response");
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM disputes WHERE reference = ?", "dsp_6110"))
        .isZero();
  }

  @Test
  void files_are_refused_by_name_and_texts_by_length() {
    String charge = GATEWAY.pay(6112).string("latest_charge");
    GATEWAY.provider.dispute(6112, "chargeback");
    String id = awaitDispute(charge, "needs_response").string("id");
    assertThat(GATEWAY.post(PATH + "/" + id, "evidence[receipt]", "file_1").error())
        .containsEntry("param", "evidence[receipt]")
        .containsEntry("code", "parameter_unknown");
    assertThat(GATEWAY.post(PATH + "/" + id, "evidence[customer_name]", "x".repeat(5_001)).error())
        .containsEntry("param", "evidence[customer_name]");
    String[] much = new String[16];
    List<String> names =
        List.of(
            "access_activity_log",
            "cancellation_policy_disclosure",
            "cancellation_rebuttal",
            "duplicate_charge_explanation",
            "product_description",
            "refund_policy_disclosure",
            "refund_refusal_explanation",
            "uncategorized_text");
    for (int i = 0; i < names.size(); i++) {
      much[2 * i] = "evidence[" + names.get(i) + "]";
      much[2 * i + 1] = "x".repeat(19_000);
    }
    assertThat(GATEWAY.post(PATH + "/" + id, much).error()).containsEntry("param", "evidence");
    assertThat(GATEWAY.post(PATH + "/" + id, "evidence[customer_name]", "4242424242424242").error())
        .containsEntry("code", "card_data_not_allowed");
  }

  @Test
  void lists_go_by_charge_and_others_see_nothing() {
    Answer paid = GATEWAY.pay(6113);
    GATEWAY.provider.dispute(6113, "chargeback");
    String id = awaitDispute(paid.string("latest_charge"), "needs_response").string("id");
    assertThat(GATEWAY.get(PATH + "?payment_intent=" + paid.string("id")).data())
        .singleElement()
        .satisfies(each -> assertThat(each).containsEntry("id", id));
    assertThat(GATEWAY.get(PATH + "?charge=ch_none").data()).isEmpty();
    Answer expanded = GATEWAY.get(PATH + "/" + id + "?expand[]=charge&expand[]=payment_intent");
    assertThat(Objects.requireNonNull((Map<?, ?>) expanded.body().get("charge")).get("disputed"))
        .isEqualTo(true);
    for (var key : List.of(GATEWAY.otherKey, GATEWAY.liveKey)) {
      for (String path : List.of(PATH + "/" + id, PATH + "?starting_after=" + id)) {
        Answer hidden =
            GATEWAY.send(
                HttpRequest.newBuilder(GATEWAY.base.resolve(path))
                    .header("Authorization", "Bearer " + key.text()));
        assertThat(hidden.error()).containsEntry("code", "resource_missing");
      }
    }
  }

  private static Answer awaitDispute(String charge, String status) {
    String path = PATH + "?charge=" + charge;
    until(
        () -> {
          List<Map<String, @Nullable Object>> found = GATEWAY.get(path).data();
          return !found.isEmpty() && status.equals(found.getFirst().get("status"));
        });
    return GATEWAY.get(PATH + "/" + GATEWAY.get(path).data().getFirst().get("id"));
  }

  private static Answer await(String id, String status) {
    until(() -> GATEWAY.get(PATH + "/" + id).string("status").equals(status));
    return GATEWAY.get(PATH + "/" + id);
  }

  /** Until the bank's last word on it has been taken in. */
  private static void awaitSequence(String id, String atBank) {
    long last = GATEWAY.provider.sequenceOf(atBank);
    until(
        () ->
            GATEWAY.database.number(
                    "SELECT (doc->>'sequence')::bigint FROM disputes WHERE id = ?", id)
                == last);
  }

  private static List<String> money(Answer dispute) {
    List<?> transactions =
        (List<?>) Objects.requireNonNull(dispute.body().get("balance_transactions"));
    return transactions.stream().map(each -> line((Map<?, ?>) each)).toList();
  }

  private static String line(Map<?, ?> t) {
    return t.get("type")
        + " "
        + t.get("reporting_category")
        + " "
        + t.get("amount")
        + " "
        + t.get("fee")
        + " "
        + t.get("net");
  }

  @SuppressWarnings("unchecked") // the wire's objects are maps
  private static Map<String, @Nullable Object> details(Answer dispute) {
    return (Map<String, @Nullable Object>)
        Objects.requireNonNull(dispute.body().get("evidence_details"));
  }

  private static List<String> eventsOf(String object) {
    String joined =
        GATEWAY.database.text(
            "SELECT string_agg(type, ',' ORDER BY id) FROM events WHERE object = ?", object);
    return List.of(joined.split(","));
  }

  /** What is left on each account; what went to and fro is left out. */
  private static String ledger(String source) {
    return GATEWAY.database.text(
        "SELECT string_agg(ledger_account || ' ' || amount, ', ' ORDER BY ledger_account) FROM"
            + " (SELECT ledger_account, sum(amount) AS amount FROM ledger_lines WHERE source = ?"
            + " GROUP BY ledger_account HAVING sum(amount) <> 0) AS sums",
        source);
  }
}
