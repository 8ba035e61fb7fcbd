package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.StoredKey;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the hosted page shows and asks, and what it is made of. */
class HostedPageTest extends HostedCheckout {

  @Test
  void hostile_texts_are_shown_as_texts() {
    String hostile =
        "\"><script>alert(1)</script><img src=x onerror=alert(2)> ${7000*7000} [[${1}]] 'x'";
    Shop shop =
        shop(
            70_010,
            "line_items[0][price_data][product_data][description]",
            hostile,
            "custom_text[submit][message]",
            hostile,
            "custom_fields[0][key]",
            "k",
            "custom_fields[0][label][custom]",
            "<b>label</b> ' onfocus=alert(1)",
            "custom_fields[0][label][type]",
            "custom",
            "custom_fields[0][type]",
            "text",
            "custom_fields[0][text][default_value]",
            "\" autofocus onfocus=alert(1) x=\"",
            "customer_email",
            "a'b@example.com");
    String html = open(shop).text();
    assertThat(html)
        .contains("&lt;script&gt;alert(1)", "${7000*7000}", "[[${1}]]", "&lt;b&gt;label")
        .doesNotContain("<script>", "<img src=x", "<b>", "x=\"\"", "49000000");
  }

  @Test
  void what_the_page_needs_is_asked_for_field_by_field() {
    Shop shop =
        shop(
            70_011,
            "shipping_address_collection[allowed_countries][]",
            "DE",
            "consent_collection[terms_of_service]",
            "required",
            "custom_fields[0][key]",
            "engraving",
            "custom_fields[0][label][custom]",
            "Engraving",
            "custom_fields[0][label][type]",
            "custom",
            "custom_fields[0][type]",
            "text",
            "custom_fields[0][text][maximum_length]",
            "5");
    Map<String, Object> home =
        new LinkedHashMap<>(
            Map.of("name", "Ann", "line1", "Weg 1", "city", "Bonn", "country", "FR"));
    List<Map<String, String>> engraved = List.of(Map.of("key", "engraving", "value", "A + B"));
    assertField(gateway.send(paying(shop, Map.of("payment_method", CARD))), "email");
    assertField(pay(shop), "shipping-name");
    assertField(pay(shop, "shipping", home), "shipping-country");
    home.put("country", "DE");
    assertField(pay(shop, "shipping", home), "custom-engraving");
    assertField(
        pay(
            shop,
            "shipping",
            home,
            "custom",
            List.of(Map.of("key", "engraving", "value", "too long"))),
        "custom-engraving");
    assertField(pay(shop, "shipping", home, "custom", engraved), "terms");
    assertField(pay(shop, "email", "nobody"), "email");
    assertField(pay(shop, "name", "4242 4242 4242 4242"), "name");
    assertThat(now(shop).body()).containsEntry("payment_intent", null);
    gateway.provider.decide(70_011, "lost_card");
    assertThat(pay(shop, "shipping", home, "custom", engraved, "terms", true).string("message"))
        .contains("declined");
    gateway.provider.decide(70_011, "approved");
    home.put("city", "Köln");
    assertThat(pay(shop, "shipping", home, "custom", engraved, "terms", true).string("state"))
        .isEqualTo("complete");
    Answer session = now(shop);
    assertThat(session.text())
        .contains("\"value\":\"A + B\"", "\"terms_of_service\":\"accepted\"", "Köln");
    assertThat(gateway.get("/v1/payment_intents/" + session.string("payment_intent")).text())
        .contains("Köln");
  }

