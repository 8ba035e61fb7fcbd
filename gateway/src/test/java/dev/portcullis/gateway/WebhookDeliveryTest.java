package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.gateway.Receiver.Request;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StandardSignature;
import dev.portcullis.wire.webhook.StripeSignature;
import dev.portcullis.wire.webhook.VerificationKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events on their way to those who want to be told of them, over real HTTP and PostgreSQL. */
class WebhookDeliveryTest {

  private static final String PATH = "/v1/webhook_endpoints";
  private static final Gateway GATEWAY = new Gateway();

  private final Receiver receiver = new Receiver();

  @AfterEach
  void clear() {
    for (Map<String, @Nullable Object> endpoint : GATEWAY.get(PATH + "?limit=100").data()) {
      GATEWAY.delete(PATH + "/" + endpoint.get("id"));
    }
    receiver.close();
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private Answer endpoint(String path, String... more) {
    List<String> form = new ArrayList<>(List.of("url", receiver.url(path)));
    form.addAll(List.of(more));
    Answer made = GATEWAY.post(PATH, form.toArray(String[]::new));
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    return made;
  }

  private Answer all(String path) {
    return endpoint(path, "enabled_events[]", "*");
  }

  private static String customer() {
    return GATEWAY.post("/v1/customers", "email", "jenny.rosen@example.com").string("id");
  }

  private List<Request> received(String path, int count) {
    eventually().until(() -> receiver.at(path).size() >= count);
    return receiver.at(path);
  }

  private static @Nullable Object object(Request request, String member) {
    return request.event().get("data") instanceof Map<?, ?> data
            && data.get("object") instanceof Map<?, ?> object
        ? object.get(member)
        : null;
  }

  private static long count(String sql, String... parameters) {
    return GATEWAY.database.number(sql, (Object[]) parameters);
  }

  @Test
  void an_event_is_told_signed_both_ways() {
    Answer made = all("/signed");
    String id = customer();
    Request request = received("/signed", 1).getFirst();
    assertThat(object(request, "id")).isEqualTo(id);
    assertThat(object(request, "email")).isEqualTo("jenny.rosen@example.com");
    assertThat(request.event())
        .containsEntry("object", "event")
        .containsEntry("type", "customer.created")
        .containsEntry("livemode", false)
        .containsEntry("pending_webhooks", 1L);
    String event = String.valueOf(request.event().get("id"));
    assertThat(request.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    assertThat(request.header("User-Agent")).isEqualTo("Portcullis/1 webhooks");
    assertThat(request.header("Portcullis-Sequence")).isEqualTo("1");
    assertThat(request.header("webhook-id")).isEqualTo(event);
    SigningSecret secret = SigningSecret.parse(made.string("secret")).orElseThrow();
    assertStripe(request, secret);
    assertStandard(request, secret);
    eventually()
        .until(
            () ->
                Long.valueOf(0)
                    .equals(GATEWAY.get("/v1/events/" + event).body().get("pending_webhooks")));
  }

  private static void assertStripe(Request request, SigningSecret secret) {
    assertThat(
            StripeSignature.verify(
                List.of(request.header("Stripe-Signature")),
                request.body(),
                List.of(secret),
                GATEWAY.clock.instant(),
                Duration.ofMinutes(5)))
        .isInstanceOf(dev.portcullis.wire.webhook.Verdict.Genuine.class);
  }

  private static void assertStandard(Request request, dev.portcullis.wire.webhook.StandardKey key) {
    assertThat(
            StandardSignature.verify(
                new StandardSignature.Received(
                    List.of(request.header("webhook-id")),
                    List.of(request.header("webhook-timestamp")),
                    List.of(request.header("webhook-signature"))),
                request.body(),
                List.of(key),
                GATEWAY.clock.instant(),
                Duration.ofMinutes(5)))
        .isInstanceOf(dev.portcullis.wire.webhook.Verdict.Genuine.class);
  }

  @Test
  void who_verifies_with_the_public_key_needs_no_secret() {
    Answer made = all("/public");
    customer();
    Request request = received("/public", 1).getFirst();
    assertStandard(request, VerificationKey.parse(made.string("public_key")).orElseThrow());
  }

  @Test
  void only_what_was_wanted_when_it_happened_is_told() {
    customer();
    String id = endpoint("/some", "enabled_events[]", "customer.deleted").string("id");
    String deleted = customer();
    GATEWAY.delete("/v1/customers/" + deleted);
    assertThat(received("/some", 1).getFirst().event()).containsEntry("type", "customer.deleted");
    GATEWAY.post(PATH + "/" + id, "enabled_events[]", "customer.updated");
    GATEWAY.delete("/v1/customers/" + customer());
    GATEWAY.post("/v1/customers/" + customer(), "email", "other@example.com");
    assertThat(received("/some", 2).get(1).event()).containsEntry("type", "customer.updated");
    assertThat(receiver.at("/some")).hasSize(2);
  }

  @Test
  void what_is_not_committed_is_told_to_nobody() {
    String endpoint = all("/rolled-back").string("id");
    Instant now = GATEWAY.clock.instant();
    Change.Builder change = Change.in("acct_first", false);
    change.update(
        Table.of("api_settings", "api_version text"), Row.of("api_none", 7, now, "2023-08-16"));
    change.event(
        new Event(
            "evt_rolledback",
            now,
            "customer.created",
            "customer",
            "cus_1",
            1,
            null,
            null,
            null,
            "{\"id\":\"cus_1\",\"object\":\"customer\"}"));
    assertThat(GATEWAY.context.getBean(Journal.class).commit(change.build()))
        .isInstanceOf(Verdict.Conflict.class);
    customer();
    received("/rolled-back", 1);
    assertThat(count("SELECT count(*) FROM webhook_deliveries WHERE endpoint = ?", endpoint))
        .isEqualTo(1);
  }

  private static long attempts(String endpoint) {
    return count(
        "SELECT count(*) FROM webhook_attempts a JOIN webhook_deliveries d"
            + " USING (account, event, endpoint) WHERE endpoint = ? AND d.claimed_until IS NULL",
        endpoint);
  }

  private static void attempted(String endpoint, long times) {
    eventually().until(() -> attempts(endpoint) >= times);
    assertThat(attempts(endpoint)).isEqualTo(times);
  }

  private static String state(String endpoint) {
    return GATEWAY.database.text(
        "SELECT string_agg(DISTINCT state, ' ') FROM webhook_deliveries WHERE endpoint = ?",
        endpoint);
  }

  private static void becomes(String endpoint, String state) {
    eventually().untilAsserted(() -> assertThat(state(endpoint)).isEqualTo(state));
  }

  @Test
  void success_alone_is_success_and_no_redirect_is_followed() {
    Map<Integer, String> endpoints = new TreeMap<>();
    receiver.reply(
        request ->
            request.path().equals("/followed")
                ? Reply.of(200)
                : new Reply(
                    Integer.parseInt(request.path().substring(1)),
                    Map.of("Location", receiver.url("/followed")),
                    "card 4242424242424242"));
    for (int status : List.of(200, 201, 204, 301, 307, 400, 404, 500)) {
      endpoints.put(status, all("/" + status).string("id"));
    }
    customer();
    endpoints.forEach(
        (status, endpoint) -> {
          attempted(endpoint, 1);
          assertThat(state(endpoint))
              .as("" + status)
              .isEqualTo(status < 300 ? "delivered" : "waiting");
          assertThat(
                  GATEWAY.database.text(
                      "SELECT status FROM webhook_attempts WHERE endpoint = ?", endpoint))
              .isEqualTo("" + status);
        });
    assertThat(receiver.at("/followed")).isEmpty();
    assertThat(
            count("SELECT count(*) FROM webhook_attempts WHERE answer LIKE '%4242424242424242%'"))
        .isZero();
  }

  @Test
  void what_fails_is_tried_ten_times_over_days_and_signed_anew_each_time() {
    receiver.reply(_ -> Reply.of(500));
    String endpoint = endpoint("/failing", "enabled_events[]", "customer.created").string("id");
    customer();
    List<Duration> pauses =
        List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));
    for (int made = 1; made < 10; made++) {
      attempted(endpoint, made);
      long seconds =
          count(
              "SELECT extract(epoch FROM due - begun)::bigint FROM webhook_deliveries"
                  + " JOIN webhook_attempts USING (account, event, endpoint)"
                  + " WHERE endpoint = ? AND number = attempts",
              endpoint);
      long pause = pauses.get(made - 1).toSeconds();
      // Beside the jitter of a fifth, what the attempt itself took.
      assertThat(seconds).as("after attempt " + made).isBetween(pause, pause + pause / 5 + 5);
      GATEWAY.clock.advance(Duration.ofSeconds(seconds + 1));
    }
    attempted(endpoint, 10);
    becomes(endpoint, "failed");
    List<Request> requests = receiver.at("/failing");
    assertThat(requests).hasSize(10);
    assertThat(requests)
        .extracting(r -> r.header("webhook-id"))
        .containsOnly(String.valueOf(requests.getFirst().event().get("id")));
    assertThat(requests).extracting(r -> r.header("webhook-timestamp")).doesNotHaveDuplicates();
  }

