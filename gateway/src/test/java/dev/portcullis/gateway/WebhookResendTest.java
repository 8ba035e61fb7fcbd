package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.gateway.Receiver.Request;
import dev.portcullis.gateway.events.ToldEvents;
import dev.portcullis.kit.Ids;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What became of deliveries is shown, and events are told again. */
class WebhookResendTest extends WebhookReceivers {

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

  private static List<String> listed(String query) {
    return GATEWAY.get("/v1/events?created[gte]=" + since() + "&limit=100" + query).data().stream()
        .map(event -> String.valueOf(event.get("id")))
        .toList();
  }

  /** What other tests have left behind is of days before. */
  private static long since() {
    return GATEWAY.clock.instant().minusSeconds(60).getEpochSecond();
  }

  @Test
  void the_list_of_events_says_which_of_them_everybody_was_told_of() {
    GATEWAY.clock.advance(Duration.ofDays(1));
    customer();
    String well = endpoint("/well", "enabled_events[]", "customer.created").string("id");
    receiver.reply(request -> Reply.of(request.path().equals("/well") ? 200 : 500));
    customer();
    attempted(well, 1);
    String ill = endpoint("/ill", "enabled_events[]", "customer.created").string("id");
    customer();
    customer();
    attempted(well, 3);
    attempted(ill, 2);
    becomes(well, "delivered");
    List<String> all = listed("&type=customer.created");
    assertThat(all).hasSize(4);
    assertThat(listed("&type=customer.created&delivery_success=true"))
        .as("nobody wanted the first, and all were told of the second")
        .isEqualTo(all.subList(2, 4));
    String untold = "&types[]=customer.created&delivery_success=false";
    assertThat(listed(untold)).isEqualTo(all.subList(0, 2));
    assertThat(listed("&type=customer.*&delivery_success=false")).isEqualTo(all.subList(0, 2));
    assertThat(listed("&type=refund.created&delivery_success=false")).isEmpty();
    Answer page = GATEWAY.get("/v1/events?limit=1" + untold);
    assertThat(page.data()).extracting(each -> each.get("id")).isEqualTo(List.of(all.getFirst()));
    assertThat(page.body()).containsEntry("has_more", true);
    assertThat(listed(untold + "&starting_after=" + all.getFirst())).isEqualTo(List.of(all.get(1)));
    assertThat(listed(untold + "&ending_before=" + all.get(1))).isEqualTo(List.of(all.getFirst()));
    GATEWAY.delete(PATH + "/" + ill);
    becomes(ill, "canceled");
    assertThat(listed(untold)).as("who was deleted was not told").isEqualTo(all.subList(0, 2));
    assertThat(GATEWAY.get("/v1/events?delivery_success=perhaps").error())
        .containsEntry("param", "delivery_success");
  }

  /** An empty page would seem to be the list's end. */
  @Test
  void where_nothing_is_found_for_long_the_list_says_where_to_go_on() throws SQLException {
    Ids ids = new Ids(GATEWAY.clock, new SecureRandom());
    List<String> dead =
        Stream.generate(() -> ids.next("evt"))
            .limit(ToldEvents.MOST_LOOKED_AT + 3)
            .sorted(Comparator.reverseOrder())
            .toList();
    for (String rows :
        List.of(
            "events (account, livemode, id, version, created, type, object_type, object,"
                + " object_version, state, doc) SELECT 'acct_first', false, id, 1, now,"
                + " 'mandate.updated', 'mandate', 'mandate_1', 1, 'new', '{}'",
            "webhook_deliveries (account, livemode, event, endpoint, created, type, object,"
                + " object_version, state, attempts, step, due) SELECT 'acct_first', false, id,"
                + " 'we_dead', now, 'mandate.updated', 'mandate_1', 1, 'failed', 1, 1, now")) {
      GATEWAY.database.execute(
          "INSERT INTO "
              + rows
              + " FROM (SELECT '"
              + GATEWAY.clock.instant()
              + "'::timestamptz) AS t (now), unnest('{"
              + String.join(",", dead)
              + "}'::text[]) AS e (id)");
    }
    String told = "/v1/events?type=mandate.updated&delivery_success=true";
    String last = dead.get(ToldEvents.MOST_LOOKED_AT - 1);
    Answer cut = GATEWAY.get(told);
    assertThat(cut.status()).isEqualTo(400);
    assertThat(cut.error())
        .containsEntry("param", "starting_after")
        .hasEntrySatisfying(
            "message",
            message ->
                assertThat(String.valueOf(message)).endsWith(" starting_after=" + last + "."));
    Answer rest = GATEWAY.get(told + "&starting_after=" + last);
    assertThat(rest.data()).isEmpty();
    assertThat(rest.body()).containsEntry("has_more", false);
    assertThat(GATEWAY.get(told + "&ending_before=" + dead.getLast()).error())
        .containsEntry("param", "ending_before");
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
}
