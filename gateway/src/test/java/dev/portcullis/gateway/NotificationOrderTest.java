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
 * The same seeded histories told in their order, once each, and told late, twice, in any order and
 * in part: payments, captures of a part, and refunds stand alike in the end, money has moved as
 * often, and on the way nothing that was over has changed. One provider (Adyen) cannot be asked,
 * and what it tells counts; of the other (Stripe) some is never told, and it answers the truth.
 *
 * <p>{@code -Dportcullis.seed=N} repeats a run's choices.
 */
class NotificationOrderTest {

  private static final int PAYMENTS = 5;
  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  /** What is the case at Stripe, by its own names. */
  private static final Map<String, Map<String, Object>> TRUTH = new ConcurrentHashMap<>();

  private final Map<String, String> over = new LinkedHashMap<>();
  private long events;

  @BeforeAll
  static void connect() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    add("adyen_shop", "adyen");
    add("stripe_shop", "stripe");
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
    GATEWAY.provider.script("adyen.capture", AdyenAnswers::received);
    GATEWAY.provider.script("adyen.refund", AdyenAnswers::received);
    GATEWAY.provider.script("stripe.authorize", command -> made(command, "pi_", "processing"));
    GATEWAY.provider.script("stripe.refund", command -> made(command, "re_", "pending"));
    GATEWAY.provider.script("stripe.payment", command -> truth(command, "payment"));
    GATEWAY.provider.script("stripe.refund_lookup", command -> truth(command, "refund"));
  }

  private static void add(String name, String connector) {
    Map<String, Object> body =
        Map.of("account", "acct_first", "name", name, "connector", connector, "paused", true);
    Answer added = PEOPLE.call("POST", "providers", PEOPLE.token("margaret"), body);
    assertThat(added.status()).as(added.text()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static Object member(Map<String, @Nullable Object> command, String object, String name) {
    return Objects.requireNonNull(map(command.get(object)).get(name));
  }

  private static String id(Map<String, @Nullable Object> command) {
    return String.valueOf(command.get("operation_id"));
  }

  private static Map<String, Object> made(
      Map<String, @Nullable Object> command, String prefix, String status) {
    Map<String, Object> made = new ConcurrentHashMap<>();
    made.put("object", prefix.equals("pi_") ? "payment_intent" : "refund");
    made.put("id", prefix + id(command).substring(3));
    made.put("amount", member(command, "body", "amount"));
    made.put("currency", "eur");
    made.put("metadata", Map.of("operation", id(command)));
    TRUTH.put(String.valueOf(made.get("id")), made);
    become(made, status);
    return Map.copyOf(made);
  }

  private static void become(Map<String, Object> object, String status) {
    object.put("status", status);
    object.put("amount_received", status.equals("succeeded") ? object.get("amount") : 0L);
    if (status.equals("requires_payment_method")) {
      object.put("last_payment_error", Map.of("code", "card_declined", "type", "card_error"));
    }
  }

  private static Map<String, Object> truth(Map<String, @Nullable Object> command, String name) {
    return Map.copyOf(
        Objects.requireNonNull(TRUTH.get(String.valueOf(member(command, "path", name)))));
  }

  /** What a history does: the same of each payment in both runs. */
  private record Plan(boolean taken, boolean partly, boolean firstBack, boolean secondBack) {
    static List<Plan> of(Random random) {
      List<Plan> plans = new ArrayList<>();
      for (int n = 0; n < PAYMENTS; n++) {
        plans.add(
            new Plan(
                // One at least, so that refunds are among it.
                n == 0 || random.nextInt(4) > 0,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean()));
      }
      return plans;
    }
  }

  /** A payment and what is asked for of it. */
  private record Payment(String intent, long taken, List<String> refunds) {}

  /** How notifications are delivered. */
  private record Post(Random random, boolean orderly, boolean mayMiss) {
    List<Runnable> order(List<Runnable> told) {
      if (orderly) {
        return told;
      }
      List<Runnable> all = new ArrayList<>();
      for (Runnable each : told) {
        for (int n = mayMiss && random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(2); n > 0; n--) {
          all.add(each);
        }
      }
      Collections.shuffle(all, random);
      return all;
    }
  }

  @Test
  void whatATellingAcquirerTellsInAnyOrderEndsAlike() {
    long seed = Long.getLong("portcullis.seed", System.nanoTime());
    List<Plan> plans = Plan.of(new Random(seed));
    use("adyen_shop");
    List<String> expected = adyen(plans, new Post(new Random(seed), true, false));
    assertThat(adyen(plans, new Post(new Random(seed), false, false)))
        .as("seed " + seed)
        .isEqualTo(expected);
  }

  @Test
  void whatIsMissingIsAskedForAndEndsAlike() {
    long seed = Long.getLong("portcullis.seed", System.nanoTime());
    List<Plan> plans = Plan.of(new Random(seed));
    use("stripe_shop");
    List<String> expected = stripe(plans, new Post(new Random(seed), true, true));
    assertThat(stripe(plans, new Post(new Random(seed), false, true)))
        .as("seed " + seed)
        .isEqualTo(expected);
  }

  private static void use(String name) {
    for (String each : List.of("adyen_shop", "stripe_shop")) {
      Map<String, Object> change = Map.of("account", "acct_first", "paused", !each.equals(name));
      Answer changed = PEOPLE.call("POST", "providers/" + each, PEOPLE.token("margaret"), change);
      assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    }
    GATEWAY.clock.advance(Duration.ofSeconds(2));
  }

  private List<String> adyen(List<Plan> plans, Post post) {
    List<Payment> payments = new ArrayList<>();
    List<Runnable> told = new ArrayList<>();
    for (int n = 0; n < plans.size(); n++) {
      Plan plan = plans.get(n);
      long amount = 9_100L + n;
      long taken = plan.partly ? 5_000L : amount;
      String intent = pay(amount, "manual", "requires_capture");
      Answer captured =
          GATEWAY.post(
              "/v1/payment_intents/" + intent + "/capture",
              "amount_to_capture",
              Long.toString(taken));
      assertThat(captured.string("status")).as(captured.text()).isEqualTo("processing");
      String first = operation(intent, "AUTHORIZE");
      told.add(item("AUTHORISATION", first, "PSP" + first.substring(3), amount));
      told.add(
          item(
              plan.taken ? "CAPTURE" : "CAPTURE_FAILED",
              first,
              "MOD" + operation(intent, "CAPTURE").substring(3),
              taken));
      payments.add(new Payment(intent, taken, new ArrayList<>()));
    }
    deliver(post.order(told), payments);
    settle(payments);
    for (int n = 0; n < plans.size(); n++) {
      Plan plan = plans.get(n);
      Payment payment = payments.get(n);
      for (boolean back : plan.taken ? new boolean[] {plan.firstBack, plan.secondBack} : none()) {
        String refund = refund(payment, back ? 700 : 900);
        String name = "MOD" + operation(refund, "REFUND").substring(3);
        told.add(
            item(
                back ? "REFUND" : "REFUND_FAILED",
                operation(payment.intent, "AUTHORIZE"),
                name,
                back ? 700 : 900));
      }
    }
    deliver(post.order(told), payments);
    settle(payments);
    return payments.stream().map(NotificationOrderTest::standing).toList();
  }

  private List<String> stripe(List<Plan> plans, Post post) {
    List<Payment> payments = new ArrayList<>();
    List<Runnable> told = new ArrayList<>();
    for (int n = 0; n < plans.size(); n++) {
      String intent = pay(9_200L + n, "automatic", "processing");
      String name = "pi_" + operation(intent, "AUTHORIZE").substring(3);
      told.add(event(name));
      become(
          Objects.requireNonNull(TRUTH.get(name)),
          plans.get(n).taken ? "succeeded" : "requires_payment_method");
      told.add(event(name));
      payments.add(new Payment(intent, 9_200L + n, new ArrayList<>()));
    }
    deliver(post.order(told), payments);
    settle(payments);
    for (int n = 0; n < plans.size(); n++) {
      Plan plan = plans.get(n);
      for (boolean back : plan.taken ? new boolean[] {plan.firstBack, plan.secondBack} : none()) {
        String refund = refund(payments.get(n), back ? 700 : 900);
        String name = "re_" + operation(refund, "REFUND").substring(3);
        told.add(event(name));
        become(Objects.requireNonNull(TRUTH.get(name)), back ? "succeeded" : "failed");
        told.add(event(name));
      }
    }
    deliver(post.order(told), payments);
    settle(payments);
    return payments.stream().map(NotificationOrderTest::standing).toList();
  }

  private static boolean[] none() {
    return new boolean[0];
  }

  private static String pay(long amount, String capture, String status) {
    Answer paid =
        GATEWAY.pay(
            amount,
            "currency",
            "eur",
            "capture_method",
            capture,
            "return_url",
            "https://shop.example/done");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo(status);
    return paid.string("id");
  }

  private static String refund(Payment payment, long amount) {
    Answer refund =
        GATEWAY.post(
            "/v1/refunds", "payment_intent", payment.intent, "amount", Long.toString(amount));
    assertThat(refund.string("status")).as(refund.text()).isEqualTo("pending");
    payment.refunds.add(refund.string("id"));
    return refund.string("id");
  }

  private static String operation(String object, String kind) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE object = ? AND doc->>'kind' = ?"
            + " ORDER BY id DESC LIMIT 1",
        object,
        kind);
  }

  private static Runnable item(String event, String operation, String psp, long amount) {
    Map<String, Object> item =
        Map.of(
            "eventCode",
            event,
            "merchantReference",
            operation,
            "pspReference",
            psp,
            "success",
            "true",
            "amount",
            Map.of("value", amount, "currency", "EUR"));
    Map<String, Object> body =
        Map.of(
            "live", "false", "notificationItems", List.of(Map.of("NotificationRequestItem", item)));
    return () -> send("adyen", body);
  }

  /** As it is now: an event that comes late shows what was. */
  private Runnable event(String name) {
    Map<String, Object> object = Map.copyOf(Objects.requireNonNull(TRUTH.get(name)));
    Map<String, Object> body =
        Map.of(
            "id",
            "evt_order" + events++,
            "type",
            object.get("object") + ".updated",
            "created",
            1_750_000_000L,
            "data",
            Map.of("object", object));
    return () -> send("stripe", body);
  }

  private static void send(String connector, Map<String, Object> body) {
    String name = connector + "_shop";
    Answer told =
        GATEWAY.send(
            HttpRequest.newBuilder(
                    URI.create(
                        GATEWAY.base + "/webhooks/" + connector + "/acct_first/test/" + name))
                .header(FakeProvider.SIGNATURE, FakeProvider.signature("acct_first", false, name))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body))));
    assertThat(told.status()).as(told.text()).isEqualTo(200);
  }

  /** After each it is looked whether what was over still stands as it stood. */
  private void deliver(List<Runnable> told, List<Payment> payments) {
    for (Runnable each : told) {
      each.run();
      payments.forEach(this::isOver);
    }
  }

  /** Whether all of it has its end; what had one before must have the same. */
  private boolean isOver(Payment payment) {
    boolean all = true;
    List<String> paths = new ArrayList<>(List.of("/v1/payment_intents/" + payment.intent));
    payment.refunds.forEach(refund -> paths.add("/v1/refunds/" + refund));
    for (String path : paths) {
      String status = GATEWAY.get(path).string("status");
      String before = over.get(path);
      if (before != null) {
        assertThat(status).as(path + " was over").isEqualTo(before);
      } else if (status.equals("processing") || status.equals("pending")) {
        all = false;
      } else {
        over.put(path, status);
      }
    }
    return all;
  }

  /** All that has come is worked on; the clock goes ahead for what waits or is asked for. */
  private void settle(List<Payment> payments) {
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(10),
        () ->
            payments.stream().allMatch(this::isOver)
                && GATEWAY.database.number(
                        "SELECT count(*) FROM provider_notifications WHERE due IS NOT NULL")
                    == 0);
    payments.forEach(this::isOver);
  }

  private static String standing(Payment payment) {
    Answer intent = GATEWAY.get("/v1/payment_intents/" + payment.intent);
    List<String> refunds =
        payment.refunds.stream()
            .map(id -> GATEWAY.get("/v1/refunds/" + id).string("status"))
            .toList();
    long moved =
        GATEWAY.database.number(
            "SELECT count(*) FROM balance_transactions WHERE source IN (SELECT id FROM charges"
                + " WHERE payment_intent = ?) OR source = ANY (string_to_array(?, ','))",
            payment.intent,
            String.join(",", payment.refunds));
    return "%d %s %s %d".formatted(payment.taken, intent.string("status"), refunds, moved);
  }
}