  @Test
  void one_that_is_gone_is_disabled_and_others_are_told() {
    receiver.reply(request -> Reply.of(request.path().equals("/gone") ? 410 : 200));
    String gone = endpoint("/gone", "enabled_events[]", "customer.created").string("id");
    endpoint("/watch", "enabled_events[]", "portcullis.webhook_endpoint.disabled");
    customer();
    Request notice = received("/watch", 1).getFirst();
    assertThat(object(notice, "id")).isEqualTo(gone);
    assertThat(GATEWAY.get(PATH + "/" + gone).body()).containsEntry("status", "disabled");
    assertThat(
            count(
                "SELECT count(*) FROM audit WHERE action = 'webhook_endpoint.disabled'"
                    + " AND subject = ?",
                gone))
        .isEqualTo(1);
    customer();
    assertThat(count("SELECT count(*) FROM webhook_deliveries WHERE endpoint = ?", gone))
        .isEqualTo(1);
  }

  @Test
  void one_that_is_busy_is_left_alone_for_as_long_as_it_asks() {
    receiver.reply(
        request ->
            request.path().equals("/busy") && receiver.at("/busy").size() == 1
                ? new Reply(429, Map.of("Retry-After", "600"), "")
                : Reply.of(200));
    String endpoint = endpoint("/busy", "enabled_events[]", "customer.created").string("id");
    endpoint("/idle", "enabled_events[]", "customer.created");
    customer();
    attempted(endpoint, 1);
    customer();
    // The other one has had both: the round that told it has passed the busy one over.
    received("/idle", 2);
    assertThat(receiver.at("/busy")).hasSize(1);
    GATEWAY.clock.advance(Duration.ofSeconds(605));
    received("/busy", 3);
    becomes(endpoint, "delivered");
  }

