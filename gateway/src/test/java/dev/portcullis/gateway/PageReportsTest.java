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

  @Test
  void aFloodLeavesFewRowsAndTheNewestOfThem() {
    PolicyReports reports = GATEWAY.context.getBean(PolicyReports.class);
    String token = PEOPLE.token("margaret");
    for (int i = 0; i < 3_000; i++) {
      String body = report("/x", "img-src", "https://h" + i + ".example/");
      reports.take(body.getBytes(StandardCharsets.UTF_8), _ -> "payment");
      if (i % 100 == 99) {
        GATEWAY.clock.advance(Duration.ofSeconds(1));
        assertThat(kept(token)).hasSizeLessThanOrEqualTo(500);
      }
    }
    assertThat(kept(token)).hasSizeBetween(300, 500);
    assertThat(kept(token).getFirst()).containsEntry("blocked", "https://h2900.example");
    for (int i = 0; i < 3_000; i++) {
      String body = report("/x", "font-src", "https://again" + i + ".example/");
      reports.take(body.getBytes(StandardCharsets.UTF_8), _ -> "payment");
    }
    assertThat(kept(token).toString()).as("what comes too fast is counted").contains("count=29");
  }
}
