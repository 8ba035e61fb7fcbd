package dev.portcullis.connectors.paypal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayPalDisputesTest {

  private static final DisputeFeed FEED = new PayPalConnector();

  /** As the documentation shows one, of a card. */
  private static final String DISPUTE =
      """
      {"dispute_id": "PP-D-4012", "create_time": "2019-04-11T04:18:00.000Z",
       "update_time": "2019-04-21T04:19:08.000Z",
       "disputed_transactions": [{"seller_transaction_id": "3BC38643YC807283D",
         "invoice_number": "op-1", "custom": "op_1"}],
       "reason": "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED", "status": "UNDER_REVIEW",
       "dispute_amount": {"currency_code": "USD", "value": "96.00"},
       "external_reason_code": "13.3", "dispute_life_cycle_stage": "CHARGEBACK",
       "dispute_channel": "EXTERNAL", "seller_response_due_date": "2019-05-01T04:18:00.000Z"}
      """;

  private static final String OF_ONE = "0_0_1_0_PP-D-4012";

  private static ForwardAnswer answer(String body) {
    return new ForwardAnswer(200, Json.readObject(body));
  }

  private static String listed(boolean more, String... ids) {
    List<String> items = new ArrayList<>();
    for (String id : ids) {
      items.add(
          "{\"dispute_id\": \"%s\", \"update_time\": \"2019-04-21T23:59:08.000Z\"}".formatted(id));
    }
    return "{\"items\": [%s], \"links\": [%s]}"
        .formatted(String.join(",", items), more ? "{\"rel\": \"next\", \"href\": \"x\"}" : "");
  }

  private static DisputeFeed.Page read(String cursor, String body) {
    return FEED.read(cursor, answer(body)).orElseThrow();
  }

  @Test
  void oneSaysWhatItIsAboutAndWhenItChanged() {
    DisputeFeed.Page page = read(OF_ONE, DISPUTE);
    assertThat(page.notices())
        .containsExactly(
            new DisputeNotice(
                "PP-D-4012",
                "op_1",
                Instant.parse("2019-04-21T04:19:08Z").toEpochMilli(),
                Money.of(9_600, "usd"),
                "product_unacceptable",
                "13.3",
                Stage.CHARGEBACK_UNDER_REVIEW,
                Instant.parse("2019-04-11T04:18:00Z"),
                Instant.parse("2019-05-01T04:18:00Z")));
    assertThat(page.more()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN, INQUIRY, , INQUIRY",
    "WAITING_FOR_BUYER_RESPONSE, INQUIRY, , INQUIRY_UNDER_REVIEW",
    "UNDER_REVIEW, INQUIRY, , INQUIRY_UNDER_REVIEW",
    "RESOLVED, INQUIRY, CANCELED_BY_BUYER, INQUIRY_CLOSED",
    "RESOLVED, INQUIRY, RESOLVED_BUYER_FAVOUR, LOST",
    "WAITING_FOR_SELLER_RESPONSE, CHARGEBACK, , CHARGEBACK",
    "OTHER, PRE_ARBITRATION, , CHARGEBACK",
    "UNDER_REVIEW, ARBITRATION, , CHARGEBACK_UNDER_REVIEW",
    "RESOLVED, CHARGEBACK, RESOLVED_SELLER_FAVOUR, WON",
    "RESOLVED, CHARGEBACK, RESOLVED_WITH_PAYOUT, WON",
    "RESOLVED, CHARGEBACK, DENIED, WON",
    "RESOLVED, ARBITRATION, ACCEPTED, LOST"
  })
  void eachStatusIsAStage(String status, String cycle, @Nullable String outcome, Stage stage) {
    Map<String, @Nullable Object> dispute = changed("status", status);
    dispute.put("dispute_life_cycle_stage", cycle);
    if (outcome != null) {
      dispute.put("dispute_outcome", Map.of("outcome_code", outcome));
    }
    DisputeNotice notice = FEED.readAgain(dispute).orElseThrow();
    assertThat(notice.stage()).isEqualTo(stage);
    assertThat(notice.amount()).isEqualTo(Money.of(9_600, "usd"));
  }

  @Test
  void whoLosesAPartLosesThatPart() {
    Map<String, @Nullable Object> dispute = changed("status", "RESOLVED");
    dispute.put(
        "dispute_outcome",
        Map.of(
            "outcome_code",
            "RESOLVED_BUYER_FAVOUR",
            "amount_refunded",
            Map.of("currency_code", "USD", "value", "40.50")));
    assertThat(FEED.readAgain(dispute).orElseThrow().amount()).isEqualTo(Money.of(4_050, "usd"));
  }

  @Test
  void eachPageIsFollowedByItsDisputesAndTheLastByTheNewOnes() {
    ForwardRequest first = FEED.disputesAfter(DisputeFeed.BEGINNING);
    assertThat(first.operation()).isEqualTo("paypal.disputes");
    assertThat(first.path()).isEqualTo(Map.of("page", "1"));
    String cursor = DisputeFeed.BEGINNING;
    List<String> asked = new ArrayList<>();
    for (String page : List.of(listed(true, "PP-D-3", "PP-D-2"), listed(false, "PP-D-1"))) {
      DisputeFeed.Page list = read(cursor, page);
      while (list.more() && FEED.disputesAfter(list.cursor()).operation().endsWith("dispute")) {
        String id = FEED.disputesAfter(list.cursor()).path().get("dispute");
        asked.add(id);
        list = read(list.cursor(), DISPUTE.replace("PP-D-4012", Objects.requireNonNull(id)));
        assertThat(list.notices()).hasSize(1);
      }
      cursor = list.cursor();
      assertThat(list.more()).isEqualTo(asked.size() < 3);
    }
    assertThat(asked).as("the oldest first").containsExactly("PP-D-2", "PP-D-3", "PP-D-1");
    ForwardRequest again = FEED.disputesAfter(cursor);
    assertThat(again.operation()).isEqualTo("paypal.disputes_since");
    assertThat(again.path()).isEqualTo(Map.of("page", "1", "day", "2019-04-20"));
    DisputeFeed.Page nothing = read(cursor, "{\"links\": []}");
    assertThat(nothing.more()).isFalse();
    assertThat(nothing.cursor()).as("from the same day").isEqualTo(cursor);
  }

  /** One of them may be ours, and it is not said how much of the sum is. */
  @Test
  void oneAboutSeveralPaymentsIsAPersons() {
    String several =
        DISPUTE.replace(
            "\"disputed_transactions\": [",
            "\"disputed_transactions\": [{\"seller_transaction_id\": \"7D3BC\"}, ");
    DisputeFeed.Page page = read(OF_ONE, several);
    assertThat(page.notices()).isEmpty();
    assertThat(page.unread()).containsExactly(Json.readObject(several));
  }

  @Test
  void whereTheListEndsBeforeTheDisputesAPersonIsTold() {
    assertThat(read("0_0_49_0", listed(true, "PP-D-1")).unread()).isEmpty();
    assertThat(read("0_0_50_0", listed(false, "PP-D-1")).unread()).isEmpty();
    DisputeFeed.Page last = read("0_0_50_0", listed(true, "PP-D-1"));
    assertThat(last.unread()).hasSize(1);
    assertThat(FEED.readAgain(last.unread().getFirst())).isEmpty();
  }

  @Test
  void aDayThatIsTooLongAgoIsTheBeginning() {
    DisputeFeed.Page page =
        FEED.read("2019-04-20_0_1_0", new ForwardAnswer(400, Map.of())).orElseThrow();
    assertThat(page.cursor()).isEqualTo(DisputeFeed.BEGINNING);
    assertThat(page.more()).isTrue();
    assertThat(FEED.read(DisputeFeed.BEGINNING, new ForwardAnswer(400, Map.of()))).isEmpty();
  }

  @Test
  void oneThatIsNoneOfOursIsPassedOver() {
    DisputeFeed.Page page = read(OF_ONE, DISPUTE.replace(", \"custom\": \"op_1\"", ""));
    assertThat(page.notices()).isEmpty();
    assertThat(page.unread()).isEmpty();
    assertThat(FEED.read(OF_ONE, new ForwardAnswer(404, Map.of())).orElseThrow().cursor())
        .as("and one that is gone")
        .isEqualTo(page.cursor());
    assertThat(FEED.read(OF_ONE, answer(DISPUTE.replace("4012", "4013")))).isEmpty();
    assertThat(FEED.read(OF_ONE, new ForwardAnswer(500, Map.of()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "dispute_life_cycle_stage",
        "dispute_amount",
        "create_time",
        "update_time"
      })
  void whatIsNotUnderstoodIsPutAside(String member) {
    Map<String, @Nullable Object> dispute = changed(member, "-");
    DisputeFeed.Page page = FEED.read(OF_ONE, new ForwardAnswer(200, dispute)).orElseThrow();
    assertThat(page.notices()).isEmpty();
    assertThat(page.unread()).isEqualTo(List.of(dispute));
    assertThat(FEED.readAgain(dispute)).isEmpty();
  }

  @Test
  void whatPayPalDecidedWithoutAWordIsPutAside() {
    assertThat(FEED.readAgain(changed("status", "RESOLVED"))).isEmpty();
  }

  private static Map<String, @Nullable Object> changed(String member, Object value) {
    Map<String, @Nullable Object> dispute = new HashMap<>(Json.readObject(DISPUTE));
    dispute.put(member, value);
    return dispute;
  }
}
