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
  static final String API = System.getenv("PORTCULLIS_API");
  static final String CARDS = System.getenv("PORTCULLIS_CARDS");
  static final Path PAGE = Path.of(System.getenv("SHOP_PAGE"));
  static final StripeClient CLIENT =
      StripeClient.builder().setApiKey(System.getenv("PORTCULLIS_SECRET_KEY")).setApiBase(API).build();

  /** What the embedded page may load and ask; an origin of the bank's page goes to frame-src too. */
  static final String POLICY =
      "default-src 'self'; script-src 'self' " + CARDS + "; connect-src 'self' " + API + "; frame-src https: " + CARDS
          + " " + API + " " + System.getenv("BANK") + "; frame-ancestors 'none'; require-trusted-types-for 'script'";

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
    server.createContext("/", each -> send(each, 404, "text/plain", "There is /buy and /embedded."));
    server.createContext("/thanks", each -> send(each, 200, "text/html", "<h1>Thank you</h1>"));
    server.createContext("/shop.js", each -> send(each, 200, "text/javascript", read("shop.js")));
    server.createContext("/shop.css", each -> send(each, 200, "text/css", read("shop.css")));
    server.createContext("/embedded", each -> send(each, 200, "text/html",
        read("embedded.html").replace("${cards}", CARDS).replace("${key}", System.getenv("PORTCULLIS_PUBLISHABLE_KEY"))));
    server.createContext("/intents", each -> send(each, 200, "application/json", "{\"clientSecret\":\"" + intent() + "\"}"));
    server.createContext("/buy", each -> {
      each.getResponseHeaders().set("Location", session("http://" + each.getRequestHeaders().getFirst("Host")));
      send(each, 303, "text/plain", "");
    });
    server.start();
  }

  static String intent() {
    return ask(() -> CLIENT.v1().paymentIntents().create(PaymentIntentCreateParams.builder()
        .setAmount(2000L).setCurrency("usd").addPaymentMethodType("card").build()).getClientSecret());
  }

  static String session(String shop) {
    return ask(() -> CLIENT.v1().checkout().sessions().create(SessionCreateParams.builder()
        .setMode(SessionCreateParams.Mode.PAYMENT).setSuccessUrl(shop + "/thanks").setCancelUrl(shop + "/embedded")
        .addLineItem(SessionCreateParams.LineItem.builder().setQuantity(1L).setPriceData(
            SessionCreateParams.LineItem.PriceData.builder().setCurrency("usd").setUnitAmount(2000L).setProductData(
                SessionCreateParams.LineItem.PriceData.ProductData.builder().setName("Teapot").build()).build()).build())
        .build()).getUrl());
  }

  static <T> T ask(java.util.concurrent.Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static String read(String name) {
    return ask(() -> Files.readString(PAGE.resolve(name)));
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
