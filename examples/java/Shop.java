import com.stripe.StripeClient;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sells a teapot: /buy by the hosted page, /embedded by card fields. Run it as README.md says. */
final class Shop {
  static final String API = variable("PORTCULLIS_API");
  static final String CARDS = variable("PORTCULLIS_CARDS");
  static final String KEY = variable("PORTCULLIS_PUBLISHABLE_KEY");
  static final Path PAGE = Path.of(variable("SHOP_PAGE"));
  static final StripeClient CLIENT =
      StripeClient.builder().setApiKey(variable("PORTCULLIS_SECRET_KEY")).setApiBase(API).build();

  /** What the embedded page may load and ask; an origin of the bank's page goes to frame-src too. */
  static final String POLICY =
      "default-src 'self'; script-src 'self' " + CARDS + "; connect-src 'self' " + API + "; frame-src https: " + CARDS
          + " " + API + " " + variable("BANK") + "; frame-ancestors 'none'; require-trusted-types-for 'script'";

  public static void main(String[] arguments) throws Exception {
    int port = arguments.length == 0 ? 8080 : Integer.parseInt(arguments[0]);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    on(server, "/", each ->
        send(each, each.getRequestURI().getPath().equals("/") ? 200 : 404, "text/html", read("index.html")));
    on(server, "/thanks", each -> send(each, 200, "text/html", read("thanks.html")));
    on(server, "/shop.js", each -> send(each, 200, "text/javascript", read("shop.js")));
    on(server, "/icon.svg", each -> send(each, 200, "image/svg+xml", read("icon.svg")));
    on(server, "/shop.css", each -> send(each, 200, "text/css", read("shop.css")));
    on(server, "/embedded", each ->
        send(each, 200, "text/html", read("embedded.html").replace("${cards}", CARDS).replace("${key}", KEY)));
    on(server, "/intents", each -> send(each, 200, "application/json", "{\"clientSecret\":\"" + intent() + "\"}"));
    on(server, "/buy", each -> {
      each.getResponseHeaders().set("Location", session("http://" + each.getRequestHeaders().getFirst("Host")));
      send(each, 303, "text/plain", "");
    });
    server.start();
    System.out.println("The shop is open: http://localhost:" + port + "/");
  }

  static String variable(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) {
      System.err.println("Set " + name + ", as examples/README.md shows.");
      System.exit(2);
    }
    return value;
  }

  interface Page {
    void show(HttpExchange exchange) throws Exception;
  }

  static void on(HttpServer server, String path, Page page) {
    server.createContext(path, each -> {
      try {
        page.show(each);
      } catch (Exception e) {
        System.err.println(path + ": " + e);
        send(each, 500, "text/plain", "Please try again.");
      }
    });
  }

  static String intent() throws Exception {
    return CLIENT.v1().paymentIntents().create(PaymentIntentCreateParams.builder()
        .setAmount(2000L).setCurrency("usd").addPaymentMethodType("card").build()).getClientSecret();
  }

  static String session(String shop) throws Exception {
    return CLIENT.v1().checkout().sessions().create(SessionCreateParams.builder()
        .setMode(SessionCreateParams.Mode.PAYMENT).setSuccessUrl(shop + "/thanks").setCancelUrl(shop + "/embedded")
        .addLineItem(SessionCreateParams.LineItem.builder().setQuantity(1L).setPriceData(
            SessionCreateParams.LineItem.PriceData.builder().setCurrency("usd").setUnitAmount(2000L).setProductData(
                SessionCreateParams.LineItem.PriceData.ProductData.builder().setName("Teapot").build()).build()).build())
        .build()).getUrl();
  }

  static String read(String name) throws Exception {
    return Files.readString(PAGE.resolve(name));
  }

  static void send(HttpExchange exchange, int status, String type, String body) throws java.io.IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    byte[] bytes = body.getBytes("UTF-8");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
