package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.http.Method;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.wire.params.Param;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever is sent to whichever route: a 4xx of the wire's form that says what is wrong. */
class BrokenInputTest {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String LONG = "x".repeat(70_000);

  private final Gateway gateway = Gateway.IT;

  @TestFactory
  Stream<DynamicTest> every_route_refuses_broken_input() {
    return gateway.endpoint().routes().stream()
        .map(
            route ->
                DynamicTest.dynamicTest(
                    route.method() + " " + route.path(), () -> breakRoute(route)));
  }

  private void breakRoute(Route route) {
    assertThat(refused(send(route, "surely_unknown=1"))).containsEntry("param", "surely_unknown");
    assertThat(refused(send(route, "a[b]=1"))).containsEntry("code", "parameter_unknown");
    for (Param param : route.parameters().params()) {
      breakParameter(route, param);
    }
    refused(send(route, "a=%ff%fe"));
    refused(send(route, "a=%zz"));
    refused(send(route, "a=%00"));
    refused(send(route, "metadata" + "[a]".repeat(10_000) + "=1"));
    refused(send(route, "expand[]=" + "a.".repeat(50) + "b"));
    refused(send(route, "expand[]=no_such_member"));
    refused(send(route, "number=4242"));
    if (route.method() == Method.POST) {
      breakBody(route);
    }
  }

  private void breakParameter(Route route, Param param) {
    String name = param.name();
    Map<String, @Nullable Object> illTyped = refused(send(route, name + wrong(param)));
    assertThat(String.valueOf(illTyped.get("param"))).as(name).startsWith(name);
    Map<String, @Nullable Object> oversized = refused(send(route, name + "=" + LONG));
    assertThat(String.valueOf(oversized.get("param"))).as(name).startsWith(name);
    if (param.isRequired()) {
      Map<String, @Nullable Object> missing = refused(send(route, ""));
      assertThat(missing).containsEntry("code", "parameter_missing").containsKey("param");
    }
  }

  /** A value of another type: a text for a structure, a structure for anything else. */
  private static String wrong(Param param) {
    return switch (param.type()) {
      case Param.Type.Hash _, Param.Type.Items _, Param.Type.Metadata _ -> "=text";
      case Param.Type.Either _ -> "[nothing]=x";
      default -> "[a][b]=1";
    };
  }

  private void breakBody(Route route) {
    for (String json :
        new String[] {
          "{",
          "[]",
          "1",
          "\"a\"",
          "{\"a\":1,\"a\":2}",
          "{\"a\":NaN}",
          "[".repeat(10_000),
          "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000),
          "{\"a\":1e999999999}"
        }) {
      refused(gateway.send(post(route, "application/json", json.getBytes(StandardCharsets.UTF_8))));
    }
    byte[] notUtf8 = {'a', '=', (byte) 0xc3, (byte) 0x28};
    refused(gateway.send(post(route, FORM, notUtf8)));
    byte[] some = "a=b".getBytes(StandardCharsets.UTF_8);
    for (String type :
        new String[] {"text/plain", "multipart/form-data; boundary=x", FORM + "; charset=utf-16"}) {
      assertThat(gateway.send(post(route, type, some)).status()).as(type).isEqualTo(415);
    }
    assertThat(gateway.send(post(route, FORM, some).header("Content-Encoding", "gzip")).status())
        .isEqualTo(415);
    refused(gateway.send(post(route, FORM, some).header("Idempotency-Key", "x".repeat(256))));
    byte[] large = new byte[(1 << 20) + 1];
    assertThat(gateway.send(post(route, FORM, large)).status()).isEqualTo(413);
  }

  private HttpRequest.Builder post(Route route, String type, byte[] body) {
    return gateway
        .request(path(route))
        .header("Content-Type", type)
        .POST(BodyPublishers.ofByteArray(body));
  }