  @Test
  void one_whose_every_attempt_failed_for_five_days_is_disabled() {
    receiver.reply(_ -> Reply.of(500));
    String endpoint = endpoint("/dead", "enabled_events[]", "customer.created").string("id");
    customer();
    for (int day = 0; day < 5; day++) {
      failsOnceMore(endpoint);
      assertThat(GATEWAY.get(PATH + "/" + endpoint).body()).containsEntry("status", "enabled");
      GATEWAY.clock.advance(Duration.ofDays(1));
    }
    failsOnceMore(endpoint);
    eventually()
        .untilAsserted(
            () ->
                assertThat(GATEWAY.get(PATH + "/" + endpoint).body())
                    .containsEntry("status", "disabled"));
    becomes(endpoint, "canceled");
    receiver.reply(_ -> Reply.of(500));
    GATEWAY.post(PATH + "/" + endpoint, "disabled", "false");
    failsOnceMore(endpoint);
    assertThat(GATEWAY.get(PATH + "/" + endpoint).body()).containsEntry("status", "enabled");
  }

  /** What waits is tried now, and has failed. */
  private static void failsOnceMore(String endpoint) {
    GATEWAY.clock.advance(Duration.ofHours(1));
    String now = GATEWAY.clock.instant().toString();
    customer();
    String since =
        "SELECT count(*) FROM webhook_attempts WHERE endpoint = ? AND outcome = 'refused'"
            + " AND begun >= ?::timestamptz";
    eventually().until(() -> count(since, endpoint, now) > 0);
  }

