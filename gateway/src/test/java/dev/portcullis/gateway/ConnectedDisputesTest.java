package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.disputes.DisputePuller;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Disputes at a provider that the account has connected: read from its list, and answered there.
 */
class ConnectedDisputesTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  /** What Stripe lists, the newest first, in pages of one. */
  private static final AtomicReference<List<Map<String, Object>>> LISTED =
      new AtomicReference<>(List.of());

  private static final Map<String, Map<String, @Nullable Object>> SENT = new ConcurrentHashMap<>();

  @BeforeAll
  static void connect() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    Answer added =
        PEOPLE.call(
            "POST",
            "providers",
            PEOPLE.token("margaret"),
            Map.of(
                "account",
                "acct_first",
                "name",
                "stripe_shop",
                "connector",
                "stripe",
                "fee_dispute",
                1_500L));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    GATEWAY.provider.script("stripe.authorize", ConnectedDisputesTest::paid);
    GATEWAY.provider.script("stripe.disputes", _ -> page(0));
    GATEWAY.provider.script(
        "stripe.disputes_after",
        command -> {
          String cursor = String.valueOf(path(command).get("cursor"));
          List<Map<String, Object>> all = LISTED.get();
          int at = all.stream().map(each -> each.get("id")).toList().indexOf(cursor);
          return page(at + 1);
        });
    GATEWAY.provider.script("stripe.evidence", command -> answered("evidence", command));
    GATEWAY.provider.script("stripe.accept", command -> answered("accept", command));
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Map<?, ?> path(Map<String, @Nullable Object> command) {
    return (Map<?, ?>) Objects.requireNonNull(command.get("path"));
  }

  private static Map<String, Object> page(int from) {
    List<Map<String, Object>> all = LISTED.get();
    return Map.of(
        "data", all.stream().skip(from).limit(1).toList(), "has_more", all.size() > from + 1);
  }

  private static Map<String, Object> paid(Map<String, @Nullable Object> command) {
    SENT.put("authorize", command);
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(command.get("body"));
    String operation = String.valueOf(command.get("operation_id"));
    return Map.of(
        "id", "pi_" + operation.substring(3),
        "status", "succeeded",
        "amount", Objects.requireNonNull(body.get("amount")),
        "amount_received", Objects.requireNonNull(body.get("amount")),
        "currency", Objects.requireNonNull(body.get("currency")),
        "metadata", Map.of("operation", operation));
  }

  private static Map<String, Object> answered(String what, Map<String, @Nullable Object> command) {
    SENT.put(what, command);
    return Map.of(
        "id", Objects.requireNonNull(path(command).get("dispute")),
        "status", what.equals("accept") ? "lost" : "under_review",
        "metadata", Map.of("answered", String.valueOf(command.get("operation_id"))));
  }

  private static String pay(long amount) {
    return GATEWAY.paid(amount, "currency", "eur");
  }

  private static String operation() {
    return String.valueOf(Objects.requireNonNull(SENT.get("authorize")).get("operation_id"));
  }

  private static Map<String, Object> dispute(
      String id, @Nullable String operation, long amount, String status) {
    Map<String, Object> dispute = new LinkedHashMap<>();
    dispute.put("id", id);
    dispute.put("amount", amount);
    dispute.put("currency", "eur");
    dispute.put("created", GATEWAY.clock.instant().getEpochSecond());
    dispute.put(
        "evidence_details",
        Map.of("due_by", GATEWAY.clock.instant().plusSeconds(864_000).getEpochSecond()));
    dispute.put("reason", "fraudulent");
    dispute.put("network_reason_code", "10.4");
    dispute.put("status", status);
    dispute.put(
        "payment_intent",
        operation == null
            ? Map.of("metadata", Map.of())
            : Map.of("metadata", Map.of("operation", operation)));
    return dispute;
  }

  private static Map<String, @Nullable Object> shown(String intent) {
    List<Map<String, @Nullable Object>> all =
        GATEWAY.get("/v1/disputes?payment_intent=" + intent).data();
    assertThat(all).hasSizeLessThan(2);
    return all.isEmpty() ? new LinkedHashMap<>() : all.getFirst();
  }

  private static void stands(String intent, String status) {
    Eventually.until(() -> status.equals(shown(intent).get("status")));
  }

  @Test
  void aDisputeIsReadFromTheWholeListAndAnsweredWhereItIs() {
    String intent = pay(7_301);
    String operation = operation();
    LISTED.set(
        List.of(
            dispute("du_elsewhere", null, 100, "needs_response"),
            dispute("du_odd", operation, 7_301, "pondered"),
            dispute("du_ours", operation, 7_301, "needs_response")));
    stands(intent, "needs_response");
    Map<String, @Nullable Object> dispute = shown(intent);
    assertThat(dispute)
        .containsEntry("amount", 7_301L)
        .containsEntry("reason", "fraudulent")
        .containsEntry("network_reason_code", "10.4");
    assertThat(GATEWAY.database.number("SELECT count(*) FROM dispute_notices_aside"))
        .as("what is not understood waits for a later version")
        .isEqualTo(1);
    assertThat(
            GATEWAY.database.number("SELECT count(*) FROM disputes WHERE doc->>'amount' = '100'"))
        .as("one about a payment that was made elsewhere is nobody's")
        .isZero();
    String id = String.valueOf(dispute.get("id"));
    Answer evidence =
        GATEWAY.post(
            "/v1/disputes/" + id,
            "evidence[uncategorized_text]",
            "It was Jenny.",
            "submit",
            "true");
    assertThat(evidence.status()).as(evidence.text()).isEqualTo(200);
    Map<String, @Nullable Object> sent = Objects.requireNonNull(SENT.get("evidence"));
    assertThat(path(sent).get("dispute")).isEqualTo("du_ours");
    assertThat(sent.get("body"))
        .isEqualTo(
            Map.of(
                "evidence",
                Map.of("uncategorized_text", "It was Jenny."),
                "metadata",
                Map.of("answered", String.valueOf(sent.get("operation_id")))));
    LISTED.set(List.of(dispute("du_ours", operation, 7_301, "under_review")));
    stands(intent, "under_review");
    LISTED.set(List.of(dispute("du_ours", operation, 7_301, "won")));
    stands(intent, "won");
  }

  @Test
  void whoeverAcceptsTellsTheProviderThatHasIt() {
    String intent = pay(7_302);
    String operation = operation();
    LISTED.set(List.of(dispute("du_given_up", operation, 7_302, "needs_response")));
    stands(intent, "needs_response");
    Answer closed = GATEWAY.post("/v1/disputes/" + shown(intent).get("id") + "/close");
    assertThat(closed.status()).as(closed.text()).isEqualTo(200);
    assertThat(path(Objects.requireNonNull(SENT.get("accept"))).get("dispute"))
        .isEqualTo("du_given_up");
    LISTED.set(List.of(dispute("du_given_up", operation, 7_302, "lost")));
    stands(intent, "lost");
  }

  private static long moved(String dispute) {
    return GATEWAY.database.number(
        "SELECT coalesce(sum((doc::jsonb->>'amount')::bigint), 0) FROM balance_transactions"
            + " WHERE source = ?",
        dispute);
  }

  private static List<String> told(String dispute) {
    return GATEWAY.get("/v1/events?limit=100").data().stream()
        .filter(event -> String.valueOf(event.get("data")).contains(dispute))
        .map(event -> String.valueOf(event.get("type")).replace("charge.dispute.", ""))
        .toList()
        .reversed();
  }

  private static Map<String, Object> with(
      Map<String, Object> dispute, String member, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(dispute);
    changed.put(member, value);
    return changed;
  }

  /** At the same stage; what is taken is booked as it is. */
  @Test
  void changedTermsAreTaken() {
    String intent = pay(7_303);
    Map<String, Object> first = dispute("du_changing", operation(), 7_303, "needs_response");
    LISTED.set(List.of(first));
    stands(intent, "needs_response");
    String id = String.valueOf(shown(intent).get("id"));
    long due = GATEWAY.clock.instant().getEpochSecond() + 1_000_000;
    LISTED.set(List.of(with(first, "evidence_details", Map.of("due_by", due))));
    Eventually.until(
        () ->
            shown(intent).get("evidence_details") instanceof Map<?, ?> details
                && Long.valueOf(due).equals(details.get("due_by")));
    LISTED.set(List.of(with(first, "amount", 4_000L)));
    Eventually.until(() -> Long.valueOf(4_000).equals(shown(intent).get("amount")));
    Eventually.until(() -> moved(id) == -4_000);
    LISTED.set(List.of(with(with(first, "amount", 4_000L), "reason", "duplicate")));
    Eventually.until(() -> "duplicate".equals(shown(intent).get("reason")));
    assertThat(shown(intent)).containsEntry("status", "needs_response");
    assertThat(moved(id)).isEqualTo(-4_000);
    // Events of one change have no order among them.
    assertThat(told(id).subList(0, 2)).containsExactlyInAnyOrder("created", "funds_withdrawn");
    assertThat(told(id)).containsOnlyOnce("created", "funds_reinstated").endsWith("updated");
  }

  /** Pre-arbitration: what a bank has decided is decided otherwise, both ways, once each. */
  @Test
  void whatWasLostIsWonAndWhatWasWonIsLostWhenTheListSaysSo() {
    String intent = pay(7_304);
    String operation = operation();
    LISTED.set(List.of(dispute("du_turning", operation, 7_304, "needs_response")));
    stands(intent, "needs_response");
    String id = String.valueOf(shown(intent).get("id"));
    long before = moved(id);
    assertThat(before).isEqualTo(-7_304);
    for (int turn = 0; turn < 2; turn++) {
      LISTED.set(List.of(dispute("du_turning", operation, 7_304, "lost")));
      stands(intent, "lost");
      assertThat(moved(id)).isEqualTo(-7_304);
      LISTED.set(List.of(dispute("du_turning", operation, 7_304, "won")));
      stands(intent, "won");
      assertThat(moved(id)).isZero();
    }
    LISTED.set(List.of(dispute("du_turning", operation, 7_304, "needs_response")));
    GATEWAY.context.getBean("connectedDisputes", DisputePuller.class).pullDue();
    assertThat(shown(intent)).as("what is decided opens no more").containsEntry("status", "won");
    assertThat(
            GATEWAY.database.number(
                "SELECT sum((doc::jsonb->>'fee')::bigint) FROM balance_transactions"
                    + " WHERE source = ?",
                id))
        .as("one dispute costs once")
        .isEqualTo(1_500);
    assertThat(told(id))
        .containsExactlyInAnyOrder(
            "created",
            "funds_withdrawn",
            "closed",
            "closed",
            "funds_reinstated",
            "updated",
            "funds_withdrawn",
            "closed",
            "closed",
            "funds_reinstated");
  }
}
