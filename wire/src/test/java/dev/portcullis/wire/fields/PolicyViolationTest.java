package dev.portcullis.wire.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PolicyViolationTest {

  private static List<PolicyViolation> read(String body) {
    return PolicyViolation.read(body.getBytes(StandardCharsets.UTF_8));
  }

  private static String blocked(String url) {
    Map<String, Object> body = Map.of("effectiveDirective", "script-src", "blockedURL", url);
    return PolicyViolation.read(Json.write(Map.of("type", "csp-violation", "body", body)))
        .getFirst()
        .blocked();
  }

  @Test
  void bothFormsAreReadAndNothingOfThemKeptButDirectiveOriginAndPath() {
    String modern =
        "[{\"type\":\"csp-violation\",\"body\":{\"effectiveDirective\":\"script-src-elem\","
            + "\"documentURL\":\"https://pay.example/checkout/a?b=c#d\",\"sample\":\"4242\","
            + "\"blockedURL\":\"https://evil.example/x?card=4242424242424242\"}}]";
    String old =
        "{\"csp-report\":{\"violated-directive\":\"img-src 'self'\","
            + "\"blocked-uri\":\"https://evil.example:8443/a\"}}";
    assertThat(read(modern))
        .containsExactly(
            new PolicyViolation("script-src-elem", "https://evil.example", "/checkout/a"));
    assertThat(read(old))
        .containsExactly(new PolicyViolation("img-src", "https://evil.example:8443", ""));
    assertThat(read(modern).getFirst().toString()).doesNotContain("/checkout");
  }

  @Test
  void onlyKnownDirectivesAreNamed() {
    assertThat(PolicyViolation.directives())
        .contains("connect-src", "other")
        .doesNotHaveDuplicates();
    for (String made : List.of("own\\nline", "", "script-src\\u0000", "report-uri")) {
      assertThat(read("{\"csp-report\":{\"effective-directive\":\"" + made + "\"}}"))
          .as(made)
          .containsExactly(new PolicyViolation("other", "other", ""));
    }
  }

  @Test
  void onlyOriginsOfAFewSchemesAndAFewWordsAreNamed() {
    for (String word :
        List.of("inline", "eval", "wasm-eval", "trusted-types-sink", "data", "blob")) {
      assertThat(blocked(word)).isEqualTo(word);
    }
    assertThat(blocked("https://Evil.Example/a/b?c#d")).isEqualTo("https://evil.example");
    assertThat(blocked("wss://evil.example:9/")).isEqualTo("wss://evil.example:9");
    assertThat(blocked("http://[2001:db8::1]/")).isEqualTo("http://[2001:db8::1]");
    for (String none :
        List.of(
            "",
            "x y",
            "own-word",
            "data:text/html,4242424242424242",
            "javascript:alert(1)",
            "ftp://evil.example/",
            "chrome-extension://abcdefgh/x.js",
            "https://evil_host/",
            "https://evil.example:99999/",
            "https://user@/",
            "https://" + "a.".repeat(200) + "example/",
            "https://4242 4242/")) {
      assertThat(blocked(none)).as(none).isEqualTo("other");
    }
    assertThat(blocked("https://user:secret@evil.example/")).isEqualTo("https://evil.example");
  }

  @Test
  void whatIsNoReportSaysNothing() {
    for (String none :
        List.of(
            "",
            "{",
            "null",
            "[null]",
            "7",
            "[]",
            "{}",
            "[[{}]]",
            "{\"csp-report\":{}}",
            "{\"csp-report\":7}",
            "{\"type\":\"deprecation\",\"body\":{\"effectiveDirective\":\"img-src\"}}",
            "{\"body\":{\"effectiveDirective\":\"img-src\"}}",
            "{\"csp-report\":{\"effective-directive\":7}}")) {
      assertThat(read(none)).as(none).isEmpty();
    }
  }

  @Test
  void ofOneBodyAFewAreRead() {
    Map<String, Object> one = Map.of("csp-report", Map.of("effective-directive", "img-src"));
    assertThat(PolicyViolation.read(Json.write(Collections.nCopies(1_000, one))))
        .hasSize(PolicyViolation.MOST);
  }

  @Property(tries = 500)
  void whateverComesIsReadInBounds(@ForAll String directive, @ForAll String blocked) {
    Map<String, Object> report =
        Map.of(
            "csp-report",
            Map.of(
                "effective-directive",
                directive.replaceAll("\\p{Cs}", ""),
                "blocked-uri",
                "https://" + blocked.replaceAll("\\p{Cs}", "")));
    assertThatCode(
            () ->
                assertThat(PolicyViolation.read(Json.write(report)))
                    .singleElement()
                    .satisfies(
                        each ->
                            assertThat(each.blocked())
                                .matches("other|https://[a-z0-9.:\\[\\]-]{1,200}")))
        .doesNotThrowAnyException();
  }
}