  @Test
  void one_that_fails_after_a_quiet_spell_has_not_failed_all_the_while() {
    receiver.reply(_ -> Reply.of(500));
    String endpoint = endpoint("/quiet", "enabled_events[]", "customer.created").string("id");
    customer();
    attempted(endpoint, 1);
    GATEWAY.clock.advance(Duration.ofDays(9));
    attempted(endpoint, 2);
    assertThat(failingFor(endpoint)).isLessThan(Duration.ofDays(1));
    GATEWAY.clock.advance(Duration.ofHours(28));
    attempted(endpoint, 3);
    assertThat(failingFor(endpoint)).isBetween(Duration.ofHours(27), Duration.ofDays(2));
    assertThat(GATEWAY.get(PATH + "/" + endpoint).body()).containsEntry("status", "enabled");
    GATEWAY.post(PATH + "/" + endpoint, "url", receiver.url("/moved"));
    assertThat(count("SELECT count(*) FROM webhook_endpoint_health WHERE endpoint = ?", endpoint))
        .isZero();
  }

  private static Duration failingFor(String endpoint) {
    String since =
        "SELECT extract(epoch FROM failing_since)::bigint FROM webhook_endpoint_health"
            + " WHERE endpoint = ?";
    return Duration.between(Instant.ofEpochSecond(count(since, endpoint)), GATEWAY.clock.instant());
  }

  @Test
  void an_attempt_counts_when_its_outcome_is_written() {
    List<Long> steps = new CopyOnWriteArrayList<>();
    String step = "SELECT step FROM webhook_deliveries WHERE endpoint = ?";
    AtomicReference<String> id = new AtomicReference<>("");
    receiver.reply(
        _ -> {
          steps.add(count(step, id.get()));
          return Reply.of(500);
        });
    id.set(endpoint("/steps", "enabled_events[]", "customer.created").string("id"));
    customer();
    attempted(id.get(), 1);
    assertThat(count(step, id.get())).isEqualTo(1);
    GATEWAY.clock.advance(Duration.ofSeconds(7));
    attempted(id.get(), 2);
    assertThat(count(step, id.get())).isEqualTo(2);
    assertThat(steps).containsExactly(0L, 1L);
  }

  @Test
  void a_fault_of_the_gateway_counts_against_nobody() throws Exception {
    String endpoint = endpoint("/faulty", "enabled_events[]", "customer.created").string("id");
    String set = "UPDATE webhook_endpoints SET doc = doc || jsonb_build_object(%s) WHERE id = '%s'";
    GATEWAY.database.execute(
        set.formatted("'kept', doc->'secret', 'secret', 'not sealed'", endpoint));
    customer();
    for (int made = 1; made < 13; made++) {
      attempted(endpoint, made);
      GATEWAY.clock.advance(Duration.ofMinutes(7));
    }
    assertThat(count("SELECT step FROM webhook_deliveries WHERE endpoint = ?", endpoint)).isZero();
    assertThat(count("SELECT count(*) FROM webhook_endpoint_health WHERE endpoint = ?", endpoint))
        .isZero();
    GATEWAY.database.execute(set.formatted("'secret', doc->'kept'", endpoint));
    GATEWAY.clock.advance(Duration.ofMinutes(7));
    received("/faulty", 1);
    becomes(endpoint, "delivered");
  }

  @Test
  void disabled_and_deleted_endpoints_are_told_nothing_more() {
    receiver.reply(_ -> Reply.of(500));
    String disabled = all("/off").string("id");
    String deleted = all("/deleted").string("id");
    customer();
    attempted(disabled, 1);
    attempted(deleted, 1);
    GATEWAY.post(PATH + "/" + disabled, "disabled", "true");
    GATEWAY.delete(PATH + "/" + deleted);
    becomes(disabled, "canceled");
    becomes(deleted, "canceled");
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    customer();
    assertThat(receiver.at("/off")).hasSize(1);
    assertThat(receiver.at("/deleted")).hasSize(1);
  }

