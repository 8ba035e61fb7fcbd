package dev.portcullis.connectors.checkoutcom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckoutComDisputesTest {

  private static final DisputeFeed FEED = new CheckoutComConnector();

  /** As the documentation shows one. */
  private static final String DISPUTE =
      """
      {"id": "dsp_9rjdlsd4epepfjyyf9vl", "category": "fraudulent", "status": "evidence_required",
       "amount": 8150, "currency": "GBP", "reason_code": "10.4",
       "payment_id": "pay_cnhuomagalglgozxy5zm", "payment_action_id": "act_7B15779D173D0W45700D",
       "payment_reference": "op_1", "payment_method": "VISA",
       "evidence_required_by": "2022-12-25T15:20:31+00:00",
       "received_on": "2022-12-15T15:20:30Z", "last_update": "2022-12-15T15:20:31.5042702+00:00"}
      """;

  private static ForwardAnswer page(long skip, long total, String... disputes) {
    return new ForwardAnswer(
        200,
        Json.readObject(
            "{\"limit\": 50, \"skip\": %d, \"total_count\": %d, \"data\": [%s]}"
                .formatted(skip, total, String.join(",", disputes))));
  }

  private static DisputeFeed.Page read(long skip, long total, String... disputes) {
    return FEED.read(DisputeFeed.BEGINNING, page(skip, total, disputes)).orElseThrow();
  }

  @Test
  void oneSaysWhatItIsAboutAndWhenItChanged() {
    assertThat(read(0, 1, DISPUTE))
        .isEqualTo(
            new DisputeFeed.Page(
                List.of(
                    new DisputeNotice(
                        "dsp_9rjdlsd4epepfjyyf9vl",
                        "op_1",
                        Instant.parse("2022-12-15T15:20:31.504Z").toEpochMilli(),
                        Money.of(8_150, "gbp"),
                        "fraudulent",
                        "10.4",
                        Stage.CHARGEBACK,
                        Instant.parse("2022-12-15T15:20:30Z"),
                        Instant.parse("2022-12-25T15:20:31Z"))),
                List.of(),
                DisputeFeed.BEGINNING,
                false));
  }

  @ParameterizedTest
  @CsvSource({
    "evidence_required, CHARGEBACK",
    "evidence_under_review, CHARGEBACK_UNDER_REVIEW",
    "arbitration_under_review, CHARGEBACK_UNDER_REVIEW",
    "resolved, INQUIRY_CLOSED",
    "canceled, WON",
    "won, WON",
    "arbitration_won, WON",
    "accepted, LOST",
    "expired, LOST",
    "lost, LOST",
    "arbitration_lost, LOST"
  })
  void eachStatusHasItsStage(String status, Stage stage) {
    assertThat(read(0, 1, DISPUTE.replace("evidence_required\",", status + "\",")).notices())
        .extracting(DisputeNotice::stage)
        .containsExactly(stage);
  }

  @ParameterizedTest
  @CsvSource({
    "unrecognized, unrecognized",
    "canceled_recurring, subscription_canceled",
    "product_service_not_received, product_not_received",
    "not_as_described, product_unacceptable",
    "credit_not_issued, credit_not_processed",
    "incorrect_amount, general",
    "something_new, general"
  })
  void eachCategoryIsSaidInStripesWords(String category, String reason) {
    assertThat(read(0, 1, DISPUTE.replace("fraudulent", category)).notices())
        .extracting(DisputeNotice::reason)
        .containsExactly(reason);
  }

  @Test
  void pagesAreCountedOffAndTheListIsBegunAnew() {
    assertThat(FEED.disputesAfter(DisputeFeed.BEGINNING).path()).isEqualTo(Map.of("cursor", "0"));
    DisputeFeed.Page first = read(0, 3, DISPUTE, DISPUTE.replace("dsp_9", "dsp_8"));
    assertThat(first.cursor()).isEqualTo("2");
    assertThat(first.more()).isTrue();
    DisputeFeed.Page last = read(2, 3, DISPUTE);
    assertThat(last.cursor()).isEqualTo(DisputeFeed.BEGINNING);
    assertThat(last.more()).isFalse();
    assertThat(read(2, 3).more()).as("the list has become shorter").isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"evidence_required\",",
        "8150",
        "\"GBP\"",
        "\"2022-12-15T15:20:31.5042702+00:00\"",
        "\"2022-12-15T15:20:30Z\"",
        "\"dsp_9rjdlsd4epepfjyyf9vl\""
      })
  void whatIsNotUnderstoodIsPutAsideAndHoldsNobodyUp(String member) {
    String odd = DISPUTE.replace(member, member.endsWith(",") ? "\"pondered\"," : "[]");
    DisputeFeed.Page page = read(0, 2, odd, DISPUTE.replace("dsp_9", "dsp_8"));
    assertThat(page.notices()).hasSize(1);
    assertThat(page.unread()).hasSize(1);
    assertThat(FEED.readAgain(page.unread().getFirst())).isEmpty();
    assertThat(FEED.readAgain(Json.readObject(DISPUTE))).isPresent();
  }

  @Test
  void oneOfAnotherShopIsNobodysAndWhatIsNoPageIsNone() {
    assertThat(read(0, 1, DISPUTE.replace("\"op_1\"", "\"ORD 5023\"")))
        .isEqualTo(new DisputeFeed.Page(List.of(), List.of(), DisputeFeed.BEGINNING, false));
    assertThat(FEED.read(DisputeFeed.BEGINNING, new ForwardAnswer(500, Map.of()))).isEmpty();
    assertThat(FEED.read(DisputeFeed.BEGINNING, new ForwardAnswer(200, null))).isEmpty();
    Map<String, ?> whole = Objects.requireNonNull(page(0, 1, DISPUTE).body());
    assertThat(whole.keySet()).contains("skip");
    assertThat(FEED.read(DisputeFeed.BEGINNING, new ForwardAnswer(200, Map.of("data", List.of()))))
        .isEmpty();
  }
}
