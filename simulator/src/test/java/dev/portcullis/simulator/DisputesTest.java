package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cards whose charges are disputed, the feed of disputes, and what banks make of evidence. */
class DisputesTest {
  private static final String FRAUDULENT = "4000000000000259";
  private static final String INQUIRY = "4000000000001976";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "4000000000000259, chargeback, fraudulent, 10.4",
    "4000000000002685, chargeback, product_not_received, 13.1",
    "4000000000001976, inquiry, fraudulent, 10.4"
  })
  void aCapturedChargeIsDisputed(String card, String stage, String reason, String code)
      throws IOException {
    try (Rig rig = new Rig(directory)) {
      String taken = Rig.reference();
      pay(rig, taken, card, true);
      String reserved = Rig.reference();
      String id = pay(rig, reserved, card, false).text("id");
      assertThat(feed(rig, 0)).hasSize(1);
      rig.client.capture(id, Rig.reference(), 1_000);
      List<Map<?, ?>> disputes = feed(rig, 0);
      assertThat(disputes).hasSize(2);
      assertThat(text(disputes.getFirst(), "operation")).isEqualTo(taken);
      assertThat(disputes.getFirst().get("amount")).isEqualTo(1_999L);
      Map<?, ?> last = disputes.getLast();
      assertThat(text(last, "operation")).isEqualTo(reserved);
      assertThat(last.get("amount")).isEqualTo(1_000L);
      assertThat(text(last, "stage")).isEqualTo(stage);
      assertThat(text(last, "reason")).isEqualTo(reason);
      assertThat(text(last, "network_reason_code")).isEqualTo(code);
      assertThat(text(last, "id")).startsWith("dsp_");
    }
  }

  @Test
  void otherCardsAndReservationsAreNotDisputed() throws IOException {
    try (Rig rig = new Rig(directory)) {
      pay(rig, Rig.reference(), "4242424242424242", true);
      pay(rig, Rig.reference(), FRAUDULENT, false);
      Map<String, @Nullable Object> verification =
          Client.authorization(Rig.reference(), FRAUDULENT);
      verification.put("amount", 0L);
      rig.client.authorize(verification);
      assertThat(feed(rig, 0)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4000000000000259, winning_evidence, won",
    "4000000000000259, losing_evidence, lost",
    "4000000000000259, They have it., chargeback_under_review",
    "4000000000001976, winning_evidence, inquiry_closed",
    "4000000000001976, They have it., inquiry_under_review",
    "4000000000001976, escalate_inquiry_evidence, chargeback"
  })
  void evidenceDecides(String card, String said, String stage) throws IOException {
    try (Rig rig = new Rig(directory)) {
      pay(rig, Rig.reference(), card, true);
      Map<?, ?> dispute = feed(rig, 0).getFirst();
      String reference = Rig.reference();
      Client.Reply sent = evidence(rig, reference, text(dispute, "id"), said);
      assertThat(sent.get("status")).isEqualTo("approved");
      Map<?, ?> after =
          feed(rig, (Long) Objects.requireNonNull(dispute.get("sequence"))).getFirst();
      assertThat(text(after, "id")).isEqualTo(text(dispute, "id"));
      assertThat(text(after, "stage")).isEqualTo(stage);
      assertThat(evidence(rig, reference, text(dispute, "id"), said).body()).isEqualTo(sent.body());
      assertThat(evidence(rig, reference, text(dispute, "id"), "other").errorCode())
          .isEqualTo("idempotency_mismatch");
      assertThat(rig.client.lookup(reference).body()).isEqualTo(sent.body());
      assertThat(feed(rig, 0)).as("each dispute as it stands, once").hasSize(1);
      if (!stage.equals("chargeback")) {
        assertThat(evidence(rig, Rig.reference(), text(dispute, "id"), "more").errorCode())
            .isEqualTo("dispute_not_open");
      }
    }
  }

  @Test
  void whatIsAcceptedIsLost() throws IOException {
    try (Rig rig = new Rig(directory)) {
      pay(rig, Rig.reference(), FRAUDULENT, true);
      String id = text(feed(rig, 0).getFirst(), "id");
      assertThat(accept(rig, id).get("status")).isEqualTo("approved");
      assertThat(text(feed(rig, 0).getFirst(), "stage")).isEqualTo("lost");
      assertThat(accept(rig, id).errorCode()).isEqualTo("dispute_not_open");
      pay(rig, Rig.reference(), INQUIRY, true);
      assertThat(accept(rig, text(feed(rig, 0).getLast(), "id")).errorCode())
          .isEqualTo("dispute_not_open");
      assertThat(accept(rig, "dsp_00000000nothing").status()).isEqualTo(404);
    }
  }

  @Test
  void evidenceIsTakenForNineDays() throws IOException {
    try (Rig rig = new Rig(directory)) {
      pay(rig, Rig.reference(), FRAUDULENT, true);
      String id = text(feed(rig, 0).getFirst(), "id");
      rig.pass(Duration.ofDays(9).plusSeconds(1));
      assertThat(evidence(rig, Rig.reference(), id, "late").errorCode())
          .isEqualTo("evidence_too_late");
    }
  }

  @Test
  void theFeedGoesByPagesAndSurvivesARestart() throws IOException {
    List<Map<?, ?>> before;
    try (Rig rig = new Rig(directory)) {
      for (int i = 0; i < 60; i++) {
        pay(rig, Rig.reference(), FRAUDULENT, true);
      }
      accept(rig, text(feed(rig, 0).getFirst(), "id"));
      Client.Reply first = page(rig, "0");
      assertThat(first.list("disputes")).hasSize(50);
      assertThat(first.get("more")).isEqualTo(true);
      Client.Reply second = page(rig, first.text("cursor"));
      assertThat(second.list("disputes")).hasSize(10);
      assertThat(second.get("more")).isEqualTo(false);
      assertThat(page(rig, second.text("cursor")).list("disputes")).isEmpty();
      before = all(rig);
      assertThat(before).hasSize(60);
      assertThat(text(before.getLast(), "stage")).isEqualTo("lost");
    }
    try (Rig rig = new Rig(directory)) {
      assertThat(all(rig)).isEqualTo(before);
      pay(rig, Rig.reference(), FRAUDULENT, true);
      long last = (Long) Objects.requireNonNull(before.getLast().get("sequence"));
      assertThat(feed(rig, last)).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"x", "-1", "1234567890123456789"})
  void aPlaceThatIsNoneIsRefused(String place) throws IOException {
    try (Rig rig = new Rig(directory)) {
      assertThat(page(rig, place).status()).isEqualTo(400);
    }
  }

  private static Client.Reply pay(Rig rig, String reference, String card, boolean capture)
      throws IOException {
    Map<String, @Nullable Object> body = Client.authorization(reference, card);
    body.put("capture", capture);
    return rig.client.authorize(body);
  }

  private static Client.Reply evidence(Rig rig, String reference, String id, String said)
      throws IOException {
    return rig.client.post(
        "/sandbox/v1/disputes/" + id + "/evidence",
        Map.of("reference", reference, "evidence", Map.of("uncategorized_text", said)));
  }

  private static Client.Reply accept(Rig rig, String id) throws IOException {
    return rig.client.post(
        "/sandbox/v1/disputes/" + id + "/acceptance", Map.of("reference", Rig.reference()));
  }

  private static Client.Reply page(Rig rig, String place) throws IOException {
    return rig.client.send(
        rig.client.toProvider("/sandbox/v1/disputes/after/" + place).GET().build());
  }

  private static List<Map<?, ?>> feed(Rig rig, long after) throws IOException {
    List<Map<?, ?>> disputes = new ArrayList<>();
    page(rig, Long.toString(after))
        .list("disputes")
        .forEach(each -> disputes.add((Map<?, ?>) Objects.requireNonNull(each)));
    return disputes;
  }

  private static List<Map<?, ?>> all(Rig rig) throws IOException {
    List<Map<?, ?>> all = feed(rig, 0);
    all.addAll(feed(rig, (Long) Objects.requireNonNull(all.getLast().get("sequence"))));
    return all;
  }

  private static String text(Map<?, ?> map, String name) {
    return String.valueOf(map.get(name));
  }
}