  @Test
  void what_a_dead_gateway_had_claimed_comes_back() throws Exception {
    String endpoint = endpoint("/claimed", "enabled_events[]", "customer.created").string("id");
    GATEWAY.database.execute(
        "INSERT INTO webhook_endpoint_health VALUES ('acct_first', false, '"
            + endpoint
            + "', NULL, now() + interval '10 years')");
    customer();
    GATEWAY.database.execute(
        "UPDATE webhook_deliveries SET attempts = 1, step = 1, due = at, claimed_until = at"
            + " FROM (SELECT '"
            + GATEWAY.clock.instant().plusSeconds(30)
            + "'::timestamptz AS at) AS lease WHERE endpoint = '"
            + endpoint
            + "'");
    GATEWAY.database.execute("DELETE FROM webhook_endpoint_health");
    endpoint("/unclaimed", "enabled_events[]", "customer.created");
    customer();
    received("/unclaimed", 1);
    assertThat(receiver.at("/claimed")).hasSizeLessThanOrEqualTo(1);
    GATEWAY.clock.advance(Duration.ofSeconds(31));
    received("/claimed", 2);
    becomes(endpoint, "delivered");
  }

  @Test
  void an_outcome_that_comes_after_the_lease_changes_nothing() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    receiver.reply(
        _ -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Reply.of(200);
        });
    String endpoint = endpoint("/late", "enabled_events[]", "customer.created").string("id");
    customer();
    received("/late", 1);
    // As another gateway's claim leaves the row.
    GATEWAY.database.execute(
        "UPDATE webhook_deliveries SET due = now() + interval '1 year',"
            + " claimed_until = now() + interval '1 year' WHERE endpoint = '"
            + endpoint
            + "'");
    over.countDown();
    eventually()
        .until(
            () -> count("SELECT count(*) FROM webhook_attempts WHERE endpoint = ?", endpoint) == 1);
    assertThat(state(endpoint)).isEqualTo("waiting");
    assertThat(
            count(
                "SELECT count(*) FROM webhook_deliveries WHERE endpoint = ?"
                    + " AND claimed_until > now() + interval '300 days'",
                endpoint))
        .isEqualTo(1);
  }

  @Test
  void one_that_hangs_has_eight_places_and_delays_no_other() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    receiver.reply(
        request -> {
          if (request.path().equals("/hang")) {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            now.decrementAndGet();
          }
          return Reply.of(200);
        });
    String hanging = endpoint("/hang", "enabled_events[]", "customer.created").string("id");
    endpoint("/quick", "enabled_events[]", "customer.created");
    for (int i = 0; i < 20; i++) {
      customer();
    }
    received("/quick", 20);
    assertThat(receiver.at("/hang").size()).isBetween(1, 8);
    assertThat(most.get()).isBetween(1, 8);
    eventually()
        .until(
            () ->
                count(
                        "SELECT count(*) FROM webhook_attempts WHERE endpoint = ?"
                            + " AND outcome = 'no_answer' AND reason = 'deadline'",
                        hanging)
                    > 0);
    over.countDown();
  }

  @Test
  void each_is_told_as_much_and_in_the_version_that_it_wants() {
    endpoint("/thin", "enabled_events[]", "customer.created", "payload", "thin");
    endpoint("/old", "enabled_events[]", "customer.created", "api_version", "2023-08-16");
    String id = customer();
    Map<String, @Nullable Object> thin = received("/thin", 1).getFirst().event();
    assertThat(thin)
        .doesNotContainKey("data")
        .containsEntry(
            "related_object", Map.of("id", id, "type", "customer", "url", "/v1/customers/" + id));
    assertThat(received("/old", 1).getFirst().event()).containsEntry("api_version", "2023-08-16");
  }

  @Test
  void while_a_secret_is_rolled_both_sign() {
    Answer made = endpoint("/rolled", "enabled_events[]", "customer.created");
    String one = PATH + "/" + made.string("id");
    SigningSecret before = SigningSecret.parse(made.string("secret")).orElseThrow();
    Answer rolled = GATEWAY.post(one + "/roll_secret", "expire_in", "60");
    assertThat(rolled.status()).as(rolled.text()).isEqualTo(200);
    SigningSecret after = SigningSecret.parse(rolled.string("secret")).orElseThrow();
    assertThat(after).isNotEqualTo(before);
    customer();
    Request both = received("/rolled", 1).getFirst();
    for (SigningSecret secret : List.of(before, after)) {
      assertStripe(both, secret);
      assertStandard(both, secret);
    }
    attempted(made.string("id"), 1);
    GATEWAY.clock.advance(Duration.ofSeconds(61));
    customer();
    Request one2 = received("/rolled", 2).get(1);
    assertStripe(one2, after);
    assertThat(one2.header("Stripe-Signature").split("v1=", -1)).hasSize(2);
    assertThat(both.header("Stripe-Signature").split("v1=", -1)).hasSize(3);
    assertThat(GATEWAY.post(one + "/roll_secret", "expire_in", "604801").error())
        .containsEntry("param", "expire_in");
  }

  @Test
  void while_a_key_pair_is_rolled_both_sign() {
    Answer made = endpoint("/rolled-key", "enabled_events[]", "customer.created");
    String roll = PATH + "/" + made.string("id") + "/roll_key";
    VerificationKey before = VerificationKey.parse(made.string("public_key")).orElseThrow();
    Answer rolled = GATEWAY.post(roll, "expire_in", "60");
    assertThat(rolled.status()).as(rolled.text()).isEqualTo(200);
    assertThat(rolled.body()).doesNotContainKey("secret");
    VerificationKey after = VerificationKey.parse(rolled.string("public_key")).orElseThrow();
    assertThat(after.text()).isNotEqualTo(before.text());
    Answer third = GATEWAY.post(roll);
    assertThat(third.status()).as(third.text()).isEqualTo(409);
    assertThat(third.error()).containsEntry("code", "key_still_rolling");
    customer();
    Request both = received("/rolled-key", 1).getFirst();
    assertStandard(both, before);
    assertStandard(both, after);
    assertStandard(both, SigningSecret.parse(made.string("secret")).orElseThrow());
    attempted(made.string("id"), 1);
    GATEWAY.clock.advance(Duration.ofSeconds(61));
    customer();
    Request one = received("/rolled-key", 2).get(1);
    assertStandard(one, after);
    assertThat(one.header("webhook-signature").split("v1a,", -1)).hasSize(2);
    assertThat(GATEWAY.get(PATH + "/" + made.string("id")).string("public_key"))
        .isEqualTo(after.text());
  }

  @Test
  void a_secret_is_not_rolled_while_the_one_before_it_signs_unless_both_are_to_end() {
    Answer made = endpoint("/rolled-twice", "enabled_events[]", "customer.created");
    String roll = PATH + "/" + made.string("id") + "/roll_secret";
    String second = GATEWAY.post(roll).string("secret");
    Answer third = GATEWAY.post(roll);
    assertThat(third.status()).as(third.text()).isEqualTo(409);
    assertThat(third.error()).containsEntry("code", "secret_still_rolling");
    customer();
    Request both = received("/rolled-twice", 1).getFirst();
    for (String secret : List.of(made.string("secret"), second)) {
      assertStripe(both, SigningSecret.parse(secret).orElseThrow());
    }
    Answer atOnce = GATEWAY.post(roll, "expire_in", "0");
    customer();
    Request one = received("/rolled-twice", 2).get(1);
    assertThat(one.header("Stripe-Signature").split("v1=", -1)).hasSize(2);
    assertStripe(one, SigningSecret.parse(atOnce.string("secret")).orElseThrow());
  }

  @Test
  void the_log_shows_each_attempt_and_has_an_event_told_again() {
    receiver.reply(_ -> new Reply(500, Map.of(), "out of order"));
    String endpoint = endpoint("/log", "enabled_events[]", "customer.created").string("id");
    String one = PATH + "/" + endpoint;
    customer();
    attempted(endpoint, 1);
    customer();
    attempted(endpoint, 2);
    List<Map<String, @Nullable Object>> page = GATEWAY.get(one + "/deliveries").data();
    assertThat(page).hasSize(2);
    String newest = String.valueOf(page.getFirst().get("id"));
    String oldest = String.valueOf(page.get(1).get("id"));
    assertThat(newest).isGreaterThan(oldest);
    assertThat(GATEWAY.get(one + "/deliveries?limit=1&starting_after=" + newest).data())
        .singleElement()
        .satisfies(each -> assertThat(each).containsEntry("id", oldest));
    assertThat(GATEWAY.get(one + "/deliveries?status=delivered").data()).isEmpty();
    Answer delivery = GATEWAY.get(one + "/deliveries/" + oldest);
    assertThat(delivery.body())
        .containsEntry("status", "waiting")
        .containsEntry("event_type", "customer.created")
        .containsEntry("attempt_count", 1L);
    assertThat(delivery.text()).contains("\"http_status\":500").contains("out of order");
    String kept =
        "SELECT answer FROM webhook_attempts WHERE endpoint = ? AND event = ? AND number = ";
    assertThat(GATEWAY.database.text(kept + 1, endpoint, oldest)).startsWith("sealed:1:");
    receiver.reply(_ -> new Reply(200, Map.of(), "of Jenny Rosen"));
    Answer again = resend(one, oldest);
    assertThat(again.status()).as(again.text()).isEqualTo(200);
    eventually()
        .until(
            () ->
                "delivered"
                    .equals(GATEWAY.get(one + "/deliveries/" + oldest).body().get("status")));
    assertThat(GATEWAY.database.text(kept + 2, endpoint, oldest)).isEqualTo("null");
    // A client that asks again by itself gets the answer of before, and nothing is told once more.
    String due =
        "SELECT state || due::text FROM webhook_deliveries WHERE endpoint = ? AND event = ?";
    String delivered = GATEWAY.database.text(due, endpoint, oldest);
    String waiting = GATEWAY.database.text(due, endpoint, newest);
    assertThat(resend(one, oldest).text()).isEqualTo(again.text());
    assertThat(GATEWAY.database.text(due, endpoint, oldest)).isEqualTo(delivered);
    assertThat(resend(one, newest).error()).containsEntry("type", "idempotency_error");
    assertThat(GATEWAY.database.text(due, endpoint, newest)).isEqualTo(waiting);
    assertThat(delivered).startsWith("delivered");
    assertThat(waiting).startsWith("waiting");
    assertThat(GATEWAY.post(one + "/deliveries/evt_none/resend").status()).isEqualTo(404);
  }

  @Test
  void a_range_is_told_again_in_the_background_once() {
    Answer made = endpoint("/range", "enabled_events[]", "customer.created");
    String one = PATH + "/" + made.string("id");
    for (int i = 0; i < 3; i++) {
      customer();
    }
    becomes(made.string("id"), "delivered");
    received("/range", 3);
    assertThat(GATEWAY.post(one + "/resend").error()).containsEntry("param", "created");
    assertThat(GATEWAY.post(one + "/resend", "status", "failed").status()).isEqualTo(200);
    eventually()
        .until(() -> count("SELECT count(*) FROM webhook_resends WHERE ended IS NULL") == 0);
    Answer asked = GATEWAY.post(one + "/resend", "created[gte]", "1");
    assertThat(asked.status()).as(asked.text()).isEqualTo(200);
    received("/range", 6);
    eventually()
        .until(() -> count("SELECT count(*) FROM webhook_resends WHERE ended IS NULL") == 0);
    becomes(made.string("id"), "delivered");
    assertThat(receiver.at("/range")).hasSize(6);
    assertThat(receiver.at("/range"))
        .extracting(request -> request.header("webhook-id"))
        .doesNotContain("")
        .satisfies(ids -> assertThat(ids.stream().distinct()).hasSize(3));
  }

  private static Answer resend(String endpoint, String event) {
    return GATEWAY.send(
        GATEWAY
            .form(endpoint + "/deliveries/" + event + "/resend")
            .header("Idempotency-Key", "resend-" + endpoint));
  }

  @Test
  void what_is_told_again_waits_for_what_is_not_and_one_resend_for_another() throws Exception {
    String busy = endpoint("/again", "enabled_events[]", "customer.created").string("id");
    String other = endpoint("/turn", "enabled_events[]", "customer.created").string("id");
    for (int i = 0; i < 12; i++) {
      customer();
    }
    received("/again", 12);
    becomes(busy, "delivered");
    // While the endpoint is left alone, all of it comes to wait.
    GATEWAY.database.execute(
        "INSERT INTO webhook_endpoint_health VALUES ('acct_first', false, '"
            + busy
            + "', NULL, now() + interval '10 years')");
    GATEWAY.database.execute(
        "INSERT INTO webhook_deliveries SELECT account, livemode, 'evt_~' || n, endpoint, created,"
            + " type, object, object_version, 'waiting', 1, 0, now() - interval '1 hour', NULL,"
            + " NULL, true FROM (SELECT * FROM webhook_deliveries WHERE endpoint = '"
            + busy
            + "' LIMIT 1) d, generate_series(1, 500) n");
    assertThat(GATEWAY.post(PATH + "/" + busy + "/resend", "created[gte]", "1").status())
        .isEqualTo(200);
    Answer second = GATEWAY.post(PATH + "/" + busy + "/resend", "created[gte]", "1");
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.error()).containsEntry("code", "webhook_resend_in_progress");
    assertThat(GATEWAY.post(PATH + "/" + other + "/resend", "created[gte]", "1").status())
        .isEqualTo(200);
    // It has had its turn though the first one cannot go on.
    received("/turn", 24);
    assertThat(count("SELECT count(*) FROM webhook_resends WHERE ended IS NULL")).isEqualTo(1);
    GATEWAY.database.execute("DELETE FROM webhook_deliveries WHERE event LIKE 'evt_~%'");
    eventually()
        .until(() -> count("SELECT count(*) FROM webhook_resends WHERE ended IS NULL") == 0);
    String fresh = customer();
    GATEWAY.database.execute("DELETE FROM webhook_endpoint_health");
    List<Request> requests = received("/again", 25);
    // Eight at once: it is among the first of them.
    assertThat(requests.subList(12, 20)).anyMatch(each -> fresh.equals(object(each, "id")));
  }

  @Test
  void an_event_of_a_gateway_whose_clock_is_behind_is_told() {
    String endpoint = endpoint("/behind", "enabled_events[]", "customer.created").string("id");
    for (int seconds : List.of(3, 60)) {
      Instant then = GATEWAY.clock.instant().minusSeconds(seconds);
      Change.Builder change = Change.in("acct_first", false);
      change.event(
          new Event(
              "evt_behind" + seconds,
              then,
              "customer.created",
              "customer",
              "cus_1",
              1,
              null,
              null,
              null,
              "{\"id\":\"cus_1\",\"object\":\"customer\"}"));
      assertThat(GATEWAY.context.getBean(Journal.class).commit(change.build()))
          .isInstanceOf(Verdict.Committed.class);
    }
    assertThat(
            GATEWAY.database.text(
                "SELECT string_agg(event, ' ') FROM webhook_deliveries WHERE endpoint = ?",
                endpoint))
        .isEqualTo("evt_behind3");
  }

  @Test
  void a_test_is_told_to_the_one_alone() {
    String asked = endpoint("/asked", "enabled_events[]", "refund.created").string("id");
    all("/everything");
    Answer test = GATEWAY.post(PATH + "/" + asked + "/test");
    assertThat(test.status()).as(test.text()).isEqualTo(200);
    Request request = received("/asked", 1).getFirst();
    assertThat(request.event())
        .containsEntry("id", test.string("id"))
        .containsEntry("type", "portcullis.webhook_endpoint.test");
    customer();
    received("/everything", 1);
    assertThat(receiver.at("/everything"))
        .extracting(each -> each.event().get("type"))
        .containsExactly("customer.created");
  }

  @Test
  void an_endpoint_from_before_there_were_keys_gets_one() throws Exception {
    String endpoint = endpoint("/before", "enabled_events[]", "customer.created").string("id");
    GATEWAY.database.execute(
        "UPDATE webhook_endpoints SET doc = doc #- '{signing_key}' #- '{object,public_key}'"
            + " #- '{object,payload}' WHERE id = '"
            + endpoint
            + "'");
    customer();
    Request request = received("/before", 1).getFirst();
    String key = GATEWAY.get(PATH + "/" + endpoint).string("public_key");
    assertStandard(request, VerificationKey.parse(key).orElseThrow());
  }
}
