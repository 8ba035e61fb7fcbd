package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.http.Route;
import dev.portcullis.wire.http.CommonHeaders;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The header fields of whatever is answered, by us or by the server before us. */
class HeadersTest {

  private final Gateway gateway = Gateway.IT;

  private record Heard(String status, TreeMap<String, String> fields) {}

  /** Requests that never reach code of ours. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/a\\b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/../../x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/charges HTTP/1.1\r\n\r\n",
        "GET /v1/charges HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /v1/charges HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n",
        "POST /v1/charges HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        "POST /v1/charges HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n",
        "TRACE /v1/charges HTTP/1.1\r\nHost: x\r\n\r\n",
        "NONSENSE /v1/charges HTTP/1.1\r\nHost: x\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
      })
  void aBrokenRequestIsAnsweredWithTheCommonFields(String request) throws IOException {
    Heard heard = raw(request);
    assertThat(heard.status()).startsWith("HTTP/1.1 4");
    requireCommon(heard);
    assertThat(heard.fields()).containsEntry("content-type", "application/json");
    assertThat(heard.fields().get("request-id")).startsWith("req_");
  }

  @Test
  void tooManyAndTooLongFieldsAreAnsweredWithTheCommonFields() throws IOException {
    String many = "A: b\r\n".repeat(150);
    requireCommon(raw("GET /v1/charges HTTP/1.1\r\nHost: x\r\n" + many + "\r\n"));
    String large = "A: " + "b".repeat(20_000) + "\r\n";
    requireCommon(raw("GET /v1/charges HTTP/1.1\r\nHost: x\r\n" + large + "\r\n"));
  }

  @Test
  void everyRouteAnswersWithTheCommonFields() throws IOException {
    for (Route route : gateway.endpoint().routes()) {
      String line = route.method() + " " + pathOf(route) + " HTTP/1.1\r\nHost: x\r\n";
      Heard stranger = raw(line + "\r\n");
      assertThat(stranger.status()).as(line).startsWith("HTTP/1.1 401");
      requireCommon(stranger);
      Heard known = raw(line + bearer(gateway.secretKey.text()) + "\r\n");
      requireCommon(known);
      assertThat(known.fields())
          .as("a page reads nothing that a secret key asked for: " + line)
          .doesNotContainKey("access-control-allow-origin");
    }
  }

  @Test
  void pagesMayCallWhatPublishableKeysMayAndNothingElse() throws IOException {
    for (Route route : gateway.endpoint().routes()) {
      Heard asked =
          raw(
              "OPTIONS "
                  + pathOf(route)
                  + " HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n"
                  + "Access-Control-Request-Method: "
                  + route.method()
                  + "\r\nAccess-Control-Request-Headers: authorization\r\n\r\n");
      requireCommon(asked);
      if (route.access().publishable()) {
        assertThat(asked.status()).startsWith("HTTP/1.1 204");
        assertThat(asked.fields())
            .containsEntry("access-control-allow-origin", "*")
            .containsEntry("access-control-allow-methods", route.method().name())
            .doesNotContainKey("access-control-allow-credentials");
        assertThat(asked.fields().get("access-control-allow-headers")).contains("Authorization");
      } else {
        assertThat(asked.status()).as(route.path()).startsWith("HTTP/1.1 40");
        assertThat(asked.fields()).doesNotContainKey("access-control-allow-methods");
      }
    }
  }

  @Test
  void aPageReadsWhatAPublishableKeyAskedFor() throws IOException {
    String line = "GET /v1/payment_intents/pi_none HTTP/1.1\r\nHost: x\r\n";
    assertThat(raw(line + bearer(gateway.publishableKey.text()) + "\r\n").fields())
        .containsEntry("access-control-allow-origin", "*");
  }

  @Test
  void theShoppersPageHasThemOnce() throws IOException {
    Heard page = raw("GET /redirect/acct_none/op_none/none HTTP/1.1\r\nHost: x\r\n\r\n");
    requireCommon(page);
    assertThat(page.fields().get("content-type")).startsWith("text/html");
  }

  /** It stands in a shop's page, and may run its own script. */
  @Test
  void thePageThatEndsAFramedChallengeMayBeFramed() throws IOException {
    for (String path : List.of("/redirect/framed", "/redirect/framed.js")) {
      Heard page = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(page.status()).contains("200");
      assertThat(page.fields().get("content-security-policy"))
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors http: https:")
          .doesNotContain("unsafe");
      assertThat(page.fields())
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("cache-control", "no-store");
    }
  }

  private static String bearer(String key) {
    return "Authorization: Bearer " + key + "\r\n";
  }

  private static String pathOf(Route route) {
    return route.path().replaceAll("\\{[a-z_]+}", "none");
  }

  private static void requireCommon(Heard heard) {
    CommonHeaders.of(false)
        .forEach(
            (name, value) ->
                assertThat(heard.fields())
                    .as(heard.status())
                    .containsEntry(name.toLowerCase(Locale.ROOT), value));
    assertThat(heard.fields().keySet())
        .doesNotContainAnyElementsOf(
            List.of("server", "x-powered-by", "strict-transport-security", "set-cookie"));
  }

  private Heard raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.base.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      String[] lines = text.split("\r\n\r\n", 2)[0].split("\r\n");
      TreeMap<String, String> fields = new TreeMap<>();
      for (int n = 1; n < lines.length; n++) {
        String[] field = lines[n].split(": ?", 2);
        String before = fields.put(field[0].toLowerCase(Locale.ROOT), field[1]);
        assertThat(before).as(field[0] + " twice").isNull();
      }
      return new Heard(lines[0], fields);
    }
  }
}
