package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Older versions of the API, seen from a client. */
class VersionsTest {

  private static final String NEWEST = "2026-10-28.endive";

  private final Gateway gateway = Gateway.IT;

  @AfterEach
  void chooseTheNewestAgain() {
    gateway.post("/v1/api_settings", "api_version", NEWEST);
  }

  private Answer in(String version, HttpRequest.Builder request) {
    return gateway.send(request.header("Stripe-Version", version));
  }

  private Answer paid(String version, String... more) {
    String[] form = {
      "amount", "1999", "currency", "usd", "payment_method", "pm_card_visa", "confirm", "true"
    };
    String[] all = java.util.Arrays.copyOf(form, form.length + more.length);
    System.arraycopy(more, 0, all, form.length, more.length);
    Answer answer = in(version, gateway.form("/v1/payment_intents", all));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-08-16",
        "2023-10-16",
        "2024-04-10",
        "2024-06-20",
        "2024-12-18.acacia",
        "2025-05-28.basil",
        "2025-11-17.clover",
        "2026-07-29.dahlia",
        "2026-10-28.endive"
      })
  void a_supported_version_is_echoed(String version) {
    Answer answer = in(version, gateway.request("/v1/customers"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Stripe-Version")).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2022-11-15",
        "2023-08-15",
        "2024-01-01",
        "2024-06-20.acacia",
        "2025-03-30.basil",
        "2026-10-29.endive",
        "2027-01-01.endive",
        "2026-02-30.clover",
        "2026-10-28",
        "new",
        "1"
      })
  void any_other_version_is_refused_with_what_is_supported(String version) {
    Answer answer = in(version, gateway.request("/v1/customers"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error().get("type")).isEqualTo("invalid_request_error");
    assertThat((String) answer.error().get("message"))
        .contains(version)
        .contains("2023-08-16")
        .contains("basil")
        .contains(NEWEST);
    assertThat(answer.header("Stripe-Version")).isEqualTo(NEWEST);
  }

  @Test
  void invoice_is_there_before_basil_only() {
    String id = paid(NEWEST).string("id");
    String path = "/v1/payment_intents/" + id + "?expand[]=latest_charge";
    Map<String, @Nullable Object> older = in("2024-06-20", gateway.request(path)).body();
    assertThat(older).containsEntry("invoice", null);
    assertThat(charge(older)).containsEntry("invoice", null);
    Map<String, @Nullable Object> newer = in("2025-03-31.basil", gateway.request(path)).body();
    assertThat(newer).doesNotContainKey("invoice");
    assertThat(charge(newer)).doesNotContainKey("invoice");
  }

  @Test
  void an_error_carries_its_intent_in_the_version_too() {
    String id = paid(NEWEST).string("id");
    Answer refused = in("2023-08-16", gateway.form("/v1/payment_intents/" + id + "/cancel"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error().get("payment_intent"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("invoice", null);
  }

  @Test
  void metadata_is_the_clients_whatever_its_names_are() {
    Answer made =
        in(
            "2023-08-16",
            gateway.form("/v1/customers", "metadata[object]", "charge", "metadata[a]", "b"));
    assertThat(made.body().get("metadata")).isEqualTo(Map.of("object", "charge", "a", "b"));
  }

  @Test
  void the_default_capture_method_is_the_versions() {
    assertThat(paid("2023-10-16").string("capture_method")).isEqualTo("automatic");
    assertThat(paid("2024-04-10").string("capture_method")).isEqualTo("automatic_async");
    assertThat(paid("2023-10-16", "capture_method", "manual").string("capture_method"))
        .isEqualTo("manual");
  }

  @Test
  void what_a_partial_capture_releases_was_a_refund_before_basil() {
    Answer held = paid(NEWEST, "capture_method", "manual");
    String charge = held.string("latest_charge");
    assertThat(in("2024-06-20", gateway.request("/v1/charges/" + charge)).body())
        .containsEntry("amount_refunded", 0L);
    gateway.post(
        "/v1/payment_intents/" + held.string("id") + "/capture", "amount_to_capture", "500");
    assertThat(in("2024-06-20", gateway.request("/v1/charges/" + charge)).body())
        .containsEntry("amount_captured", 500L)
        .containsEntry("amount_refunded", 1499L);
    assertThat(gateway.get("/v1/charges/" + charge).body()).containsEntry("amount_refunded", 0L);
  }

  @Test
  void without_a_header_the_accounts_default_counts() {
    Answer chosen = gateway.post("/v1/api_settings", "api_version", "2024-06-20");
    assertThat(chosen.string("api_version")).isEqualTo("2024-06-20");
    Answer answer = gateway.get("/v1/payment_intents/" + paid(NEWEST).string("id"));
    assertThat(answer.header("Stripe-Version")).isEqualTo("2024-06-20");
    assertThat(answer.body()).containsEntry("invoice", null);
    Answer other =
        gateway.send(
            HttpRequest.newBuilder(gateway.base.resolve("/v1/customers"))
                .header("Authorization", "Bearer " + gateway.otherKey.text()));
    assertThat(other.header("Stripe-Version")).isEqualTo(NEWEST);
    Answer live =
        gateway.send(
            HttpRequest.newBuilder(gateway.base.resolve("/v1/customers"))
                .header("Authorization", "Bearer " + gateway.liveKey.text()));
    assertThat(live.header("Stripe-Version")).isEqualTo(NEWEST);
    assertThat(gateway.post("/v1/api_settings", "api_version", "2020-08-27").status())
        .isEqualTo(400);
    assertThat(gateway.post("/v1/api_settings", "api_version", NEWEST).string("api_version"))
        .isEqualTo(NEWEST);
  }

  @Test
  void events_speak_the_default_version_whatever_the_request_names() {
    gateway.post("/v1/api_settings", "api_version", "2024-06-20");
    paid(NEWEST);
    Map<String, @Nullable Object> event =
        in(NEWEST, gateway.request("/v1/events?type=payment_intent.succeeded&limit=1"))
            .data()
            .getFirst();
    assertThat(event).containsEntry("api_version", "2024-06-20");
    assertThat(object(event)).containsEntry("invoice", null);
    gateway.post("/v1/api_settings", "api_version", NEWEST);
    Map<String, @Nullable Object> same =
        in("2024-06-20", gateway.request("/v1/events/" + event.get("id"))).body();
    assertThat(same).containsEntry("api_version", NEWEST);
    assertThat(object(same)).doesNotContainKey("invoice");
  }

  @Test
  void the_changes_are_told_newest_first() {
    Object changes = gateway.get("/v1/api_settings").body().get("changes");
    assertThat(changes).isInstanceOf(List.class);
    List<String> since =
        ((List<?>) Objects.requireNonNull(changes))
            .stream().map(change -> String.valueOf(((Map<?, ?>) change).get("since"))).toList();
    assertThat(since)
        .isNotEmpty()
        .isSortedAccordingTo(java.util.Comparator.reverseOrder())
        .allSatisfy(date -> assertThat(date).isGreaterThan("2023-08-16"));
  }

  @SuppressWarnings("unchecked") // the wire's objects are maps of names
  private static Map<String, @Nullable Object> charge(Map<String, @Nullable Object> intent) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(intent.get("latest_charge"));
  }

  @SuppressWarnings("unchecked") // the wire's objects are maps of names
  private static Map<String, @Nullable Object> object(Map<String, @Nullable Object> event) {
    Map<String, @Nullable Object> data =
        (Map<String, @Nullable Object>) Objects.requireNonNull(event.get("data"));
    return (Map<String, @Nullable Object>) Objects.requireNonNull(data.get("object"));
  }
}
