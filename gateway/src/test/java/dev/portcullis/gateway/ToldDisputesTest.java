package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Disputes that a provider tells of by itself and has no list of, as Adyen does. */
class ToldDisputesTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  /** As they follow one another; a dispute may end after any of them. */
  private static final List<String> EVENTS =
      List.of(
          "REQUEST_FOR_INFORMATION",
          "NOTIFICATION_OF_CHARGEBACK",
          "CHARGEBACK",
          "CHARGEBACK_REVERSED",
          "SECOND_CHARGEBACK",
          "PREARBITRATION_WON");

  private static final List<String> ENDS =
      List.of(
          "warning_needs_response",
          "warning_needs_response",
          "needs_response",
          "won",
          "lost",
          "won");

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
                "adyen_shop",
                "connector",
                "adyen",
                "fee_dispute",
                1_500L));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static String pay(long amount) {
    return GATEWAY.paid(amount, "currency", "eur", "return_url", "https://shop.example/done");
  }

  private static String operation(String intent) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE object = ? AND doc->>'kind' = 'AUTHORIZE'",
        intent);
  }

  private static void tell(String event, String intent, long amount) {
    String operation = operation(intent);
    Map<String, Object> item =
        Map.of(
            "eventCode",
            event,
            "merchantReference",
            operation,
            "originalReference",
            "PSP" + operation.substring(3),
            "pspReference",
            "DSP" + operation.substring(3),
            "success",
            "true",
            "amount",
            Map.of("value", amount, "currency", "EUR"));
    Map<String, Object> body =
        Map.of(
            "live", "false", "notificationItems", List.of(Map.of("NotificationRequestItem", item)));
    Answer told =
        GATEWAY.send(
            HttpRequest.newBuilder(
                    URI.create(GATEWAY.base + "/webhooks/adyen/acct_first/test/adyen_shop"))
                .header(
                    FakeProvider.SIGNATURE,
                    FakeProvider.signature("acct_first", false, "adyen_shop"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body))));
    assertThat(told.status()).as(told.text()).isEqualTo(200);
  }

  private static void settle() {
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(10),
        () ->
            GATEWAY.database.number(
                    "SELECT count(*) FROM provider_notifications WHERE due IS NOT NULL")
                == 0);
  }

  private static Map<String, @Nullable Object> shown(String intent) {
    return GATEWAY.get("/v1/disputes?payment_intent=" + intent).data().getFirst();
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

  @Test
  void eachEventLeadsWhereItSays() {
    String intent = pay(8_101);
    for (int n = 0; n < EVENTS.size(); n++) {
      tell(EVENTS.get(n), intent, 8_101);
      settle();
      assertThat(shown(intent)).as(EVENTS.get(n)).containsEntry("status", ENDS.get(n));
    }
    assertThat(end(intent)).isEqualTo("won 8101 -1500");
    Map<String, @Nullable Object> dispute = shown(intent);
    assertThat(dispute).containsEntry("reason", "general");
    assertThat(dispute.get("evidence_details"))
        .as("until when evidence is taken is not signed")
        .isInstanceOfSatisfying(
            Map.class,
            details -> {
              assertThat(details.get("due_by")).isNull();
              assertThat(details.get("past_due")).isEqualTo(false);
            });
    Answer answered = GATEWAY.post("/v1/disputes/" + dispute.get("id") + "/close");
    assertThat(answered.status()).as(answered.text()).isEqualTo(400);
  }

  @Test
  void whatTheBankKeepsOfWhatItTookStaysBooked() {
    String intent = pay(8_101);
    tell("CHARGEBACK", intent, 8_101);
    settle();
    tell("CHARGEBACK_REVERSED", intent, 5_000);
    settle();
    assertThat(end(intent)).isEqualTo("won 8101 " + -(3_101 + 1_500));
    tell("SECOND_CHARGEBACK", intent, 8_101);
    settle();
    assertThat(end(intent)).as("no more than all").isEqualTo("lost 8101 " + -(8_101 + 1_500));
  }

  @Test
  void aBankGivesBackInParts() {
    String intent = pay(8_101);
    tell("CHARGEBACK", intent, 8_101);
    settle();
    for (long part : List.of(5_000L, 3_000L, 5_000L)) {
      tell("CHARGEBACK_REVERSED", intent, part);
      settle();
    }
    assertThat(end(intent)).as("a copy is no part").isEqualTo("won 8101 " + -(101 + 1_500));
    tell("CHARGEBACK_REVERSED", intent, 101);
    settle();
    assertThat(end(intent)).isEqualTo("won 8101 " + -1_500);
  }

  @Test
  void aReversalBeforeItsChargebackIsOfNoMoreThanItSays() {
    String intent = pay(8_101);
    tell("CHARGEBACK_REVERSED", intent, 5_000);
    settle();
    assertThat(end(intent)).isEqualTo("won 5000 " + -1_500);
    tell("CHARGEBACK", intent, 8_101);
    settle();
    assertThat(end(intent)).isEqualTo("won 8101 " + -(3_101 + 1_500));
    tell("CHARGEBACK_REVERSED", intent, 3_101);
    settle();
    assertThat(end(intent)).isEqualTo("won 8101 " + -1_500);
  }

  private record Told(String event, long amount) {

    /** What is given back comes in two parts now and then, and not always all of it. */
    static Stream<Told> of(String event, Random random) {
      long part = 100L * (1 + random.nextInt(40));
      return switch (event) {
        case "CHARGEBACK_REVERSED", "PREARBITRATION_WON" ->
            random.nextBoolean()
                ? Stream.of(new Told(event, part), new Told(event, 8_200L - part))
                : Stream.of(new Told(event, random.nextBoolean() ? part : 8_200L));
        default -> Stream.of(new Told(event, 8_200L));
      };
    }
  }

  /** Ends and money are those of the order in which things happened. */
  @Test
  void theOrderOfNotificationsLeavesNoTrace() {
    long seed = Long.getLong("portcullis.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> orderly = new ArrayList<>();
    List<String> disorderly = new ArrayList<>();
    List<Runnable> late = new ArrayList<>();
    List<String> intents = new ArrayList<>();
    for (int n = 1; n <= EVENTS.size(); n++) {
      List<String> events = EVENTS.subList(random.nextInt(n), n);
      String first = pay(8_200L);
      List<Told> history = events.stream().flatMap(event -> Told.of(event, random)).toList();
      for (Told told : history) {
        tell(told.event, first, told.amount);
        settle();
      }
      orderly.add(end(first));
      String second = pay(8_200L);
      intents.add(second);
      for (Told told : history) {
        for (int times = 1 + random.nextInt(2); times > 0; times--) {
          late.add(() -> tell(told.event, second, told.amount));
        }
      }
    }
    Collections.shuffle(late, random);
    late.forEach(Runnable::run);
    settle();
    intents.forEach(intent -> disorderly.add(end(intent)));
    assertThat(disorderly).as("seed " + seed).isEqualTo(orderly);
  }
}