  private Answer send(Route route, String parameters) {
    if (route.method() == Method.POST) {
      return gateway.send(post(route, FORM, parameters.getBytes(StandardCharsets.UTF_8)));
    }
    // What does not fit into a request's line is refused by the server itself.
    String query = parameters.length() > 12_000 ? parameters.substring(0, 12_000) : parameters;
    // The client itself sends no bad escape; a raw bracket without its partner does as well.
    String sendable = query.replace("[", "%5B").replace("]", "%5D").replace("%zz", "%C3%28");
    return gateway.send(
        gateway
            .request(path(route) + "?" + sendable)
            .method(route.method().name(), BodyPublishers.noBody()));
  }

  private static String path(Route route) {
    return route.path().replaceAll("\\{[a-z_]+}", "none_0");
  }

  /** The error, after a look at what every error has and what none may show. */
  private static Map<String, @Nullable Object> refused(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isBetween(400, 499);
    assertThat(answer.header("Request-Id")).startsWith("req_");
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text())
        .hasSizeLessThan(2_000)
        .doesNotContain("dev.portcullis", "Exception", "java.", "org.");
    Map<String, @Nullable Object> error = answer.error();
    assertThat(error).containsKeys("type", "message");
    return error;
  }

  @Test
  void card_data_is_refused_by_name_and_by_look() {
    String number = "4242424242424242";
    for (String[] form :
        new String[][] {
          {"card[number]", number},
          {"card[cvc]", "123"},
          {"description", "my card is 4242 4242 4242 4242, thanks"},
          {"metadata[note]", "4242-4242-4242-4242"},
          {"metadata[" + number + "]", "x"}
        }) {
      Answer answer = gateway.post("/v1/customers", form);
      assertThat(refused(answer)).containsEntry("code", "card_data_not_allowed");
      assertThat(answer.text()).contains("http://cards.example").doesNotContain(number);
    }
    Answer asKey = gateway.send(gateway.form("/v1/customers").header("Idempotency-Key", number));
    assertThat(refused(asKey)).containsEntry("code", "card_data_not_allowed");
    Answer asPath = gateway.get("/v1/customers/" + number);
    assertThat(asPath.status()).isEqualTo(404);
    assertThat(asPath.text()).doesNotContain(number);
    String query = URLEncoder.encode(number, StandardCharsets.UTF_8);
    assertThat(refused(gateway.get("/v1/customers?email=" + query)))
        .containsEntry("code", "card_data_not_allowed");
  }

  @Test
  void a_body_of_100_megabytes_is_refused_before_it_is_read() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.base.getPort())) {
      socket.setSoTimeout(10_000);
      String head =
          "POST /v1/customers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
              + gateway.secretKey.text()
              + "\r\nContent-Type: "
              + FORM
              + "\r\nContent-Length: 104857600\r\n\r\n";
      OutputStream out = socket.getOutputStream();
      out.write((head + "a=").getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      String answer = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(answer).isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void a_transfer_coding_that_nobody_knows_is_the_clients_error() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.base.getPort())) {
      socket.setSoTimeout(10_000);
      String head =
          "POST /v1/customers HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
              + gateway.secretKey.text()
              + "\r\nContent-Type: "
              + FORM
              + "\r\nTransfer-Encoding: gzip\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("invalid_request_error");
    }
  }

  @Test
  void what_the_server_itself_refuses_has_the_same_form() throws IOException {
    for (String line :
        new String[] {
          "TRACE /v1/customers HTTP/1.1",
          "GET /v1/%zz HTTP/1.1",
          "GET /v1/../../x%2f HTTP/1.1",
          "GET /v1/customers?a=<b> HTTP/1.1",
          "FOO /v1/customers HTTP/1.1"
        }) {
      try (Socket socket = new Socket("127.0.0.1", gateway.base.getPort())) {
        socket.setSoTimeout(10_000);
        socket
            .getOutputStream()
            .write(
                (line + "\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).as(line).startsWith("HTTP/1.1 4").doesNotContain("<html", "Tomcat");
        assertThat(answer).as(line).contains("Request-Id: req_").contains("{\"error\":");
      }
    }
  }
}
