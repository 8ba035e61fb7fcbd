package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.payments.Retrier;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import dev.portcullis.gateway.routing.RetryStore;
import dev.portcullis.gateway.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A merchant's own charge that was declined softly is tried again, once, and only if it may be. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LaterRetryTest {

  private static final String KEYS = "1:" + Gateway.randomKey();
  private static final TestDatabase DATABASE = TestDatabase.fresh();
  private static final Gateway GATEWAY = new Gateway(DATABASE, KEYS, _ -> {});
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static final String PLAIN = "{\"default\": {\"providers\": [\"sandbox\"]}}";
  private static final String ASKING =
      "{\"default\": {\"providers\": [\"sandbox\"]}, \"retry_later\": {\"attempts\": 2, \"days\":"
          + " 14}}";
  private static final Duration DAY = Duration.ofDays(1);
  private static String token = "";
  private static String customer = "";
  private static String card = "";

  @BeforeAll
  static void store() {
    PEOPLE.enroll(GATEWAY.setupCode, "ada");
    customer = GATEWAY.post("/v1/customers").string("id");
    card = attached();
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static String attached() {
    Answer kept = GATEWAY.post("/v1/payment_methods/pm_card_visa/attach", "customer", customer);
    assertThat(kept.status()).as(kept.text()).isEqualTo(200);
    return kept.string("id");
  }

  private static Map<String, ?> ok(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.body();
  }

  private static Answer admin(String method, String path, @Nullable Map<String, ?> body) {
    token = PEOPLE.token("ada");
    Map<String, Object> all = new HashMap<>(body == null ? Map.of() : body);
    all.put("account", "acct_first");
    return body == null
        ? PEOPLE.call(
            method, path + (path.contains("?") ? "&" : "?") + "account=acct_first", token, null)
        : PEOPLE.call(method, path, token, all);
  }

  private static void route(String document) {
    long active = (Long) Objects.requireNonNull(ok(admin("GET", "routing", null)).get("active"));
    Object version =
        ok(admin("POST", "routing/propose", Map.of("document", document))).get("version");
    ok(
        admin(
            "POST",
            "routing/activate",
            Map.of("version", Objects.requireNonNull(version), "expected", active)));
  }

  /** Charges the stored card without its holder; declined so. */
  private static String declined(long amount, String why) {
    GATEWAY.provider.decide(amount, why);
    Answer refused =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            Long.toString(amount),
            "currency",
            "usd",
            "customer",
            customer,
            "payment_method",
            card,
            "off_session",
            "true",
            "confirm",
            "true");
    assertThat(refused.status()).as(refused.text()).isEqualTo(402);
    Map<?, ?> intent = (Map<?, ?>) Objects.requireNonNull(refused.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_payment_method");
    return String.valueOf(intent.get("id"));
  }

  private static String status(String payment) {
    return GATEWAY.get("/v1/payment_intents/" + payment).string("status");
  }

  private static int asked(long amount) {
    return GATEWAY.provider.entries("sandbox.authorize", amount).size();
  }

  private static void run() {
    GATEWAY.context.getBean(Retrier.class).runDue();
  }

  /** The time goes on, and what is due then begins; whether by this or by the timer. */
  private static void pass(Duration time) {
    GATEWAY.clock.advance(time);
    run();
  }

  private static String plans(String payment) {
    return GATEWAY.database.text(
        "SELECT coalesce(string_agg(number || ' ' || state || coalesce(' ' || ended, ''), ', '"
            + " ORDER BY id), '') FROM payment_retries WHERE payment = ?",
        payment);
  }

  private static void ends(String payment, String plans) {
    Eventually.until(
        () -> {
          run();
          return plans(payment).equals(plans);
        });
  }

  private static List<Object> planned() {
    return ok(admin("GET", "routing/retries", null)).get("data") instanceof List<?> data
        ? new ArrayList<>(data)
        : List.of();
  }

  private static Map<?, ?> planned(String payment) {
    return planned().stream()
        .map(each -> (Map<?, ?>) each)
        .filter(each -> payment.equals(each.get("payment")))
        .findFirst()
        .orElseThrow();
  }

  private static long seconds(Map<?, ?> plan, String name) {
    return (Long) Objects.requireNonNull(plan.get(name));
  }

  @Test
  @Order(1)
  void nothingIsTriedAgainThatNobodyAskedFor() {
    assertThat(plans(declined(7_101, "insufficient_funds"))).isEmpty();
    route(PLAIN);
    assertThat(plans(declined(7_102, "insufficient_funds"))).isEmpty();
    route(ASKING);
  }

  @Test
  @Order(2)
  void aSoftDeclineIsTriedAgainADayLaterAndMayBeApproved() {
    String payment = declined(7_110, "insufficient_funds");
    assertThat(plans(payment)).isEqualTo("1 planned");
    Map<?, ?> plan = planned(payment);
    assertThat(plan.get("reason")).isEqualTo("insufficient_funds may change.");
    assertThat(seconds(plan, "planned") - seconds(plan, "first")).isEqualTo(DAY.toSeconds());
    GATEWAY.provider.decide(7_110, "approved");
    pass(Duration.ofHours(20));
    assertThat(asked(7_110)).as("too early").isEqualTo(1);
    // What is said of it may change meanwhile.
    ok(GATEWAY.post("/v1/payment_intents/" + payment, "metadata[seen]", "yes"));
    pass(Duration.ofHours(5));
    Eventually.until(() -> status(payment).equals("succeeded"));
    assertThat(asked(7_110)).isEqualTo(2);
    assertThat(plans(payment)).isEqualTo("1 begun");
    Answer charges = GATEWAY.get("/v1/charges?payment_intent=" + payment);
    assertThat(charges.data())
        .extracting(each -> each.get("status"))
        .containsExactly("succeeded", "failed");
    assertThat(charges.data().getFirst().get("balance_transaction")).isNotNull();
    assertThat(
            GATEWAY.get("/v1/events?limit=100").data().stream()
                .filter(event -> String.valueOf(event.get("data")).contains(payment))
                .map(event -> String.valueOf(event.get("type")))
                .filter(type -> type.startsWith("payment_intent.")))
        .contains("payment_intent.payment_failed", "payment_intent.succeeded");
    List<Map<String, @Nullable Object>> told =
        admin("GET", "routing/decisions?payment=" + payment, null).data();
    assertThat(told).hasSize(2);
    assertThat(String.valueOf(told.getFirst().get("retried"))).contains("number=1", "state=begun");
    assertThat(told.getFirst().get("retry")).isNull();
    assertThat(String.valueOf(told.getLast().get("retry")))
        .contains(
            "of=" + told.getFirst().get("operation"), "reason=insufficient_funds may change.");
    assertThat(told.getLast()).containsEntry("outcome", "approved");
    assertThat(planned()).noneMatch(each -> payment.equals(((Map<?, ?>) each).get("payment")));
  }

  @Test
  @Order(3)
  void itIsTriedAgainAsOftenAsTheAccountAsksFor() {
    String payment = declined(7_111, "do_not_honor");
    pass(DAY.plusHours(1));
    ends(payment, "1 begun, 2 planned");
    assertThat(status(payment)).isEqualTo("requires_payment_method");
    Map<?, ?> plan = planned(payment);
    assertThat(seconds(plan, "planned") - GATEWAY.clock.instant().getEpochSecond())
        .as("two days after the second attempt")
        .isBetween(47 * 3_600L, 48 * 3_600L);
    pass(Duration.ofDays(2).plusHours(1));
    ends(payment, "1 begun, 2 begun");
    pass(Duration.ofDays(20));
    assertThat(asked(7_111)).isEqualTo(3);
    assertThat(
            GATEWAY.get("/v1/events?type=payment_intent.payment_failed&limit=100").data().stream()
                .filter(event -> String.valueOf(event.get("data")).contains(payment)))
        .hasSize(3);
  }

  @Test
  @Order(3)
  void whatWillNotChangeIsNeverTriedAgain() {
    assertThat(plans(declined(7_112, "expired_card"))).isEmpty();
    for (String advice : List.of("03", "21", "01")) {
      long amount = 7_200 + Long.parseLong(advice);
      GATEWAY.provider.advise(amount, advice, "05");
      assertThat(plans(declined(amount, "do_not_honor"))).as(advice).isEmpty();
    }
    GATEWAY.provider.advise(7_230, "30", "51");
    assertThat(seconds(planned(declined(7_230, "insufficient_funds")), "planned"))
        .as("ten days, as the network wants it")
        .isGreaterThan(GATEWAY.clock.instant().plus(Duration.ofDays(9)).getEpochSecond());
  }

  /** It may be a person's who voided it at the provider, and nobody says why it was declined. */
  @Test
  @Order(3)
  void whatWasOnlyLearnedByALookIsNotTriedAgain() {
    GATEWAY.provider.decide(7_115, "insufficient_funds");
    GATEWAY.provider.fail(7_115, Fault.LOST_AFTER);
    Answer sent =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "7115",
            "currency",
            "usd",
            "customer",
            customer,
            "payment_method",
            card,
            "off_session",
            "true",
            "confirm",
            "true");
    assertThat(sent.string("status")).as(sent.text()).isEqualTo("processing");
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(10),
        () -> status(sent.string("id")).equals("requires_payment_method"));
    assertThat(plans(sent.string("id"))).isEmpty();
  }

  /** A shopper who is there has agreed to no charge at another time. */
  @Test
  @Order(3)
  void aShoppersOwnPaymentIsNotTriedAgain() {
    GATEWAY.provider.decide(7_113, "insufficient_funds");
    Answer refused =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "7113",
            "currency",
            "usd",
            "customer",
            customer,
            "payment_method",
            card,
            "confirm",
            "true");
    assertThat(refused.status()).isEqualTo(402);
    Map<?, ?> intent = (Map<?, ?>) Objects.requireNonNull(refused.error().get("payment_intent"));
    assertThat(plans(String.valueOf(intent.get("id")))).isEmpty();
  }

  @Test
  @Order(3)
  void whatTheMerchantHasChangedIsNotTriedAgain() {
    String changed = "1 dropped the payment has changed since";
    String canceled = declined(7_120, "insufficient_funds");
    ok(GATEWAY.post("/v1/payment_intents/" + canceled + "/cancel"));
    assertThat(planned()).noneMatch(each -> canceled.equals(((Map<?, ?>) each).get("payment")));
    String otherwise = declined(7_121, "insufficient_funds");
    ok(GATEWAY.post("/v1/payment_intents/" + otherwise, "payment_method", attached()));
    String more = declined(7_122, "insufficient_funds");
    ok(GATEWAY.post("/v1/payment_intents/" + more, "amount", "7123"));
    String again = declined(7_124, "insufficient_funds");
    Answer refused =
        GATEWAY.post(
            "/v1/payment_intents/" + again + "/confirm",
            "payment_method",
            card,
            "off_session",
            "true");
    assertThat(refused.status()).isEqualTo(402);
    assertThat(plans(again)).isEqualTo("1 planned, 1 planned");
    assertThat(planned().stream().filter(each -> again.equals(((Map<?, ?>) each).get("payment"))))
        .as("the one that stands")
        .hasSize(1);
    GATEWAY.provider.decide(7_124, "approved");
    pass(Duration.ofDays(2).plusHours(1));
    for (String payment : List.of(canceled, otherwise, more)) {
      ends(payment, changed);
    }
    ends(again, changed + ", 1 begun");
    Eventually.until(() -> status(again).equals("succeeded"));
    assertThat(asked(7_124)).isEqualTo(3);
    assertThat(List.of(asked(7_120), asked(7_121), asked(7_122), asked(7_123)))
        .containsExactly(1, 1, 1, 0);
  }

  @Test
  @Order(4)
  void aCardThatWasDetachedIsNotCharged() {
    String payment = declined(7_130, "insufficient_funds");
    ok(GATEWAY.post("/v1/payment_methods/" + card + "/detach"));
    card = attached();
    pass(DAY.plusHours(1));
    ends(payment, "1 dropped the card is not the customer's any more");
    assertThat(asked(7_130)).isEqualTo(1);
  }

  @Test
  @Order(4)
  void whatTheRulesAskForNoMoreIsDropped() {
    String payment = declined(7_131, "insufficient_funds");
    route(PLAIN);
    pass(DAY.plusHours(1));
    ends(payment, "1 dropped the rules do not ask for it any more");
    route(ASKING);
    String fewer = declined(7_132, "insufficient_funds");
    pass(DAY.plusHours(1));
    ends(fewer, "1 begun, 2 planned");
    route(ASKING.replace("\"attempts\": 2", "\"attempts\": 1"));
    pass(Duration.ofDays(2).plusHours(1));
    ends(fewer, "1 begun, 2 dropped the rules ask for no more attempts, or for none so late");
    route(ASKING);
    assertThat(List.of(asked(7_131), asked(7_132))).containsExactly(1, 2);
  }

  /** A gateway that dies with what it has taken begins nothing; another one does, later. */
  @Test
  @Order(4)
  void whatADeadGatewayHasTakenComesBack() {
    String payment = declined(7_133, "insufficient_funds");
    GATEWAY.provider.decide(7_133, "approved");
    Instant later = GATEWAY.clock.instant().plus(DAY).plusSeconds(60);
    assertThat(
            GATEWAY
                .context
                .getBean(RetryStore.class)
                .claim(later, later.plusSeconds(300), 20, Map.of()))
        .isNotEmpty();
    pass(DAY.plusSeconds(61));
    assertThat(asked(7_133)).as("somebody else's").isEqualTo(1);
    pass(Duration.ofMinutes(6));
    Eventually.until(() -> status(payment).equals("succeeded"));
    assertThat(asked(7_133)).isEqualTo(2);
  }

  /** Sent, and the answer lost: the operation is the resolver's, and the plan is over. */
  @Test
  @Order(4)
  void whatWasBegunIsNotBegunAgain() {
    String payment = declined(7_134, "insufficient_funds");
    GATEWAY.provider.decide(7_134, "approved");
    GATEWAY.provider.fail(7_134, Fault.LOST_AFTER);
    pass(DAY.plusHours(1));
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofMinutes(1),
        () -> {
          run();
          return status(payment).equals("succeeded");
        });
    assertThat(asked(7_134)).isEqualTo(2);
    assertThat(plans(payment)).isEqualTo("1 begun");
  }

  /** The commit is there and nothing was sent: whoever resolves operations sends it, once. */
  @Test
  @Order(4)
  void whatWasStoredAndNeverSentIsSentOnce() {
    String payment = declined(7_135, "insufficient_funds");
    GATEWAY.provider.decide(7_135, "approved");
    GATEWAY.provider.fail(7_135, Fault.LOST_BEFORE);
    pass(DAY.plusHours(1));
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(10),
        () -> {
          run();
          return status(payment).equals("succeeded");
        });
    assertThat(asked(7_135)).isEqualTo(2);
    assertThat(plans(payment)).isEqualTo("1 begun");
  }

  @Test
  @Order(5)
  void ofTwoGatewaysOneBegins() throws SQLException {
    Gateway other = new Gateway(DATABASE, KEYS, _ -> {});
    try {
      List<String> payments = new ArrayList<>();
      for (long amount = 7_140; amount < 7_150; amount++) {
        payments.add(declined(amount, "insufficient_funds"));
        GATEWAY.provider.decide(amount, "approved");
      }
      other.clock.advance(
          Duration.between(other.clock.instant(), GATEWAY.clock.instant()).plus(DAY.plusHours(1)));
      GATEWAY.clock.advance(DAY.plusHours(1));
      // As if a lease had ended too soon: each takes them all.
      DATABASE.execute(
          "UPDATE payment_retries SET due = now() - interval '1 hour' WHERE due IS NOT NULL");
      List<CompletableFuture<Void>> both =
          List.of(GATEWAY, other).stream()
              .map(
                  gateway ->
                      CompletableFuture.runAsync(
                          () -> {
                            Retrier retrier = gateway.context.getBean(Retrier.class);
                            for (int i = 0; i < 5; i++) {
                              retrier.runDue();
                              again();
                            }
                          }))
              .toList();
      both.forEach(CompletableFuture::join);
      Eventually.until(() -> payments.stream().allMatch(each -> status(each).equals("succeeded")));
      for (long amount = 7_140; amount < 7_150; amount++) {
        assertThat(asked(amount) + other.provider.entries("sandbox.authorize", amount).size())
            .as("the first, and one retry")
            .isEqualTo(2);
      }
    } finally {
      other.context.close();
    }
  }

  private static void again() {
    try {
      DATABASE.execute(
          "UPDATE payment_retries SET due = now() - interval '1 hour' WHERE due IS NOT NULL");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the guard refuses is as any other attempt that it refuses. */
  @Test
  @Order(6)
  void aRetryIsScreened() {
    String payment = declined(7_150, "insufficient_funds");
    String list =
        GATEWAY
            .post(
                "/v1/radar/value_lists",
                "alias",
                "customer_blocklist",
                "name",
                "No more",
                "item_type",
                "customer_id")
            .string("id");
    Answer item = GATEWAY.post("/v1/radar/value_list_items", "value_list", list, "value", customer);
    assertThat(item.status()).as(item.text()).isEqualTo(200);
    GATEWAY.clock.advance(Duration.ofSeconds(30));
    pass(DAY.plusHours(1));
    Eventually.until(
        () -> {
          run();
          return plans(payment).startsWith("1 dropped");
        });
    assertThat(asked(7_150)).isEqualTo(1);
    Answer charge = GATEWAY.get("/v1/charges?payment_intent=" + payment);
    assertThat(String.valueOf(charge.data().getFirst().get("outcome"))).contains("type=blocked");
    ok(GATEWAY.delete("/v1/radar/value_list_items/" + item.string("id")));
    ok(GATEWAY.delete("/v1/radar/value_lists/" + list));
  }

  @Test
  @Order(7)
  void whatWasPlannedBeforeARestoreIsNotBegunAfterIt() throws SQLException {
    String payment = declined(7_160, "insufficient_funds");
    DATABASE.execute(
        "INSERT INTO recoveries (id, backup_at, restored_at, state)"
            + " VALUES ('rst_1', now(), now() + interval '1000 days', 'resumed')");
    // As one that was declined, and planned, only after the restore, though it is from before it.
    DATABASE.execute(
        "UPDATE payment_retries SET created = now() + interval '2000 days' WHERE payment = '"
            + payment
            + "'");
    pass(DAY.plusHours(1));
    ends(payment, "1 dropped the database was restored since");
    assertThat(asked(7_160)).isEqualTo(1);
  }

  @Test
  @Order(8)
  void nothingBeginsWhilePaymentsArePaused() throws SQLException {
    TestDatabase restored = TestDatabase.fresh();
    restored.execute(
        "INSERT INTO recoveries (id, backup_at, restored_at, state)"
            + " VALUES ('rst_1', now() - interval '2 days', now() - interval '1 day', 'paused')");
    Gateway paused = new Gateway(restored, _ -> {});
    try {
      restored.execute(
          "INSERT INTO payment_retries (account, livemode, id, version, created, payment, number,"
              + " first, reason, planned, state, due) VALUES ('acct_first', false, 'op_1', 1,"
              + " now(), 'pi_1', 1, now(), 'x', now(), 'planned', now() - interval '1 hour')");
      Retrier retrier = paused.context.getBean(Retrier.class);
      assertThat(retrier.runDue()).isZero();
      restored.execute("UPDATE recoveries SET state = 'resumed'");
      Eventually.until(
          () -> {
            retrier.runDue();
            return "dropped".equals(restored.text("SELECT state FROM payment_retries"));
          });
    } finally {
      paused.context.close();
    }
  }
}
