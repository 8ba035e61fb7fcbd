package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.requestlog.RequestEntry;
import dev.portcullis.gateway.requestlog.RequestLog;
import dev.portcullis.gateway.store.Purge;
import dev.portcullis.wire.key.KeyKind;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The log of requests, seen from a client. */
class RequestLogTest {

  private static final String REDACTED = "[REDACTED]";

  private final Gateway gateway = Gateway.IT;
  private final RequestLog log = gateway.context.getBean(RequestLog.class);

  private Map<String, @Nullable Object> logged(Answer answer) {
    log.flush();
    Answer entry = gateway.get("/v1/request_logs/" + answer.header("Request-Id"));
    assertThat(entry.status()).as(entry.text()).isEqualTo(200);
    return entry.body();
  }

  @Test
  void a_request_is_logged_with_who_what_when_and_how_it_ended() {
    Answer answer =
        gateway.send(
            gateway
                .form(
                    "/v1/payment_intents",
                    "amount",
                    "1999",
                    "currency",
                    "usd",
                    "payment_method",
                    "pm_card_visa",
                    "confirm",
                    "true",
                    "expand[]",
                    "latest_charge")
                .header("User-Agent", "shop/1.0 " + "x".repeat(300))
                .header("Stripe-Version", "2024-06-20"));
    assertThat(answer.status()).isEqualTo(200);
    Map<String, @Nullable Object> entry = logged(answer);
    assertThat(entry)
        .containsEntry("object", "request_log")
        .containsEntry("method", "POST")
        .containsEntry("path", "/v1/payment_intents")
        .containsEntry("status", 200L)
        .containsEntry("api_version", "2024-06-20")
        .containsEntry("address", "127.0.0.1")
        .containsEntry("livemode", false)
        .containsEntry(
            "parameters",
            Map.of(
                "amount",
                "1999",
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "confirm",
                "true",
                "expand",
                List.of("latest_charge")));
    assertThat((String) entry.get("key")).startsWith("key_");
    assertThat((String) entry.get("user_agent")).startsWith("shop/1.0 x").hasSize(200);
    assertThat((Long) entry.get("duration_micros")).isPositive();
    assertThat((Long) entry.get("created"))
        .isBetween(Instant.parse("2020-01-01T00:00:00Z").getEpochSecond(), 253_402_300_799L);
  }

  @Test
  void what_is_secret_or_personal_or_unknown_is_not_in_it() {
    Answer answer =
        gateway.post(
            "/v1/customers",
            "name",
            "Ada Lovelace",
            "email",
            "ada@example.com",
            "phone",
            "5550100",
            "address[line1]",
            "1 Main Street",
            "address[country]",
            "GB",
            "metadata[birthday]",
            "1815-12-10",
            "tax_exempt",
            "none",
            "payment_method",
            "Ada Lovelace",
            "preferred_locales[]",
            "en");
    Map<String, @Nullable Object> entry = logged(answer);
    assertThat(entry.get("parameters"))
        .isEqualTo(
            Map.of(
                "name", REDACTED,
                "email", REDACTED,
                "phone", REDACTED,
                "address", REDACTED,
                "metadata", REDACTED,
                "tax_exempt", "none",
                "payment_method", REDACTED,
                "preferred_locales", REDACTED));
    assertThat(entry.toString()).doesNotContain("Lovelace").doesNotContain("1815");
  }

