package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Requests that two readers would cut differently (RFC 9112, 11.2), and bodies that two readers
 * would read differently: refused on both origins, and the connection is closed, so that nothing
 * behind them is taken for a request.
 */
@Order(22)
@ExtendWith(SharedPortcullis.class)
class SmugglingTest {
  private static final String BODY = "name=smuggled";
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
  private static final String LENGTH = "Content-Length: " + BODY.length() + "\r\n";

  private static final String CLOSE = "Connection: close\r\n";

  /** What stands behind a request that is cut too early: it must never be answered. */
  private static final String HIDDEN = "GET /v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n";

  private final Portcullis portcullis;

  SmugglingTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  /**
   * A request.
   *
   * @param line its first line without the version, or empty for that of a POST that would work
   * @param rest its headers after those that are right, its end, and its body
   */
  private record Shape(String name, String line, String rest) {
    static Shape of(String name, String rest) {
      return new Shape(name, "", rest);
    }
  }

  /**
   * What RFC 9112 lets a server take in one way alone (5.2 and 6.3): chunks go before a length, and
   * the connection ends there; a folded line is one line. The vault refuses them.
   */
  private static List<Shape> settled() {
    return List.of(
        Shape.of(
            "length and chunks",
            FORM + LENGTH + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
        Shape.of(
            "chunks and length",
            FORM + "Transfer-Encoding: chunked\r\n" + LENGTH + "\r\n0\r\n\r\n" + HIDDEN),
        Shape.of("a folded header", FORM + LENGTH + "X-A: b\r\n folded: c\r\n\r\n" + BODY));
  }

  private static List<Shape> headers() {
    return List.of(
        Shape.of("two lengths", FORM + LENGTH + "Content-Length: 0\r\n\r\n" + BODY),
        Shape.of("a list of lengths", FORM + "Content-Length: 13, 0\r\n\r\n" + BODY),
        Shape.of("a negative length", FORM + "Content-Length: -1\r\n\r\n" + BODY),
        Shape.of("a length with a sign", FORM + "Content-Length: +13\r\n\r\n" + BODY),
        Shape.of("a length in hexadecimal", FORM + "Content-Length: 0xd\r\n\r\n" + BODY),
        Shape.of("a length beyond a long", FORM + "Content-Length: 99999999999999999999\r\n\r\n"),
        Shape.of("an unknown coding", FORM + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Shape.of(
            "chunked that is not last",
            FORM + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        Shape.of(
            "two codings",
            FORM + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
        Shape.of("a space before the colon", FORM + "Content-Length : 13\r\n\r\n" + BODY),
        Shape.of("a control character in a name", FORM + LENGTH + "X\u0001: b\r\n\r\n" + BODY),
        Shape.of("NUL in a value", FORM + LENGTH + "Stripe-Version: a\u0000b\r\n\r\n" + BODY),
        Shape.of("a header without a colon", FORM + LENGTH + "nothing\r\n\r\n" + BODY),
        Shape.of("a chunk's size in words", FORM + "Transfer-Encoding: chunked\r\n\r\nzz\r\na\r\n"),
        Shape.of(
            "a chunk's size with a sign", FORM + "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n"),
        Shape.of(
            "a chunk's size beyond a long",
            FORM + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\na\r\n"),
        Shape.of(
            "a chunk longer than it says",
            FORM + "Transfer-Encoding: chunked\r\n\r\n1\r\nname=a\r\n0\r\n\r\n"),
        Shape.of(
            "a chunk's endless extension",
            FORM
                + "Transfer-Encoding: chunked\r\n\r\n1;"
                + "a".repeat(100_000)
                + "\r\na\r\n0\r\n\r\n"),
        Shape.of("two hosts", FORM + LENGTH + "Host: other.example\r\n\r\n" + BODY));
  }

  private static List<Shape> bodies() {
    String two = "application/x-www-form-urlencoded\r\nContent-Type: application/json\r\n";
    return List.of(
        Shape.of("no type", CLOSE + LENGTH + "\r\n" + BODY),
        Shape.of("two types", CLOSE + "Content-Type: " + two + LENGTH + "\r\n" + BODY),
        Shape.of("text", CLOSE + "Content-Type: text/plain\r\n" + LENGTH + "\r\n" + BODY),
        Shape.of(
            "multipart",
            CLOSE + "Content-Type: multipart/form-data; boundary=x\r\n" + LENGTH + "\r\n" + BODY),
        Shape.of(
            "UTF-7",
            CLOSE + "Content-Type: application/json; charset=utf-7\r\n" + LENGTH + "\r\n" + BODY),
        Shape.of(
            "two charsets",
            CLOSE
                + "Content-Type: application/x-www-form-urlencoded;charset=utf-8;charset=utf-16\r\n"
                + LENGTH
                + "\r\n"
                + BODY),
        Shape.of(
            "a form as JSON",
            CLOSE + "Content-Type: application/json\r\n" + LENGTH + "\r\n" + BODY),
        Shape.of("JSON as a form", CLOSE + FORM + "Content-Length: 15\r\n\r\n{\"name\":\"ada\"}\n"),
        Shape.of(
            "two keys", CLOSE + FORM + LENGTH + "Authorization: Bearer sk_test_1\r\n\r\n" + BODY),
        Shape.of(
            "two idempotency keys",
            CLOSE + FORM + LENGTH + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n" + BODY));
  }

  @Test
  void whatCanBeCutInTwoWaysIsRefused() throws IOException {
    assertThat(faults(headers(), false)).isEmpty();
  }

  @Test
  void whatTheStandardSettlesHasOneAnswerAlone() throws IOException {
    assertThat(faults(settled(), true)).isEmpty();
  }

  @Test
  void whatCanBeReadInTwoWaysIsRefused() throws IOException {
    assertThat(faults(bodies(), false)).isEmpty();
  }

  @Test
  void whatIsNotHttp11IsRefused() throws IOException {
    List<String> faults = new ArrayList<>();
    for (URI origin : origins()) {
      for (String request :
          List.of(
              "GET /v1/customers\r\n\r\n",
              "GET /v1/customers HTTP/0.9\r\nHost: x\r\n\r\n",
              "GET /v1/customers HTTP/9.9\r\nHost: x\r\n\r\n",
              "GET /v1/customers HTTP/1.0\r\n\r\n",
              "GET /v1/customers HTTP/2.0\r\nHost: x\r\n\r\n",
              "GET /v1/customers\tHTTP/1.1\r\nHost: x\r\n\r\n",
              "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
        Http.Answer answer = Raw.exchange(origin, request + (request.endsWith("\n") ? "" : "\r\n"));
        // Whoever does not speak HTTP may be hung up on without a word.
        check(origin + " " + request.strip(), answer, true, faults);
      }
    }
    assertThat(faults).isEmpty();
  }

  /** Targets that are no path of ours (RFC 9112, 3.2), and lines that are hardly one. */
  private static List<String> oddLines(URI origin) {
    String authority = origin.getAuthority();
    return List.of(
        "GET http://" + authority + "/v1/customers HTTP/1.1",
        "GET http://other.example/v1/customers HTTP/1.1",
        "GET ftp://" + authority + "/v1/customers HTTP/1.1",
        "CONNECT " + authority + " HTTP/1.1",
        "GET " + authority + " HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET * HTTP/1.1",
        "GET // HTTP/1.1",
        "GET //v1//customers HTTP/1.1",
        "GET /v1/../../etc/passwd HTTP/1.1",
        "GET /v1/../v1/customers HTTP/1.1",
        "GET /v1/%2e%2e/customers HTTP/1.1",
        "GET /v1/..;/customers HTTP/1.1",
        "GET /v1/..%2fcustomers HTTP/1.1",
        "GET /v1/customers\u0000 HTTP/1.1",
        "GET /v1/customers%00 HTTP/1.1",
        "GET /v1/%zz HTTP/1.1",
        "GET v1/customers HTTP/1.1",
        "GET  /v1/customers  HTTP/1.1",
        "GET \t/v1/customers HTTP/1.1",
        "GET /v1/customers\tHTTP/1.1",
        "GET /v1/" + "a".repeat(8_192) + " HTTP/1.1",
        "GET /v1/" + "a".repeat(70_000) + " HTTP/1.1",
        "\u0000\u0000 / HTTP/1.1");
  }

  /** Without a key: what is understood after all is 401, and nothing is read from it. */
  @Test
  void whatIsNoPathIsRefused() throws IOException {
    List<String> faults = new ArrayList<>();
    for (URI origin : origins()) {
      for (String line : oddLines(origin)) {
        Http.Answer answer =
            Raw.exchange(
                origin, line + "\r\nHost: " + origin.getAuthority() + "\r\n" + CLOSE + "\r\n");
        String name = origin + " " + line.substring(0, Math.min(60, line.length()));
        check(name, answer, false, faults);
        if (!answer.header("x-content-type-options").equals("nosniff")) {
          faults.add(name + ": lacks the common header fields");
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  private List<URI> origins() {
    return List.of(URI.create(portcullis.api()), URI.create(portcullis.cards()));
  }

  private List<String> faults(List<Shape> shapes, boolean mayBeTaken) throws IOException {
    List<String> faults = new ArrayList<>();
    for (URI origin : origins()) {
      String path = origin.toString().equals(portcullis.api()) ? "/v1/customers" : "/v1/tokens";
      for (Shape shape : shapes) {
        String line = shape.line().isEmpty() ? "POST " + path : shape.line();
        String request =
            line
                + " HTTP/1.1\r\nHost: "
                + origin.getAuthority()
                + "\r\nAuthorization: Bearer "
                + portcullis.secretKey()
                + "\r\n"
                + shape.rest();
        Http.Answer answer = Raw.exchange(origin, request);
        if (mayBeTaken && answer.status() == 200) {
          requireOneAnswer(origin + " " + shape.name(), answer, faults);
        } else {
          check(origin + " " + shape.name(), answer, false, faults);
        }
      }
    }
    return faults;
  }

  private static void check(
      String name, Http.Answer answer, boolean mayBeSilent, List<String> faults) {
    boolean silent = mayBeSilent && answer.status() == 0;
    // One of the servers answers a version of HTTP that it does not speak with 505.
    boolean refused = (answer.status() >= 400 && answer.status() < 500) || answer.status() == 505;
    if (!silent && !refused) {
      faults.add(name + ": not refused: " + Refusals.told(answer));
    }
    if (Refusals.showsInsides(answer.body())) {
      faults.add(name + ": shows its insides: " + Refusals.told(answer));
    }
    requireOneAnswer(name, answer, faults);
  }

  /** Nothing follows the first answer: what is behind was not taken for a request. */
  private static void requireOneAnswer(String name, Http.Answer answer, List<String> faults) {
    if (answer.body().contains("HTTP/1.1 ") || answer.body().contains("hidden")) {
      faults.add(name + ": a second answer: " + Refusals.told(answer));
    }
  }
}