  private static void assertField(Answer answer, String field) {
    assertThat(answer.body()).containsEntry("state", "open").containsEntry("field", field);
    assertThat(answer.string("message")).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({
    "'de-AT,de;q=0.9', de-AT, bezahlen",
    "'fr-CA', fr-CA, Payer",
    "'es', es, Pagar",
    "'pt-BR;q=0.8,xx', pt-BR, Pagar",
    "'ja', ja, 支払",
    "'zh,tlh', en, Pay ",
    "'*', en, Pay ",
    "';;;', en, Pay "
  })
  void the_page_speaks_the_shoppers_language(String accepted, String tag, String said) {
    Answer page = gateway.send(browser(shop(70_019).page()).header("Accept-Language", accepted));
    assertThat(page.text()).contains("lang=\"" + tag + "\"", said);
  }

  @Test
  void the_page_is_served_under_a_strict_policy_and_never_kept() {
    Answer page = open(shop(70_020));
    assertThat(page.header("Content-Security-Policy"))
        .contains(
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
            "frame-src 'self' http://cards.example ")
        .doesNotContain("unsafe");
    assertThat(page.http().headers().allValues("Content-Security-Policy")).hasSize(1);
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
    assertThat(page.text()).doesNotContain("<style", " style=", " onclick", "javascript:");
  }

  @Test
  void every_script_and_style_is_pinned_and_kept_for_ever() throws Exception {
    String html = open(shop(70_021)).text();
    List<MatchResult> parts =
        Pattern.compile("(?:href|src)=\"(/checkout/assets/[^\"]+)\" integrity=\"sha384-([^\"]+)\"")
            .matcher(html)
            .results()
            .toList();
    assertThat(parts).hasSizeGreaterThanOrEqualTo(3);
    assertThat(parts)
        .hasSize((int) Pattern.compile("<script|rel=\"stylesheet").matcher(html).results().count());
    int all = 0;
    for (MatchResult part : parts) {
      Answer plain = gateway.send(browser(part.group(1)));
      assertThat(plain.header("Cache-Control")).contains("immutable");
      byte[] hash = MessageDigest.getInstance("SHA-384").digest(plain.http().body());
      assertThat(Base64.getEncoder().encodeToString(hash)).isEqualTo(part.group(2));
      Answer small = gateway.send(browser(part.group(1)).header("Accept-Encoding", "br, gzip"));
      assertThat(small.header("Content-Encoding")).isEqualTo("gzip");
      assertThat(unzipped(small)).isEqualTo(plain.http().body());
      all += small.http().body().length;
    }
    assertThat(all).as("bytes of scripts and styles").isLessThan(40_000);
  }

  private static byte[] unzipped(Answer answer) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.http().body()))) {
      return in.readAllBytes();
    }
  }

  @Test
  void the_page_has_a_key_of_its_own_that_is_made_again_when_it_was_revoked() {
    ApiKeys keys = gateway.context.getBean(ApiKeys.class);
    String before = keyOf(open(shop(70_022)));
    assertThat(before).startsWith("pk_test_");
    assertThat(keyOf(open(shop(70_023)))).isEqualTo(before);
    StoredKey key =
        keys.list("acct_first").stream()
            .filter(each -> each.terms().description().startsWith("Hosted payment pages"))
            .filter(each -> each.life().revokedAt().isEmpty() && !each.livemode())
            .findFirst()
            .orElseThrow();
    keys.revoke(dev.portcullis.gateway.audit.Actor.SYSTEM, "acct_first", key.id());
    String after = keyOf(open(shop(70_024)));
    assertThat(after).startsWith("pk_test_").isNotEqualTo(before);
    assertThat(pay(shop(70_025)).string("state")).isEqualTo("complete");
  }

  private static String keyOf(Answer page) {
    Matcher key = Pattern.compile("&quot;key&quot;:&quot;(pk_[^&]+)&quot;").matcher(page.text());
    assertThat(key.find()).isTrue();
    return key.group(1);
  }

  @Test
  void what_is_no_entry_is_refused() {
    Shop shop = shop(70_026);
    for (String body : List.of("{", "[]", "{\"payment_method\":[1]}", "x".repeat(20_000))) {
      Answer answer =
          gateway.send(
              paying(shop, entry())
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          body.getBytes(StandardCharsets.UTF_8))));
      assertThat(answer.string("state")).isEqualTo("open");
      assertThat(answer.string("message")).isNotBlank();
    }
    assertThat(gateway.provider.entries("sandbox.authorize", 70_026)).isEmpty();
  }

  @Test
  void a_page_looks_like_its_merchants() {
    byte[] picture = new byte[64];
    System.arraycopy(
        "\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1), 0, picture, 0, 8);
    String png = Base64.getEncoder().encodeToString(picture);
    String branding = "/v1/page_branding";
    for (String wrong : List.of("<svg onload=alert(1)>", "", "not base64!", "A".repeat(65_537))) {
      String logo = Base64.getEncoder().encodeToString(wrong.getBytes(StandardCharsets.UTF_8));
      String sent = wrong.startsWith("<") ? logo + "AAAA" : wrong.isEmpty() ? logo + "=" : wrong;
      assertThat(gateway.post(branding, "logo", sent).status()).as(wrong).isEqualTo(400);
    }
    assertThat(gateway.post(branding, "primary_color", "red;}").status()).isEqualTo(400);
    Answer changed =
        gateway.post(
            branding,
            "display_name",
            "Cups <& Co>",
            "primary_color",
            "#FFE100",
            "corner_radius",
            "0",
            "logo",
            png);
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    try {
      String html = open(shop(70_041)).text();
      assertThat(html).contains("Cups &lt;&amp; Co&gt;", "/brand-ffe100-0.css");
      String logo = URI.create(changed.string("logo")).getRawPath();
      assertThat(html).contains("src=\"" + logo + "\"");
      Answer served = gateway.send(browser(logo));
      assertThat(served.http().body()).isEqualTo(picture);
      assertThat(served.header("Content-Type")).isEqualTo("image/png");
      assertThat(served.header("X-Content-Type-Options")).isEqualTo("nosniff");
      Matcher css = Pattern.compile("href=\"([^\"]+brand-ffe100-0.css)\"").matcher(html);
      assertThat(css.find()).isTrue();
      assertThat(gateway.send(browser(css.group(1))).text())
          .as("black text on yellow")
          .contains("--brand:#ffe100", "--brand-text:#000000", "--radius:0px");
    } finally {
      gateway.post(branding, "display_name", "", "primary_color", "#1f4fd8", "logo", "");
    }
  }

  @Test
  void what_a_policy_has_stopped_is_counted_and_nothing_of_it_repeated() {
    String body =
        "{\"csp-report\":{\"effective-directive\":\"script-src-elem\","
            + "\"blocked-uri\":\"https://evil.example/x?card=4242424242424242\"}}";
    HttpRequest.Builder report =
        browser("/checkout/reports")
            .header("Content-Type", "application/csp-report")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    assertThat(gateway.send(report).status()).isEqualTo(204);
    String hostile = body.replace("script-src-elem", "made-up");
    assertThat(gateway.send(report.POST(HttpRequest.BodyPublishers.ofString(hostile))).status())
        .isEqualTo(204);
    for (String nothing : List.of("null", "[null]", "7", "{")) {
      assertThat(gateway.send(report.POST(HttpRequest.BodyPublishers.ofString(nothing))).status())
          .as(nothing)
          .isEqualTo(204);
    }
    assertThat(
            gateway
                .send(report.POST(HttpRequest.BodyPublishers.ofString("x".repeat(20_000))))
                .status())
        .isEqualTo(413);
    String metrics = gateway.context.getBean(PrometheusMeterRegistry.class).scrape();
    assertThat(metrics)
        .contains("portcullis_page_policy_reports_total{directive=\"script-src-elem\"")
        .contains("portcullis_page_policy_reports_total{directive=\"other\"")
        .doesNotContain("made-up");
  }

  @Test
  void the_inventory_names_each_script_of_the_page() {
    Answer inventory = gateway.send(browser("/checkout/inventory.json"));
    List<String> listed =
        Pattern.compile("sha384-[^\"]+")
            .matcher(inventory.text())
            .results()
            .map(MatchResult::group)
            .toList();
    List<String> served =
        Pattern.compile("<script src=\"[^\"]+\" integrity=\"([^\"]+)\"")
            .matcher(open(shop(70_042)).text())
            .results()
            .map(script -> script.group(1))
            .toList();
    assertThat(served).hasSize(2).isSubsetOf(listed);
    assertThat(inventory.text()).contains("script-src 'self'", "\"purpose\"");
  }
}
