package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.fields.FieldsScript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a browser loads of the card fields, over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FieldsTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Pattern LOADED =
      Pattern.compile(
          "(?:src|href)=\"(/fields/assets/[0-9a-f]{32}\\.(?:js|css))\" integrity=\"([^\"]+)\"");

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home, "cards.api-url=https://api.shop.example");
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  private HttpResponse<byte[]> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(vault.cards(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<byte[]> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  private static String header(HttpResponse<?> response, String name) {
    assertThat(response.headers().allValues(name)).as(name).hasSizeLessThanOrEqualTo(1);
    return response.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aFrameMayDoNothingButItsOwnAndStandInAnyPage() {
    for (String kind : List.of("card", "number", "expiry", "cvc")) {
      HttpResponse<byte[]> frame = get("/fields/" + kind);
      assertThat(frame.statusCode()).isEqualTo(200);
      assertThat(header(frame, "Content-Type")).isEqualTo("text/html; charset=utf-8");
      assertThat(header(frame, "Content-Security-Policy"))
          .contains(
              "default-src 'none'",
              "script-src 'self'",
              "connect-src 'self'",
              "base-uri 'none'",
              "form-action 'none'",
              "frame-ancestors http: https:",
              "require-trusted-types-for 'script'",
              "trusted-types 'none'",
              "report-uri /fields/reports")
          .doesNotContain("unsafe");
      assertThat(header(frame, "Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(header(frame, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(header(frame, "Permissions-Policy")).contains("camera=()", "payment=()");
      assertThat(header(frame, "Cache-Control")).isEqualTo("no-cache");
      assertThat(header(frame, "X-Frame-Options")).isEmpty();
      assertThat(text(frame))
          .contains("data-kind=\"" + kind + "\"", "data-api=\"https://api.shop.example\"")
          .doesNotContain("style=", "onclick", "<script>");
    }
  }

  @Test
  void whatAFrameLoadsIsWhatItsPageSays() {
    Matcher loaded = LOADED.matcher(text(get("/fields/card")));
    int files = 0;
    while (loaded.find()) {
      HttpResponse<byte[]> file = get(loaded.group(1));
      assertThat(file.statusCode()).isEqualTo(200);
      assertThat(header(file, "Cache-Control")).contains("immutable");
      assertThat(header(file, "Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
      assertThat(integrity(file.body())).isEqualTo(loaded.group(2));
      files++;
    }
    assertThat(files).isEqualTo(2);
  }

  private static String integrity(byte[] bytes) {
    return dev.portcullis.wire.http.StaticFile.of(bytes).integrity();
  }

  @Test
  void theLibraryIsForEveryPageAtTwoAddresses() throws IOException {
    String pinned = "/v1/portcullis-" + FieldsScript.file().hash() + ".js";
    for (String path : List.of("/v1/portcullis.js", pinned)) {
      HttpResponse<byte[]> plain = get(path);
      assertThat(plain.body()).isEqualTo(FieldsScript.file().bytes());
      assertThat(header(plain, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
      assertThat(header(plain, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(header(plain, "Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
      assertThat(header(plain, "Cache-Control").contains("immutable"))
          .isEqualTo(path.equals(pinned));
      assertThat(header(plain, "Vary")).isEqualTo("Accept-Encoding");

      HttpResponse<byte[]> packed = get(path, "Accept-Encoding", "br, gzip;q=0.8");
      assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
          .isEqualTo(plain.body());
      assertThat(header(get(path, "Accept-Encoding", "gzip;q=0"), "Content-Encoding")).isEmpty();
      assertThat(get(path, "If-None-Match", header(plain, "ETag")).statusCode()).isEqualTo(304);
      assertThat(get(path, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void libraryAndFrameAreSmall() {
    int size = FieldsScript.file().gzipped().length;
    Matcher loaded = LOADED.matcher(text(get("/fields/card")));
    while (loaded.find()) {
      size += get(loaded.group(1), "Accept-Encoding", "gzip").body().length;
    }
    assertThat(size).isLessThan(25_000);
  }

  @Test
  void whatIsNotThereIsNotFoundAndNothingElseIsAllowed() {
    for (String path :
        List.of(
            "/fields/",
            "/fields/pin",
            "/fields/card/",
            "/fields/../fields/card",
            "/fields/assets/0.js",
            "/v1/portcullis-0.js")) {
      assertThat(get(path).statusCode()).as(path).isIn(401, 404);
    }
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      assertThat(send(method, "/fields/card", "").statusCode()).as(method).isEqualTo(405);
    }
    assertThat(get("/fields/reports").statusCode()).isEqualTo(405);
  }

  @Test
  void reportsAreCountedByDirectiveAndBounded() {
    String counter = "portcullis_vault_policy_violations_total{directive=\"%s\"} ";
    String modern =
        "[{\"type\":\"csp-violation\",\"body\":{\"effectiveDirective\":\"script-src-elem\","
            + "\"blockedURL\":\"https://evil.example/x?card=4242424242424242\",\"sample\":\"4242\"}}]";
    String old =
        "{\"csp-report\":{\"violated-directive\":\"img-src\",\"blocked-uri\":\"https://evil.example/a\"}}";
    String made =
        "{\"csp-report\":{\"violated-directive\":\"own\\nline\",\"blocked-uri\":\"x y\"}}";
    for (String report : List.of(modern, old, made, "no json", "[]", "{}", "7", "")) {
      assertThat(send("POST", "/fields/reports", report).statusCode()).isEqualTo(204);
    }
    assertThat(metrics())
        .contains(
            counter.formatted("script-src-elem") + "1",
            counter.formatted("img-src") + "1",
            counter.formatted("other") + "1");
    for (int i = 0; i < 100; i++) {
      assertThat(send("POST", "/fields/reports", old).statusCode()).isEqualTo(204);
    }
    Matcher counted = Pattern.compile("directive=\"img-src\"} (\\d+)").matcher(metrics());
    assertThat(counted.find()).isTrue();
    assertThat(Integer.parseInt(counted.group(1))).isLessThan(25);
    assertThat(send("POST", "/fields/reports", "x".repeat(40_000)).statusCode()).isIn(204, 413);
  }

  @Test
  void theGatewayIsToldWhatTheFramesAre() {
    Map<String, @Nullable Object> told = vault.call("/internal/v1/card_fields", Map.of()).json();
    List<?> pages = (List<?>) Objects.requireNonNull(told.get("pages"));
    Map<?, ?> files = (Map<?, ?>) Objects.requireNonNull(told.get("files"));
    assertThat(pages).hasSize(4);
    for (Object each : pages) {
      Map<?, ?> page = (Map<?, ?>) each;
      HttpResponse<byte[]> served = get(String.valueOf(page.get("path")));
      assertThat(page.get("html")).isEqualTo(text(served));
      ((Map<?, ?>) Objects.requireNonNull(page.get("headers")))
          .forEach(
              (name, value) -> assertThat(header(served, String.valueOf(name))).isEqualTo(value));
      Matcher loaded = LOADED.matcher(text(served));
      while (loaded.find()) {
        assertThat(files.get(loaded.group(1))).isEqualTo(loaded.group(2));
      }
    }
  }

  private String metrics() {
    return new String(vault.get(vault.management("/metrics")).raw().body(), StandardCharsets.UTF_8);
  }
}
