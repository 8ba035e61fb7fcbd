package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.pages.PageWatch;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The people who see to watched pages, and what they are told: Margaret, and Olga who reads. */
final class PageDesk {

  private static final String EVENT = "portcullis.payment_page.changed";

  final AdminPeople people;
  private final Gateway gateway;

  PageDesk(Gateway gateway) {
    this.gateway = gateway;
    this.people = new AdminPeople(gateway);
    people.enroll(gateway.setupCode, "margaret");
    people.add(people.token("margaret"), "olga", "operator");
  }

  /** Has changes of pages told there. */
  void tell(String url) {
    Answer endpoint = gateway.post("/v1/webhook_endpoints", "url", url, "enabled_events[]", EVENT);
    assertThat(endpoint.status()).as(endpoint.text()).isEqualTo(200);
  }

  void round() {
    gateway.clock.advance(Duration.ofHours(7));
    assertThat(gateway.context.getBean(PageWatch.class).round()).isPositive();
  }

  Answer admin(String person, String method, String path, @Nullable Map<String, ?> body) {
    return people.call(method, path, people.token(person), body);
  }

  Map<String, @Nullable Object> page(String id) {
    Answer answer = admin("olga", "GET", "watched_pages/" + id, null);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.body();
  }

  List<Map<String, @Nullable Object>> events() {
    return gateway.get("/v1/events?limit=100&type=" + EVENT).data();
  }

  String metrics() {
    gateway.clock.advance(Duration.ofSeconds(11));
    return gateway.context.getBean(PrometheusMeterRegistry.class).scrape();
  }

  static String text(Map<String, @Nullable Object> object, String member) {
    return String.valueOf(object.get(member));
  }

  @SuppressWarnings("unchecked") // an event's data are maps
  static Map<String, @Nullable Object> object(Map<String, @Nullable Object> event) {
    Map<String, @Nullable Object> data =
        (Map<String, @Nullable Object>) Objects.requireNonNull(event.get("data"));
    return (Map<String, @Nullable Object>) Objects.requireNonNull(data.get("object"));
  }

  static Map<String, ?> approval(Map<String, @Nullable Object> seen) {
    return Map.of("fingerprint", Objects.requireNonNull(seen.get("fingerprint")));
  }
}
