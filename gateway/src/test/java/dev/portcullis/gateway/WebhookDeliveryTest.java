package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.gateway.Receiver.Request;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Events on their way to those who want to be told of them, over real HTTP and PostgreSQL. */
class WebhookDeliveryTest extends WebhookReceivers {

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
}
