package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What moved the balance, over HTTP. */
class BalanceTransactionsTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final String PATH = "/v1/balance_transactions";

  @Test
  void a_charge_is_booked_with_its_fee() {
    Answer paid = GATEWAY.pay(5101, "description", "socks");
    Answer charge = charge(paid);
    Answer booked = GATEWAY.get(PATH + "/" + charge.string("balance_transaction"));
    assertThat(booked.body())
        .containsEntry("object", "balance_transaction")
        .containsEntry("amount", 5_101L)
        .containsEntry("fee", 178L)
        .containsEntry("net", 4_923L)
        .containsEntry("currency", "usd")
        .containsEntry("type", "charge")
        .containsEntry("reporting_category", "charge")
        .containsEntry("status", "pending")
        .containsEntry("description", "socks")
        .containsEntry("exchange_rate", null)
        .containsEntry("source", charge.string("id"));
    List<?> details = (List<?>) Objects.requireNonNull(booked.body().get("fee_details"));
    Map<?, ?> detail = (Map<?, ?>) Objects.requireNonNull(details.getFirst());
    assertThat(detail.get("amount")).isEqualTo(178L);
    assertThat(detail.get("currency")).isEqualTo("usd");
    assertThat(detail.get("type")).isEqualTo("stripe_fee");
    long created = (Long) Objects.requireNonNull(booked.body().get("created"));
    assertThat(booked.body()).containsEntry("available_on", (created / 86_400 + 2) * 86_400);
    assertThat(ledger(charge.string("id")))
        .isEqualTo("merchant_balance -4923, processing_fees -178, provider_receivable 5101");
  }

  @Test
  void money_that_the_provider_gives_at_once_is_available_at_once() {
    GATEWAY.provider.misreport(5_177, "funds_available", true);
    Answer paid = GATEWAY.pay(5177);
    availableAtOnce(paid);
    Answer reserved = GATEWAY.pay(5177, "capture_method", "manual");
    availableAtOnce(GATEWAY.post("/v1/payment_intents/" + reserved.string("id") + "/capture"));
    assertThat(GATEWAY.get("/v1/charges/" + paid.string("latest_charge")).text())
        .doesNotContain("available_at_once");
  }

  private static void availableAtOnce(Answer paid) {
    Answer charge =
        GATEWAY.get(
            "/v1/charges/" + paid.string("latest_charge") + "?expand[]=balance_transaction");
    Map<?, ?> booked = (Map<?, ?>) Objects.requireNonNull(charge.body().get("balance_transaction"));
    assertThat(booked.get("status")).isEqualTo("available");
    assertThat(booked.get("available_on")).isEqualTo(booked.get("created"));
  }

  @Test
  void a_partial_capture_and_two_refunds_are_booked_one_by_one() {
    Answer reserved = GATEWAY.pay(5102, "capture_method", "manual");
    assertThat(charge(reserved).body()).containsEntry("balance_transaction", null);
    GATEWAY.post(
        "/v1/payment_intents/" + reserved.string("id") + "/capture", "amount_to_capture", "1000");
    String charge = reserved.string("latest_charge");
    Answer first = GATEWAY.post("/v1/refunds", "charge", charge, "amount", "300");
    Answer second = GATEWAY.post("/v1/refunds", "charge", charge);
    assertThat(booked(charge)).containsExactly("charge 1000 59 941");
    assertThat(booked(first.string("id"))).containsExactly("refund -300 0 -300");
    assertThat(booked(second.string("id"))).containsExactly("refund -700 0 -700");
    Answer refund =
        GATEWAY.get("/v1/refunds/" + first.string("id") + "?expand[]=balance_transaction.source");
    Map<?, ?> transaction = (Map<?, ?>) refund.body().get("balance_transaction");
    assertThat(Objects.requireNonNull(transaction).get("status")).isEqualTo("available");
    assertThat(((Map<?, ?>) Objects.requireNonNull(transaction.get("source"))).get("id"))
        .isEqualTo(first.string("id"));
  }

  @Test
  void a_currency_without_decimals_and_one_with_three() {
    assertThat(booked(GATEWAY.pay(5103, "currency", "jpy").string("latest_charge")))
        .containsExactly("charge 5103 178 4925");
    assertThat(booked(GATEWAY.pay(51030, "currency", "kwd").string("latest_charge")))
        .containsExactly("charge 51030 1780 49250");
    assertThat(GATEWAY.get(PATH + "?currency=KWD").data())
        .isNotEmpty()
        .allSatisfy(t -> assertThat(t).containsEntry("currency", "kwd"));
  }

  @Test
  void what_fails_is_not_booked() {
    GATEWAY.provider.decide(5104, "insufficient_funds");
    Answer declined = GATEWAY.pay(5104);
    String charge = String.valueOf(declined.error().get("charge"));
    assertThat(booked(charge)).isEmpty();
    GATEWAY.provider.decide(413, "do_not_honor");
    String paid = GATEWAY.pay(5105).string("latest_charge");
    Answer failed = GATEWAY.post("/v1/refunds", "charge", paid, "amount", "413");
    assertThat(failed.body())
        .containsEntry("status", "failed")
        .containsEntry("balance_transaction", null);
    assertThat(booked(failed.string("id"))).isEmpty();
  }

  @Test
  void it_stands_in_place_of_its_id_behind_an_intent() {
    Answer paid = GATEWAY.pay(5106, "expand[]", "latest_charge.balance_transaction");
    Map<?, ?> charge = (Map<?, ?>) Objects.requireNonNull(paid.body().get("latest_charge"));
    Map<?, ?> booked = (Map<?, ?>) Objects.requireNonNull(charge.get("balance_transaction"));
    assertThat(booked.get("net")).isEqualTo(4_928L);
    Answer listed = GATEWAY.get(PATH + "?source=" + charge.get("id") + "&expand[]=data.source");
    assertThat((Map<?, ?>) listed.data().getFirst().get("source"))
        .satisfies(
            source -> assertThat(Objects.requireNonNull(source).get("object")).isEqualTo("charge"));
  }

  @Test
  void lists_go_by_type_and_pages_and_what_there_is_not_is_refused() {
    String paid = GATEWAY.pay(5107).string("latest_charge");
    GATEWAY.post("/v1/refunds", "charge", paid);
    Answer page = GATEWAY.get(PATH + "?type=refund&limit=1");
    assertThat(page.data())
        .singleElement()
        .satisfies(t -> assertThat(t).containsEntry("type", "refund"));
    String cursor = String.valueOf(page.data().getFirst().get("id"));
    assertThat(GATEWAY.get(PATH + "?limit=1&starting_after=" + cursor).data())
        .singleElement()
        .satisfies(t -> assertThat(String.valueOf(t.get("id"))).isLessThan(cursor));
    assertThat(GATEWAY.get(PATH + "?payout=po_1").error()).containsEntry("param", "payout");
    assertThat(GATEWAY.get(PATH + "?type=payout").error()).containsEntry("param", "type");
    assertThat(GATEWAY.get(PATH + "?starting_after=txn_none").error())
        .containsEntry("param", "starting_after");
    assertThat(GATEWAY.get(PATH + "/txn_none").status()).isEqualTo(404);
    assertThat(
            GATEWAY
                .send(
                    java.net.http.HttpRequest.newBuilder(GATEWAY.base.resolve(PATH + "/" + cursor))
                        .header("Authorization", "Bearer " + GATEWAY.otherKey.text()))
                .status())
        .isEqualTo(404);
  }

  @Test
  void the_transactions_add_up_to_the_merchants_book() {
    String paid = GATEWAY.pay(5108).string("latest_charge");
    GATEWAY.post("/v1/refunds", "charge", paid, "amount", "8");
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM (SELECT account, livemode, currency FROM ledger_lines GROUP"
                    + " BY account, livemode, currency HAVING sum(amount) <> 0) AS unbalanced"))
        .isZero();
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM (SELECT account, livemode, source, sum(net) AS net FROM"
                    + " (SELECT account, livemode, source,"
                    + " (doc::jsonb->>'amount')::bigint - (doc::jsonb->>'fee')::bigint AS net"
                    + " FROM balance_transactions UNION ALL"
                    + " SELECT account, livemode, source, amount FROM ledger_lines"
                    + " WHERE ledger_account = 'merchant_balance') AS booked"
                    + " GROUP BY account, livemode, source HAVING sum(net) <> 0) AS different"))
        .isZero();
  }

  private static Answer charge(Answer paid) {
    return GATEWAY.get("/v1/charges/" + paid.string("latest_charge"));
  }

  private static List<String> booked(String source) {
    return GATEWAY.get(PATH + "?source=" + source).data().stream()
        .map(BalanceTransactionsTest::line)
        .toList();
  }

  private static String line(Map<String, @Nullable Object> t) {
    return t.get("type") + " " + t.get("amount") + " " + t.get("fee") + " " + t.get("net");
  }

  private static String ledger(String source) {
    return GATEWAY.database.text(
        "SELECT string_agg(ledger_account || ' ' || amount, ', ' ORDER BY ledger_account)"
            + " FROM ledger_lines WHERE source = ?",
        source);
  }
}
