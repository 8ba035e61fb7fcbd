package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.checkout.SessionExpiry;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What tests of hosted pages do as a browser does, but for the browser. */
abstract class HostedCheckout {

  static final String PATH = "/v1/checkout/sessions";
  static final String CARD = "pm_card_visa";

  final Gateway gateway = Gateway.IT;

  record Shop(Answer session) {
    String id() {
      return session.string("id");
    }

    String page() {
      return URI.create(session.string("url")).getRawPath();
    }
  }

  Shop shop(long amount, String... more) {
    List<String> form =
        new ArrayList<>(
            List.of(
                "mode", "payment",
                "success_url", "https://shop.example.com/done?s={CHECKOUT_SESSION_ID}",
                "cancel_url", "https://shop.example.com/cart",
                "line_items[0][price_data][currency]", "usd",
                "line_items[0][price_data][unit_amount]", Long.toString(amount),
                "line_items[0][price_data][product_data][name]", "A cup",
                "line_items[0][quantity]", "1"));
    form.addAll(List.of(more));
    Answer session = gateway.post(PATH, form.toArray(String[]::new));
    assertThat(session.status()).as(session.text()).isEqualTo(200);
    return new Shop(session);
  }

  Shop setup(String... more) {
    List<String> form =
        new ArrayList<>(List.of("mode", "setup", "success_url", "https://shop.example.com/kept"));
    form.addAll(List.of(more));
    Answer session = gateway.post(PATH, form.toArray(String[]::new));
    assertThat(session.status()).as(session.text()).isEqualTo(200);
    return new Shop(session);
  }

  HttpRequest.Builder browser(String path) {
    return HttpRequest.newBuilder(URI.create(gateway.base + path)).header("User-Agent", "Test");
  }

  Answer open(Shop shop) {
    return gateway.send(browser(shop.page()));
  }

  static Map<String, Object> entry(Object... more) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("payment_method", CARD);
    entry.put("email", "shopper@example.com");
    for (int i = 0; i < more.length; i += 2) {
      entry.put((String) more[i], more[i + 1]);
    }
    return entry;
  }

  HttpRequest.Builder paying(Shop shop, Map<String, ?> entry) {
    return browser(shop.page() + "/pay")
        .header("Origin", "http://127.0.0.1")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(entry)));
  }

  Answer pay(Shop shop, Object... more) {
    return gateway.send(paying(shop, entry(more)));
  }

  Answer status(Shop shop) {
    return gateway.send(browser(shop.page() + "/status"));
  }

  Answer now(Shop shop) {
    return gateway.get(PATH + "/" + shop.id());
  }

  List<String> told(Shop shop) {
    return gateway.get("/v1/events?limit=100").data().stream()
        .filter(
            event ->
                event.get("data") instanceof Map<?, ?> data
                    && data.get("object") instanceof Map<?, ?> object
                    && shop.id().equals(object.get("id")))
        .map(event -> String.valueOf(event.get("type")))
        .toList();
  }

  SessionExpiry sweep() {
    return gateway.context.getBean(SessionExpiry.class);
  }
}
