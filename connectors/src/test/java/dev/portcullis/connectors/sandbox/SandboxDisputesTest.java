package dev.portcullis.connectors.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The sandbox's disputes: what is asked and what is understood. */
class SandboxDisputesTest {
  private static final DisputeFeed FEED = (DisputeFeed) Connectors.find("sandbox").orElseThrow();

  private static Map<String, @Nullable Object> dispute() {
    Map<String, @Nullable Object> dispute = new LinkedHashMap<>();
    dispute.put("id", "dsp_1");
    dispute.put("operation", "op_1");
    dispute.put("sequence", 7L);
    dispute.put("amount", 1_999L);
    dispute.put("currency", "usd");
    dispute.put("reason", "fraudulent");
    dispute.put("network_reason_code", "10.4");
    dispute.put("stage", "chargeback_under_review");
    dispute.put("opened", 1_000L);
    dispute.put("due_by", 2_000L);
    return dispute;
  }

  private static ForwardAnswer page(Object disputes) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("disputes", disputes);
    body.put("cursor", "7");
    body.put("more", true);
    return new ForwardAnswer(200, body);
  }

  @Test
  void aPageIsRead() {
    assertThat(FEED.disputesAfter(DisputeFeed.BEGINNING))
        .isEqualTo(new ForwardRequest("sandbox.disputes", Map.of("cursor", "0"), null));
    assertThat(FEED.read(DisputeFeed.BEGINNING, page(List.of(dispute()))))
        .contains(
            new DisputeFeed.Page(
                List.of(
                    new DisputeNotice(
                        "dsp_1",
                        "op_1",
                        7,
                        Money.of(1_999, "usd"),
                        "fraudulent",
                        "10.4",
                        DisputeNotice.Stage.CHARGEBACK_UNDER_REVIEW,
                        Instant.ofEpochSecond(1_000),
                        Instant.ofEpochSecond(2_000))),
                List.of(),
                "7",
                true));
  }

  @Provide
  Arbitrary<Object> nonsense() {
    return Arbitraries.of(
        -1L, 0L, Long.MAX_VALUE, "", "x y", "NONE", true, List.of(), Map.of(), 1.5);
  }

  /**
   * A notice that is half right could take or give back the wrong money, so none of it is used; the
   * notices beside it are.
   */
  @Property
  void onePartThatIsNotUnderstoodPutsTheNoticeAside(@ForAll("nonsense") Object wrong) {
    for (String name :
        List.of("id", "operation", "sequence", "amount", "currency", "stage", "opened", "due_by")) {
      Map<String, @Nullable Object> dispute = dispute();
      boolean right =
          wrong instanceof Long number
              && number >= 0
              && (List.of("opened", "due_by").contains(name) ? number == 0 : number > 0)
              && List.of("sequence", "amount", "opened", "due_by").contains(name);
      dispute.put(name, wrong);
      boolean word = "NONE".equals(wrong) && List.of("id", "operation").contains(name);
      DisputeFeed.Page page =
          FEED.read(DisputeFeed.BEGINNING, page(List.of(dispute(), dispute))).orElseThrow();
      boolean understood = right || word;
      assertThat(page.notices()).as("%s is %s", name, wrong).hasSize(understood ? 2 : 1);
      assertThat(page.unread()).hasSize(understood ? 0 : 1);
      assertThat(FEED.readAgain(dispute).isPresent()).isEqualTo(understood);
      dispute.remove(name);
      page = FEED.read(DisputeFeed.BEGINNING, page(List.of(dispute))).orElseThrow();
      assertThat(page.notices()).isEmpty();
      assertThat(page.unread()).isEqualTo(List.of(dispute));
    }
  }

  @Test
  void anAnswerThatIsNoPageIsUnread() {
    assertThat(FEED.read(DisputeFeed.BEGINNING, new ForwardAnswer(200, null))).isEmpty();
    assertThat(FEED.read(DisputeFeed.BEGINNING, new ForwardAnswer(500, page(List.of()).body())))
        .isEmpty();
    assertThat(FEED.read(DisputeFeed.BEGINNING, page(Map.of()))).isEmpty();
    assertThat(FEED.read(DisputeFeed.BEGINNING, page(List.of("x"))).orElseThrow().unread())
        .isEqualTo(List.of("x"));
    assertThat(FEED.readAgain(null)).isEmpty();
    assertThat(FEED.read(DisputeFeed.BEGINNING, page(List.of()))).isPresent();
  }

  @Test
  void evidenceIsSentInItsOrderAndSaysNothingInLogs() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("customer_name", "Ada");
    texts.put("access_activity_log", "yes");
    ProviderOperation.SubmitEvidence submit =
        new ProviderOperation.SubmitEvidence("op_2", "dsp_1", false, texts);
    ForwardRequest request = Connectors.find("sandbox").orElseThrow().request(submit);
    assertThat(request.operation()).isEqualTo("sandbox.evidence");
    assertThat(request.path()).isEqualTo(Map.of("id", "dsp_1"));
    assertThat(String.valueOf(request.body()))
        .isEqualTo("{reference=op_2, evidence={customer_name=Ada, access_activity_log=yes}}");
    ProviderOperation.SubmitEvidence braces =
        new ProviderOperation.SubmitEvidence(
            "op_4",
            "dsp_1",
            false,
            Map.of("uncategorized_text", "our template was {{card.number}}"));
    assertThat(Connectors.find("sandbox").orElseThrow().request(braces).body())
        .containsEntry(
            "evidence",
            Map.of("uncategorized_text", "{{literal}}our template was {{card.number}}"));
    assertThat(submit.toString()).doesNotContain("Ada");
    assertThat(
            Connectors.find("sandbox")
                .orElseThrow()
                .request(new ProviderOperation.AcceptDispute("op_3", "dsp_1")))
        .isEqualTo(
            new ForwardRequest(
                "sandbox.accept", Map.of("id", "dsp_1"), Map.of("reference", "op_3")));
  }
}
