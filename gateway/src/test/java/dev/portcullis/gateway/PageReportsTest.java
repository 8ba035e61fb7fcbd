package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.pages.PolicyReports;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What browsers report of the hosted pages is kept, in few rows, and shown to people. */
class PageReportsTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  @BeforeAll
  static void enroll() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static String report(String page, String directive, String blocked) {
    return ("{\"csp-report\":{\"document-uri\":\"https://pay.example%s\","
            + "\"effective-directive\":\"%s\",\"blocked-uri\":\"%s\"}}")
        .formatted(page, directive, blocked);
  }

  private static void post(String report) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(GATEWAY.base + "/checkout/reports"))
            .header("Content-Type", "application/csp-report")
            .POST(HttpRequest.BodyPublishers.ofString(report));
    assertThat(GATEWAY.send(request).status()).isEqualTo(204);
  }

  private static List<Map<String, @Nullable Object>> kept() {
    return kept(PEOPLE.token("margaret"));
  }

  private static List<Map<String, @Nullable Object>> kept(String token) {
    Answer answer = PEOPLE.call("GET", "pages/reports", token, null);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.data();
  }

  private static long number(Map<String, @Nullable Object> report, String member) {
    return Long.parseLong(String.valueOf(report.get(member)));
  }

  @Test
  void reportsAreKeptByPageDirectiveAndOriginWithHowOftenAndWhen() {
    String secret = "SecretOfThePage";
    String page = "/checkout/acct_first/cs_test_abc/" + secret;
    post(report(page, "script-src-elem", "https://evil.example/x?card=4242424242424242"));
    GATEWAY.clock.advance(Duration.ofMinutes(5));
    post(report(page, "script-src-elem", "https://evil.example/y"));
    post(report(page + "/return", "img-src", "inline"));
    post(report("/somewhere", "img-src", "nonsense"));
    Map<String, @Nullable Object> script =
        kept().stream()
            .filter(each -> "https://evil.example".equals(each.get("blocked")))
            .findFirst()
            .orElseThrow();
    assertThat(script)
        .containsEntry("page", "payment")
        .containsEntry("directive", "script-src-elem")
        .containsEntry("count", 2L);
    assertThat(kept().toString())
        .contains("page=return", "page=other")
        .doesNotContain("4242", secret, "nonsense");
    GATEWAY.clock.advance(Duration.ofMinutes(5));
    post(report(page, "script-src-elem", "https://evil.example/z"));
    assertThat(kept().getFirst()).containsEntry("count", 3L);
    Map<String, @Nullable Object> newest = kept().getFirst();
    assertThat(number(newest, "last")).isGreaterThan(number(newest, "first") + 290);
  }

  private static void reported(String source, String directive, String origin) {
    GATEWAY
        .context
        .getBean(PolicyReports.class)
        .take(
            report("/x", directive, origin).getBytes(StandardCharsets.UTF_8),
            _ -> "payment",
            source);
  }

  private static List<Map<String, @Nullable Object>> kept(String token, String directive) {
    return kept(token).stream().filter(each -> directive.equals(each.get("directive"))).toList();
  }

  @Test
  void inventedReportsPushOutNoRealOne() {
    String token = PEOPLE.token("margaret");
    reported("203.0.113.1", "media-src", "https://first.example/");
    assertThat(kept(token).toString()).contains("https://first.example");
    int invented = 0;
    for (int hour = 0; hour < 6; hour++) {
      token = PEOPLE.token("margaret");
      // Shoppers' browsers say it now and then, and whoever wants to hide that invents much more.
      reported("198.51.100." + hour, "media-src", "https://steady.example/");
      assertThat(kept(token).toString()).contains("https://steady.example");
      for (int i = 0; i < 400; i++) {
        reported("2001:db8::" + i / 5, "media-src", "https://h" + ++invented + ".example/");
        if (i % 20 == 19) {
          GATEWAY.clock.advance(Duration.ofSeconds(10));
          assertThat(kept(token, "media-src")).hasSizeLessThanOrEqualTo(30);
        }
      }
      GATEWAY.clock.advance(Duration.ofHours(1));
    }
    token = PEOPLE.token("margaret");
    assertThat(kept(token, "media-src").toString())
        .contains("https://first.example", "https://h" + (invented - 19) + ".example");
    Map<String, @Nullable Object> steady =
        kept(token, "media-src").stream()
            .filter(each -> "https://steady.example".equals(each.get("blocked")))
            .findFirst()
            .orElseThrow();
    assertThat(steady).containsEntry("count", 6L);
  }

  @Test
  void oneAddressNamesFewOriginsInAnHour() {
    String token = PEOPLE.token("margaret");
    for (int i = 0; i < 3_000; i++) {
      reported("192.0.2.7", "font-src", "https://again" + i + ".example/");
    }
    assertThat(kept(token, "font-src")).hasSize(6);
    assertThat(kept(token, "font-src").toString())
        .as("what comes beyond that is counted")
        .contains("blocked=other", "count=2995");
    GATEWAY.clock.advance(Duration.ofMinutes(61));
    reported("192.0.2.7", "font-src", "https://later.example/");
    assertThat(kept().toString()).contains("https://later.example");
  }
}
