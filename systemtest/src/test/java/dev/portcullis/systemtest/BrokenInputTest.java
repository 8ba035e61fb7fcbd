package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Broken input to every route, as anybody on the network may send it: always a 4xx in Stripe's
 * form, which names the parameter where there is one to name; never a 5xx; never a word about what
 * the program is made of.
 */
@Order(20)
@ExtendWith(SharedPortcullis.class)
class BrokenInputTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JSON = "application/json";

  private final Portcullis portcullis;

  BrokenInputTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  /** One route: where it is served, and whether it takes a body. */
  private record Route(String method, String base, String path) {
    String url() {
      return base + path;
    }

    boolean takesBody() {
      return "POST".equals(method);
    }

    HttpRequest.Builder with(String key, String contentType, byte[] body) {
      return Http.authorized(url(), key)
          .header("Content-Type", contentType)
          .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    }
  }

  /** Every operation that the API describes, and what the cards origin takes. */
  private List<Route> routes() throws IOException, InterruptedException {
    String served = Http.get(portcullis.api() + "/v1/openapi.json", portcullis.secretKey()).body();
    List<Route> routes = new ArrayList<>();
    for (Described.Operation operation : new Described(served).operations()) {
      String path = operation.path().replaceAll("\\{[a-z_]+}", "x_0000000000000000000000");
      routes.add(new Route(operation.method(), portcullis.api(), path));
    }
    routes.add(new Route("POST", portcullis.cards(), "/v1/tokens"));
    routes.add(new Route("POST", portcullis.cards(), "/v1/payment_methods"));
    return routes;
  }

  /** A broken request, and the parameter that the answer must name, or null for none. */
  private record Breakage(String name, String type, byte[] body, String param) {
    static Breakage form(String name, String body, String param) {
      return new Breakage(name, FORM, body.getBytes(StandardCharsets.ISO_8859_1), param);
    }

    static Breakage json(String name, String body, String param) {
      return new Breakage(name, JSON, body.getBytes(StandardCharsets.UTF_8), param);
    }
  }

  private static List<Breakage> breakages() {
    return List.of(
        Breakage.form("unknown parameter", "colour=red", "colour"),
        Breakage.form("unknown nested parameter", "colour[deep][er]=red", "colour"),
        Breakage.form("expansion of nothing", "expand[]=colour", "expand"),
        Breakage.form("expansion too deep", "expand[]=a.b.c.d.e.f", "expand"),
        Breakage.form("expansion that is no list", "expand=customer", "expand"),
        Breakage.form("invalid UTF-8", "colour=%C3%28", "colour"),
        Breakage.form("raw invalid UTF-8", "colour=\u00c3(", "colour"),
        Breakage.form("bad percent escape", "colour=%zz", "colour"),
        Breakage.form("NUL", "colour=a%00b", "colour"),
        Breakage.form("control character", "colour=a%07b", "colour"),
        Breakage.form("same parameter twice", "colour=a&colour=b", "colour"),
        Breakage.form("scalar and hash", "colour=a&colour[b]=c", "colour"),
        Breakage.form("unbalanced bracket", "colour[=a", "colour"),
        Breakage.form("nine levels", "colour[a][b][c][d][e][f][g][h][i]=1", "colour"),
        Breakage.form("10,000 levels", "colour" + "[a]".repeat(10_000) + "=1", ""),
        Breakage.form("long name", "c".repeat(5_000) + "=1", ""),
        Breakage.form("long value", "colour=" + "x".repeat(20_000), "colour"),
        Breakage.form("many parameters", many(2_000), ""),
        Breakage.form("oversized body", "colour=" + "x".repeat(2_000_000), ""),
        Breakage.json("unknown JSON parameter", "{\"colour\":\"red\"}", "colour"),
        Breakage.json("JSON list", "[1,2]", ""),
        Breakage.json("JSON cut short", "{\"colour\":", ""),
        Breakage.json("JSON with a name twice", "{\"colour\":1,\"colour\":2}", ""),
        Breakage.json("JSON NUL", "{\"colour\":\"a\\u0000b\"}", "colour"),
        Breakage.json("JSON lone surrogate", "{\"colour\":\"\\ud800\"}", "colour"),
        Breakage.json("JSON huge number", "{\"colour\":1e999999999}", ""),
        Breakage.json(
            "JSON 10,000 levels",
            "{\"colour\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}",
            ""),
        new Breakage("wrong media type", "text/xml", bytes("<a/>"), ""),
        new Breakage("UTF-16 form", FORM + "; charset=utf-16", utf16("colour=red"), ""),
        new Breakage("binary", FORM, new byte[] {0, 1, (byte) 0xff, (byte) 0xfe, 61, 7}, ""));
  }

  private static String many(int count) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < count; i++) {
      body.append("p").append(i).append("=1&");
    }
    return body.append("colour=red").toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] utf16(String text) {
    return text.getBytes(StandardCharsets.UTF_16);
  }

  @Test
  void everyRouteRefusesEveryBreakage() throws Exception {
    try (Barrage barrage = new Barrage()) {
      for (Route route : routes()) {
        if (route.takesBody()) {
          for (Breakage broken : breakages()) {
            barrage.send(
                route.method() + " " + route.path() + " " + broken.name(),
                route.with(portcullis.secretKey(), broken.type(), broken.body()),
                answer -> Refusals.fault(answer).or(() -> unnamed(answer, broken.param())));
          }
        }
      }
      assertThat(barrage.faults()).isEmpty();
      assertThat(barrage.sent()).isGreaterThan(700);
    }
  }

  /** Where something else is missing too, either may be named first. */
  private static Optional<String> unnamed(Http.Answer answer, String param) {
    boolean named =
        Refusals.param(answer).startsWith(param)
            || Refusals.code(answer).equals("parameter_missing");
    return param.isEmpty() || named
        ? Optional.empty()
        : Optional.of("does not name " + param + ": " + Refusals.told(answer));
  }

  private static JsonObject requireRefusal(Http.Answer answer) {
    assertThat(Refusals.fault(answer)).isEmpty();
    return answer.json().getAsJsonObject("error");
  }

  @Test
  void everyReadingRouteRefusesABrokenQuery() throws Exception {
    List<String> queries =
        List.of(
            "colour=red",
            "expand[]=colour",
            "colour=%C3%28",
            "colour=%zz",
            "colour=%00",
            "colour=a&colour=b",
            "colour[a][b][c][d][e][f][g][h][i]=1");
    List<String> faults = new ArrayList<>();
    for (Route route : routes()) {
      if (!route.takesBody()) {
        for (String query : queries) {
          String path = route.path() + "?" + query;
          Http.Answer answer =
              Raw.exchange(
                  URI.create(route.base()),
                  Raw.head(route.method(), path, URI.create(route.base()), portcullis.secretKey())
                      + "Connection: close\r\n\r\n");
          Refusals.fault(answer).ifPresent(fault -> faults.add(path + ": " + fault));
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  @TestFactory
  List<DynamicNode> illTypedParametersAreNamed() {
    record Typed(String path, String body, String param) {}
    List<Typed> typed =
        List.of(
            new Typed("payment_intents", "currency=usd", "amount"),
            new Typed("payment_intents", "amount=100", "currency"),
            new Typed("payment_intents", "amount=ten&currency=usd", "amount"),
            new Typed("payment_intents", "amount=1.5&currency=usd", "amount"),
            new Typed("payment_intents", "amount=-1&currency=usd", "amount"),
            new Typed("payment_intents", "amount=0&currency=usd", "amount"),
            new Typed("payment_intents", "amount=99999999999999999999&currency=usd", "amount"),
            new Typed("payment_intents", "amount[a]=1&currency=usd", "amount"),
            new Typed("payment_intents", "amount=&currency=usd", "amount"),
            new Typed("payment_intents", "amount=100&currency=usdollar", "currency"),
            new Typed("payment_intents", "amount=100&currency=usd&confirm=maybe", "confirm"),
            new Typed("payment_intents", "amount=100&currency=usd&customer=pm_1", "customer"),
            new Typed(
                "payment_intents",
                "amount=100&currency=usd&payment_method=pm_0000000000000000000000",
                "payment_method"),
            new Typed(
                "payment_intents",
                "amount=100&currency=usd&capture_method=sometimes",
                "capture_method"),
            new Typed(
                "payment_intents",
                "amount=100&currency=usd&shipping[name]=a&shipping[address][planet]=b",
                "shipping[address][planet]"),
            new Typed(
                "payment_intents", "amount=100&currency=usd&return_url=nowhere", "return_url"),
            new Typed("payment_intents", "amount=100&currency=usd&metadata=x", "metadata"),
            new Typed("payment_intents", "amount=100&currency=usd&metadata[a][b]=x", "metadata"),
            new Typed("customers", "email=nobody", "email"),
            new Typed("customers", "name=" + "x".repeat(300), "name"),
            new Typed("refunds", "amount=5", "payment_intent"),
            new Typed("refunds", "payment_intent=pi_0000000000000000000000", "payment_intent"),
            new Typed("payment_methods", "type=shells", "type"),
            new Typed("payment_methods/pm_0000000000000000000000/attach", "x=1", "x"));
    return typed.stream()
        .<DynamicNode>map(
            each ->
                dynamicTest(
                    each.path()
                        + " "
                        + each.body().substring(0, Math.min(60, each.body().length())),
                    () -> {
                      Http.Answer answer =
                          Http.send(
                              new Route("POST", portcullis.api(), "/v1/" + each.path())
                                  .with(portcullis.secretKey(), FORM, bytes(each.body())));
                      JsonObject error = requireRefusal(answer);
                      assertThat(error.has("param")).as(answer.body()).isTrue();
                      assertThat(error.get("param").getAsString()).startsWith(each.param());
                    }))
        .toList();
  }

  @TestFactory
  List<DynamicNode> theCardsOriginNamesWhatIsWrong() {
    record Typed(String body, String param) {}
    String good = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034";
    List<Typed> typed =
        List.of(
            new Typed("type=card", "card"),
            new Typed("type=card&card[number]=4242424242424242", "card[exp_month]"),
            new Typed(good.replace("=12", "=13"), "exp_month"),
            new Typed(good.replace("=12", "=x"), "card[exp_month]"),
            new Typed(good.replace("2034", "1999"), "exp_year"),
            new Typed(good + "&card[cvc]=12", "cvc"),
            new Typed(good + "&card[cvc]=abcd", "cvc"),
            new Typed(good + "&card[colour]=red", "card[colour]"),
            new Typed(good + "&billing_details[email]=nobody", "billing_details[email]"));
    return typed.stream()
        .<DynamicNode>map(
            each ->
                dynamicTest(
                    each.body(),
                    () -> {
                      Http.Answer answer =
                          Http.send(
                              new Route("POST", portcullis.cards(), "/v1/payment_methods")
                                  .with(portcullis.secretKey(), FORM, bytes(each.body())));
                      JsonObject error = requireRefusal(answer);
                      assertThat(error.has("param")).as(answer.body()).isTrue();
                      assertThat(error.get("param").getAsString()).contains(each.param());
                      assertThat(answer.body()).doesNotContain("4242424242424242");
                    }))
        .toList();
  }

  /** 100 MB, announced or in chunks: refused without being taken in. */
  @TestFactory
  List<DynamicNode> aHugeBodyIsRefused() {
    Function<Route, DynamicNode> test =
        route ->
            dynamicTest(
                URI.create(route.url()).getPath() + " " + URI.create(route.url()).getPort(),
                () -> {
                  assertThat(flood(route, true).status()).isIn(400, 413);
                  assertThat(flood(route, false).status()).isIn(400, 413);
                });
    return List.of(
        test.apply(new Route("POST", portcullis.api(), "/v1/payment_intents")),
        test.apply(new Route("POST", portcullis.api(), "/v1/customers")),
        test.apply(new Route("POST", portcullis.cards(), "/v1/payment_methods")),
        test.apply(new Route("POST", portcullis.cards(), "/v1/tokens")));
  }

  private Http.Answer flood(Route route, boolean announced) throws IOException {
    int size = 100_000_000;
    URI target = URI.create(route.url());
    try (Socket socket = new Socket(target.getHost(), target.getPort())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      String length = announced ? "Content-Length: " + size : "Transfer-Encoding: chunked";
      out.write(
          bytes(
              "POST "
                  + target.getPath()
                  + " HTTP/1.1\r\nHost: "
                  + target.getAuthority()
                  + "\r\nAuthorization: Bearer "
                  + portcullis.secretKey()
                  + "\r\nContent-Type: "
                  + FORM
                  + "\r\n"
                  + length
                  + "\r\nConnection: close\r\n\r\n"));
      // As a real client does, it listens while it sends.
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Raw.readLeniently(socket.getInputStream());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      byte[] block = new byte[65_536];
      java.util.Arrays.fill(block, (byte) 'a');
      try {
        for (int sent = 0; sent < size && !answer.isDone(); sent += block.length) {
          int part = Math.min(block.length, size - sent);
          if (!announced) {
            out.write(bytes(Integer.toHexString(part) + "\r\n"));
          }
          out.write(block, 0, part);
          if (!announced) {
            out.write(bytes("\r\n"));
          }
        }
        if (!announced && !answer.isDone()) {
          out.write(bytes("0\r\n\r\n"));
        }
      } catch (IOException closedByServer) {
        // It need not listen to the end; the answer is what counts.
        assertThat(closedByServer).isNotNull();
      }
      String said = answer.join();
      assertThat(said).as("an answer, not a bare reset").startsWith("HTTP/1.1 ");
      return new Http.Answer(
          Integer.parseInt(said.substring(9, 12)),
          java.net.http.HttpHeaders.of(java.util.Map.of(), (a, b) -> true),
          said);
    }
  }

  @Test
  void brokenHeadersAreRefused() throws Exception {
    String url = portcullis.api() + "/v1/customers";
    for (String key : List.of("x".repeat(256), "a\tb", " ")) {
      Http.Answer answer =
          Http.send(
              Http.authorized(url, portcullis.secretKey())
                  .header("Idempotency-Key", key)
                  .header("Content-Type", FORM)
                  .POST(HttpRequest.BodyPublishers.ofString("name=a")));
      if (!key.isBlank()) {
        requireRefusal(answer);
      }
      assertThat(answer.status()).isLessThan(500);
    }
    for (String authorization :
        List.of(
            "Bearer", "Basic !!!", "Basic " + "A".repeat(5_000), "Digest x", "Bearer sk_test_")) {
      Http.Answer answer =
          Http.send(Http.request(url).header("Authorization", authorization).GET());
      assertThat(answer.status()).as(authorization).isBetween(400, 431);
      assertThat(Refusals.showsInsides(answer.body())).as(answer.body()).isFalse();
    }
  }

  @Test
  void whatIsNotServedIsA404AndAWrongMethodA4xx() throws Exception {
    for (String base : List.of(portcullis.api(), portcullis.cards())) {
      for (String path :
          List.of(
              "/",
              "/v1",
              "/v1/nothing",
              "/v2/customers",
              "/actuator/health",
              "/error",
              "/v1/customers/%2e%2e/x",
              "/v1/customers/" + "a".repeat(3_000))) {
        Http.Answer answer = Http.send(Http.authorized(base + path, portcullis.secretKey()).GET());
        assertThat(answer.status()).as(base + path).isBetween(400, 499);
        assertThat(Refusals.showsInsides(answer.body())).as(answer.body()).isFalse();
      }
    }
    Http.Answer put =
        Http.send(
            Http.authorized(portcullis.api() + "/v1/customers", portcullis.secretKey())
                .PUT(HttpRequest.BodyPublishers.noBody()));
    assertThat(put.status()).isBetween(400, 499);
  }

  @Test
  void theSystemStillPaysAfterAllThat() throws Exception {
    Http.Answer paid =
        Http.post(
            portcullis.api() + "/v1/payment_intents",
            portcullis.secretKey(),
            java.util.Map.of(
                "amount",
                "100",
                "currency",
                "usd",
                "confirm",
                "true",
                "payment_method",
                "pm_card_visa"));
    assertThat(paid.status()).as(paid.body()).isEqualTo(200);
    assertThat(paid.json().get("status").getAsString()).isEqualTo("succeeded");
  }
}