  @Test
  void a_refused_request_shows_only_what_it_was_allowed_to_say() {
    String card = "4242424242424242";
    for (String[] form :
        List.of(
            new String[] {"amount", card, "currency", "usd"},
            new String[] {"amount", "Ada", "currency", "secret"},
            new String[] {"capture_method", card, "currency", "usd"},
            new String[] {"customer", "pi_1234567890_secret_abcdefghijkl"},
            new String[] {"card[number]", card, "card[cvc]", "987"},
            new String[] {"confirm", "Lovelace"},
            new String[] {"Lovelace", "x"},
            new String[] {"expand[]", "Lovelace"})) {
      Answer answer = gateway.post("/v1/payment_intents", form);
      assertThat(answer.status()).isEqualTo(400);
      Map<String, @Nullable Object> told = new LinkedHashMap<>(logged(answer));
      // Numbers and letters of chance: they may be anything that is looked for.
      told.keySet().removeAll(List.of("id", "key", "created", "duration_micros"));
      assertThat(told.toString())
          .doesNotContain(card)
          .doesNotContain("Ada")
          .doesNotContain("secret")
          .doesNotContain("987")
          .doesNotContain("Lovelace");
    }
    Answer inPath = gateway.get("/v1/customers/" + card);
    assertThat(logged(inPath).get("path")).isEqualTo("/v1/customers/" + REDACTED);
    String secret =
        gateway
            .post("/v1/payment_intents", "amount", "99", "currency", "usd")
            .string("client_secret");
    Answer withSecret =
        gateway.get(
            "/v1/payment_intents/" + secret.split("_secret_")[0] + "?client_secret=" + secret);
    assertThat(logged(withSecret).get("parameters")).isEqualTo(Map.of("client_secret", REDACTED));
  }

  @Test
  void the_list_has_the_conventions_of_every_list() {
    gateway.get("/v1/balance");
    gateway.get("/v1/customers/cus_none");
    log.flush();
    Answer newest = gateway.get("/v1/request_logs?limit=2");
    assertThat(newest.data()).hasSize(2);
    assertThat(newest.body()).containsEntry("has_more", true);
    Object last = newest.data().get(1).get("id");
    assertThat(gateway.get("/v1/request_logs?limit=1&starting_after=" + last).data()).hasSize(1);
    assertThat(gateway.get("/v1/request_logs?status=404").data())
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry).containsEntry("status", 404L));
    assertThat(gateway.get("/v1/request_logs?method=GET").data())
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry).containsEntry("method", "GET"));
    assertThat(gateway.get("/v1/request_logs?created[gt]=9999999999").data()).isEmpty();
  }

  @Test
  void nobody_reads_the_log_of_another_account_or_mode() {
    Answer answer = gateway.get("/v1/balance");
    log.flush();
    for (var key : List.of(gateway.otherKey, gateway.liveKey)) {
      Answer other =
          gateway.send(
              HttpRequest.newBuilder(
                      gateway.base.resolve("/v1/request_logs/" + answer.header("Request-Id")))
                  .header("Authorization", "Bearer " + key.text()));
      assertThat(other.status()).isEqualTo(404);
    }
  }

  private RequestEntry entry(String id, Instant created) {
    Principal principal = new Principal("acct_log", false, "key_1", KeyKind.SECRET);
    return new RequestEntry(
        id, principal, created, "GET", "/v1/balance", 200, 1, "v", "::1", "", "{}");
  }

  @Test
  void after_thirty_days_an_entry_is_gone() {
    Instant now = java.time.InstantSource.system().instant();
    log.add(entry("req_aged_old", now.minus(Duration.ofDays(31))));
    log.add(entry("req_aged_young", now.minus(Duration.ofDays(29))));
    log.flush();
    gateway.context.getBean(Purge.class).round();
    assertThat(
            gateway.database.text(
                "SELECT string_agg(id, ',') FROM request_logs WHERE id LIKE ?", "req_aged_%"))
        .isEqualTo("req_aged_young");
  }

  @Test
  void what_does_not_fit_is_lost_and_counted_and_nobody_waits() {
    var meters = gateway.context.getBean(io.micrometer.core.instrument.MeterRegistry.class);
    var lost = meters.get("portcullis.request.log.lost").tag("reason", "overflow").counter();
    double before = lost.count();
    Instant now = java.time.InstantSource.system().instant();
    synchronized (log) {
      // The writer waits for the same lock, so nothing is taken from the queue meanwhile.
      for (int i = 0; i < 12_000; i++) {
        log.add(entry("req_" + i, now));
      }
    }
    assertThat(lost.count() - before).isBetween(2_000.0, 12_000.0);
    log.flush();
    assertThat(gateway.get("/v1/balance").status()).isEqualTo(200);
  }
}
