package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.disputes.DisputePuller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same seeded ways of disputes at a provider, each change of them looked at, and looked at now
 * and then, some changes never and others twice: they end alike, and as much money is gone.
 *
 * <p>{@code -Dportcullis.seed=N} repeats a run's choices.
 */
class DisputeOrderTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  /** Disputes by their names, as Stripe lists them now. */
  private static final Map<String, Map<String, Object>> LISTED = new ConcurrentHashMap<>();

  private static final List<List<String>> WAYS =
      List.of(
          List.of("warning_needs_response", "warning_under_review", "warning_closed"),
          List.of("warning_needs_response", "needs_response", "under_review", "lost"),
          List.of("needs_response", "needs_response", "under_review", "won"),
          List.of("needs_response", "under_review", "lost", "won"),
          List.of("needs_response", "under_review", "won", "lost", "lost"));

  @BeforeAll
  static void connect() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    Answer added =
        PEOPLE.call(
            "POST",
            "providers",
            PEOPLE.token("margaret"),
            Map.of("account", "acct_first", "name", "stripe_shop", "connector", "stripe"));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    GATEWAY.provider.script("stripe.authorize", DisputeOrderTest::paid);
    GATEWAY.provider.script(
        "stripe.disputes", _ -> Map.of("data", List.copyOf(LISTED.values()), "has_more", false));
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Map<String, Object> paid(Map<String, @Nullable Object> command) {
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(command.get("body"));
    String operation = String.valueOf(command.get("operation_id"));
    Object amount = Objects.requireNonNull(body.get("amount"));
    return Map.of(
        "id",
        "pi_" + operation.substring(3),
        "status",
        "succeeded",
        "amount",
        amount,
        "amount_received",
        amount,
        "currency",
        "eur",
        "metadata",
        Map.of("operation", operation));
  }

  @Test
  void disputesThatAreSeenNowAndThenEndAlike() {
    long seed = Long.getLong("portcullis.seed", System.nanoTime());
    List<String> expected = run(new Random(seed), false);
    assertThat(run(new Random(seed), true)).as("seed " + seed).isEqualTo(expected);
  }

  private static List<String> run(Random random, boolean nowAndThen) {
    LISTED.clear();
    List<String> intents = new ArrayList<>();
    List<List<Map<String, Object>>> ways = new ArrayList<>();
    for (List<String> way : WAYS) {
      long amount = 9_300L + ways.size();
      String intent = pay(amount);
      intents.add(intent);
      List<Map<String, Object>> looks = new ArrayList<>();
      for (String status : way) {
        amount -= random.nextInt(2) * 100L;
        looks.add(dispute(intent, amount, status));
      }
      ways.add(looks);
    }
    Random looks = new Random(random.nextLong());
    int[] at = new int[WAYS.size()];
    int left = WAYS.stream().mapToInt(List::size).sum();
    while (left > 0) {
      int which = random.nextInt(WAYS.size());
      if (at[which] < WAYS.get(which).size()) {
        Map<String, Object> next = ways.get(which).get(at[which]++);
        LISTED.put(String.valueOf(next.get("id")), next);
        look(nowAndThen ? looks.nextInt(3) : 1);
        left--;
      }
    }
    look(1);
    Eventually.until(() -> intents.stream().allMatch(DisputeOrderTest::isThere));
    return intents.stream().map(DisputeOrderTest::end).toList();
  }

  private static void look(int times) {
    for (int n = 0; n < times; n++) {
      GATEWAY.clock.advance(Duration.ofSeconds(1));
      GATEWAY.context.getBean("connectedDisputes", DisputePuller.class).pullDue();
    }
  }

  private static String pay(long amount) {
    return GATEWAY.paid(amount, "currency", "eur");
  }

  private static Map<String, Object> dispute(String intent, long amount, String status) {
    String operation =
        GATEWAY.database.text(
            "SELECT id FROM provider_operations WHERE object = ? AND doc->>'kind' = 'AUTHORIZE'",
            intent);
    return Map.of(
        "id",
        "du_" + operation.substring(3),
        "amount",
        amount,
        "currency",
        "eur",
        "created",
        1_750_000_000L,
        "evidence_details",
        Map.of("due_by", 1_760_000_000L + amount),
        "reason",
        "fraudulent",
        "status",
        status,
        "payment_intent",
        Map.of("metadata", Map.of("operation", operation)));
  }

  private static Map<String, @Nullable Object> shown(String intent) {
    List<Map<String, @Nullable Object>> all =
        GATEWAY.get("/v1/disputes?payment_intent=" + intent).data();
    assertThat(all).hasSizeLessThan(2);
    return all.isEmpty() ? new LinkedHashMap<>() : all.getFirst();
  }

  private static boolean isThere(String intent) {
    Map<String, @Nullable Object> shown = shown(intent);
    return LISTED.values().stream()
        .anyMatch(
            listed ->
                Objects.equals(listed.get("status"), shown.get("status"))
                    && Objects.equals(listed.get("amount"), shown.get("amount")));
  }

  private static String end(String intent) {
    Map<String, @Nullable Object> shown = shown(intent);
    long moved =
        GATEWAY.database.number(
            "SELECT coalesce(sum((doc::jsonb->>'amount')::bigint"
                + " - (doc::jsonb->>'fee')::bigint), 0) FROM balance_transactions"
                + " WHERE source = ?",
            String.valueOf(shown.get("id")));
    return "%s %s %d".formatted(shown.get("status"), shown.get("amount"), moved);
  }
}
