package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.disputes.DisputePuller;
import dev.portcullis.gateway.disputes.FeedStore;
import dev.portcullis.gateway.disputes.NoticesAside;
import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disputes that change, stand beside each other, or are not understood. */
class DisputesOverTimeTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final String PATH = "/v1/disputes/";

  @Test
  void the_terms_of_a_later_notice_are_taken_over() {
    String charge = GATEWAY.pay(6301).string("latest_charge");
    String atBank = GATEWAY.provider.dispute(6301, "inquiry");
    String id = awaitDispute(charge, 1).getFirst();
    long later = InstantSource.system().instant().getEpochSecond() + 1_000_000;
    GATEWAY.provider.amend(atBank, "due_by", later, "inquiry");
    until(() -> Objects.equals(details(id).get("due_by"), later));
    assertThat(updates(id)).as("the merchant is told").isEqualTo(1);

    GATEWAY.provider.amend(atBank, "amount", 4_000L, "inquiry");
    GATEWAY.provider.amend(atBank, "reason", "duplicate", "chargeback");
    until(() -> status(id).equals("needs_response"));
    assertThat(dispute(id)).containsEntry("amount", 4_000L).containsEntry("reason", "duplicate");
    assertThat(withdrawn(id)).isEqualTo(-4_000);
    assertThat(refund(charge, "2302").error()).containsEntry("code", "amount_too_large");
    assertThat(refund(charge, "2301").string("status")).isEqualTo("succeeded");

    // What is taken is what the books say, whatever a notice says later.
    GATEWAY.provider.amend(atBank, "amount", 1L, "won");
    until(() -> status(id).equals("won"));
    assertThat(withdrawn(id)).isZero();
    assertThat(refund(charge, "4000").string("status")).isEqualTo("succeeded");
  }

  @ParameterizedTest
  @CsvSource({"6310, 611, 412", "6320, 413, 612"})
  void two_disputes_of_one_charge_block_what_each_of_them_took(long amount, long one, long two) {
    String charge = GATEWAY.pay(amount).string("latest_charge");
    String operation =
        String.valueOf(
            GATEWAY.provider.entries("sandbox.authorize", amount).getFirst().get("reference"));
    String first = GATEWAY.provider.dispute(operation, one, "chargeback");
    String second = GATEWAY.provider.dispute(operation, two, "chargeback");
    List<String> disputes = awaitDispute(charge, 2);
    assertThat(refundable(charge)).isEqualTo(amount - one - two);
    GATEWAY.provider.move(first, "won");
    until(() -> refundable(charge) == amount - two);
    GATEWAY.provider.move(second, "chargeback_under_review");
    until(() -> disputes.stream().anyMatch(id -> status(id).equals("under_review")));
    assertThat(refundable(charge)).isEqualTo(amount - two);
    String tooMuch = Long.toString(amount - two + 1);
    assertThat(refund(charge, tooMuch).error()).containsEntry("code", "amount_too_large");
    GATEWAY.provider.move(second, "lost");
    until(() -> disputes.stream().anyMatch(id -> status(id).equals("lost")));
    assertThat(refund(charge, Long.toString(amount - two)).string("status")).isEqualTo("succeeded");
    assertThat(refund(charge, "1").error()).containsEntry("code", "charge_disputed");
    GATEWAY.provider.move(first, "chargeback");
    until(
        () ->
            GATEWAY.database.number(
                    "SELECT (doc->>'withdrawn')::bigint FROM charges WHERE id = ?", charge)
                == one + two);
    assertThat(refundable(charge)).as("never below zero").isZero();
    assertThat(GATEWAY.get("/v1/charges/" + charge).body()).containsEntry("disputed", true);
  }

  @Test
  void what_is_not_understood_is_put_aside_and_holds_nobody_up() {
    String odd = GATEWAY.pay(6330).string("latest_charge");
    String next = GATEWAY.pay(6331).string("latest_charge");
    String atBank = GATEWAY.provider.dispute(6330, "pre_arbitration");
    GATEWAY.provider.dispute(6331, "chargeback");
    awaitDispute(next, 1);
    assertThat(GATEWAY.get("/v1/disputes?charge=" + odd).data()).isEmpty();
    NoticesAside aside = GATEWAY.context.getBean(NoticesAside.class);
    assertThat(asides("dsp_6330")).isEqualTo(1);
    assertThat(aside.count()).isPositive();
    GATEWAY.provider.amend(atBank, "reason", "a new one", "pre_arbitration");
    until(() -> asides("dsp_6330") == 2);

    // As a program that understands less had left it.
    assertThat(
            GATEWAY.database.number(
                "WITH changed AS (UPDATE dispute_notices_aside SET notice ="
                    + " replace(replace(notice, 'pre_arbitration', 'chargeback'),"
                    + " 'a new one', 'fraudulent') WHERE notice LIKE '%dsp_6330%' RETURNING 1)"
                    + " SELECT count(*) FROM changed"))
        .isEqualTo(2);
    try (DisputePuller program = nextProgram(aside)) {
      until(
          () -> {
            program.pullDue();
            return asides("dsp_6330") == 0;
          });
    }
    assertThat(awaitDispute(odd, 1)).hasSize(1);
  }

  private static DisputePuller nextProgram(NoticesAside aside) {
    return new DisputePuller(
        new FeedStore.Source.Sandbox(),
        Duration.ofMillis(50),
        GATEWAY.context.getBean(FeedStore.class),
        aside,
        GATEWAY.context.getBean(ProviderGate.class),
        GATEWAY.context.getBean(DisputeIntake.class),
        InstantSource.system());
  }

  private static long asides(String reference) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM dispute_notices_aside WHERE notice LIKE '%' || ? || '%'", reference);
  }

  @Test
  void evidence_that_nobody_can_learn_of_any_more_locks_nothing() {
    String charge = GATEWAY.pay(6340).string("latest_charge");
    GATEWAY.provider.dispute(6340, "chargeback");
    String id = awaitDispute(charge, 1).getFirst();
    GATEWAY.provider.fail(6340, Fault.LOST_BEFORE);
    assertThat(GATEWAY.post(PATH + id, "evidence[customer_name]", "Ada").status()).isEqualTo(200);
    assertThat(GATEWAY.post(PATH + id, "evidence[customer_name]", "Eve").status()).isEqualTo(400);
    // A day later it is neither found nor may it be sent again.
    String ofIt = " WHERE object = ? AND doc->>'kind' = 'SUBMIT_EVIDENCE'";
    GATEWAY.database.text(
        "UPDATE provider_operations SET created = created - interval '25 hours', due = now(),"
            + " doc = doc || jsonb_build_object('created', (doc->>'created')::bigint - 90000,"
            + " 'sent_at_ms', (doc->>'sent_at_ms')::bigint - 90000000)"
            + ofIt
            + " RETURNING id",
        id);
    until(
        () ->
            GATEWAY
                .database
                .text("SELECT state FROM provider_operations" + ofIt, id)
                .equals("parked"));
    assertThat(status(id)).isEqualTo("needs_response");
    Answer again = GATEWAY.post(PATH + id, "evidence[customer_name]", "Eve");
    assertThat(again.string("status")).as(again.text()).isEqualTo("under_review");
    assertThat(GATEWAY.provider.entries("sandbox.evidence", 6340)).hasSize(1);
  }

  @Test
  void evidence_may_hold_what_looks_like_a_slot() {
    String charge = GATEWAY.pay(6350).string("latest_charge");
    GATEWAY.provider.dispute(6350, "chargeback");
    String id = awaitDispute(charge, 1).getFirst();
    String typed = "The mail said {{card.number}} and {{literal}}.";
    Answer sent = GATEWAY.post(PATH + id, "evidence[uncategorized_text]", typed);
    assertThat(sent.string("status")).as(sent.text()).isEqualTo("under_review");
    assertThat(Objects.requireNonNull((Map<?, ?>) sent.body().get("evidence")))
        .isEqualTo(dispute(id).get("evidence"))
        .extracting("uncategorized_text")
        .isEqualTo(typed);
    String operation =
        GATEWAY.database.text("SELECT id FROM provider_operations WHERE object = ?", id);
    assertThat(GATEWAY.provider.requests(operation))
        .singleElement()
        .asString()
        .contains("\"{{literal}}" + typed + "\"");
  }

  /** 150,000 characters of four bytes: what an event of a dispute holds at most. */
  @Test
  void an_event_shows_all_the_evidence_there_can_be() {
    String charge = GATEWAY.pay(6360).string("latest_charge");
    GATEWAY.provider.dispute(6360, "chargeback");
    String id = awaitDispute(charge, 1).getFirst();
    List<String> names =
        List.of(
            "access_activity_log",
            "cancellation_policy_disclosure",
            "cancellation_rebuttal",
            "duplicate_charge_explanation",
            "product_description",
            "refund_policy_disclosure",
            "refund_refusal_explanation");
    for (String name : names) {
      staged(id, name, "\uD83D\uDE00".repeat(20_000));
    }
    staged(id, "uncategorized_text", "\uD83D\uDE00".repeat(10_000));
    assertThat(GATEWAY.post(PATH + id, "submit", "false", "evidence[customer_name]", "x").error())
        .containsEntry("param", "evidence");
    String event =
        GATEWAY.database.text(
            "SELECT id FROM events WHERE object = ? ORDER BY id DESC LIMIT 1", id);
    Answer told = GATEWAY.get("/v1/events/" + event);
    assertThat(told.http().body().length).isBetween(600_000, 620_000);
    Map<?, ?> data = Objects.requireNonNull((Map<?, ?>) told.body().get("data"));
    assertThat(Objects.requireNonNull((Map<?, ?>) data.get("object")).get("evidence"))
        .isEqualTo(dispute(id).get("evidence"));
    for (int i = 0; i < 12; i++) {
      GATEWAY.post(PATH + id, "submit", "false", "metadata[i]", Integer.toString(i));
    }
    aPageEndsBeforeItTakesAllOfTheMemory(id);
  }

  /** Both ways through them all, in pages that are no larger than a few of them. */
  private static void aPageEndsBeforeItTakesAllOfTheMemory(String dispute) {
    List<String> all =
        List.of(
            GATEWAY
                .database
                .text(
                    "SELECT string_agg(id, ',' ORDER BY id DESC) FROM events WHERE object = ?"
                        + " AND type = 'charge.dispute.updated'",
                    dispute)
                .split(","));
    assertThat(all).hasSizeGreaterThan(18);
    String list = "/v1/events?limit=100&type=charge.dispute.updated";
    List<String> older = new ArrayList<>();
    Answer page = GATEWAY.get(list);
    int pages = 1;
    older.addAll(ids(page, dispute));
    while (Boolean.TRUE.equals(page.body().get("has_more"))) {
      assertThat(page.http().body().length).isLessThan(8 << 20);
      page = GATEWAY.get(list + "&starting_after=" + page.data().getLast().get("id"));
      pages++;
      older.addAll(ids(page, dispute));
    }
    assertThat(pages).isGreaterThan(2);
    assertThat(older).containsExactlyElementsOf(all);
    Answer newer = GATEWAY.get(list + "&ending_before=" + all.getLast());
    assertThat(newer.body()).containsEntry("has_more", true);
    assertThat(ids(newer, dispute).getLast()).isEqualTo(all.get(all.size() - 2));
  }

  private static List<String> ids(Answer page, String dispute) {
    return page.data().stream()
        .filter(event -> String.valueOf(event.get("data")).contains(dispute))
        .map(event -> String.valueOf(event.get("id")))
        .toList();
  }

  private static void staged(String id, String name, String text) {
    Answer staged = GATEWAY.post(PATH + id, "submit", "false", "evidence[" + name + "]", text);
    assertThat(staged.status()).as(staged.text()).isEqualTo(200);
  }

  private static Answer refund(String charge, String amount) {
    return GATEWAY.post("/v1/refunds", "charge", charge, "amount", amount);
  }

  /** What is refused as too much says how much there is. */
  private static long refundable(String charge) {
    Map<String, @Nullable Object> error = refund(charge, "999999").error();
    return "amount_too_large".equals(error.get("code"))
        ? Long.parseLong(
            String.valueOf(error.get("message")).replaceAll(".*charge \\((\\d+)\\)$", "$1"))
        : 0;
  }

  private static List<String> awaitDispute(String charge, int many) {
    String path = "/v1/disputes?charge=" + charge;
    until(() -> GATEWAY.get(path).data().size() == many);
    return GATEWAY.get(path).data().stream().map(each -> String.valueOf(each.get("id"))).toList();
  }

  private static Map<String, @Nullable Object> dispute(String id) {
    return GATEWAY.get(PATH + id).body();
  }

  private static String status(String id) {
    return String.valueOf(dispute(id).get("status"));
  }

  private static Map<?, ?> details(String id) {
    return Objects.requireNonNull((Map<?, ?>) dispute(id).get("evidence_details"));
  }

  private static long withdrawn(String id) {
    return GATEWAY.database.number(
        "SELECT coalesce(sum((doc::jsonb->>'amount')::bigint), 0) FROM balance_transactions"
            + " WHERE source = ?",
        id);
  }

  private static long updates(String id) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM events WHERE object = ? AND type = 'charge.dispute.updated'", id);
  }
}
