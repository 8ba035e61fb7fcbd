package dev.portcullis.systemtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A page with card fields that keeps, in {@code seen}, every message that it ever gets, and in
 * {@code keys} every key that it hears. Its policy is strict, and fetches nothing from elsewhere
 * but what docs/CARD_FIELDS.md says.
 */
final class HostPage implements AutoCloseable {

  /** Before the library: whatever comes by any port or to the window is written down. */
  private static final String SPY =
      """
      const seen = [], keys = [], log = [];
      addEventListener('message', (event) => seen.push(JSON.stringify(event.data)), true);
      for (const name of ['keydown', 'keyup', 'keypress', 'input', 'beforeinput', 'paste', 'copy']) {
        addEventListener(name, (event) => keys.push(name), true);
      }
      const slot = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
      Object.defineProperty(MessagePort.prototype, 'onmessage', {
        get: slot.get,
        set(hear) {
          globalThis.lastPort = this;
          slot.set.call(this, (event) => {
            seen.push(JSON.stringify(event.data));
            hear(event);
          });
        },
      });
      """;

  private static final String SCRIPT =
      """
      const query = new URLSearchParams(location.search);
      const p = Portcullis('${key}', {locale: query.get('locale') || 'en'});
      const elements = p.elements({appearance: {theme: query.get('theme') || 'light'}});
      const els = {};
      for (const [type, at] of query.get('three')
          ? [['cardNumber', '#number'], ['cardExpiry', '#expiry'], ['cardCvc', '#cvc']] : [['card', '#card']]) {
        const style = query.get('style') ? JSON.parse(query.get('style')) : undefined;
        els[type] = elements.create(type, {style}).mount(at);
        for (const name of ['ready', 'change', 'focus', 'blur', 'escape', 'submit', 'error']) {
          els[type].on(name, (event) => log.push({name, ...event}));
        }
      }
      const main = els.card || els.cardNumber;
      const last = (type) => log.filter((each) => each.name === 'change' && each.elementType === type).pop() || {};
      document.getElementById('form').addEventListener('submit', (event) => {
        event.preventDefault();
        log.push({name: 'formsubmit'});
      });
      """;

  private static final String PAGE =
      """
      <!doctype html><html lang="en"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>A shop</title><link rel="stylesheet" href="/page.css">
      <form id="form">
      <label for="card">Card</label><div id="card"></div>
      <label for="number">Number</label><div id="number"></div>
      <label for="expiry">Expiry</label><div id="expiry"></div>
      <label for="cvc">Code</label><div id="cvc"></div>
      <button>Pay</button></form>
      <script src="/spy.js"></script>${library}<script src="/page.js"></script></html>
      """;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
      div { margin: 4px 0 12px; border: 1px solid #7a8599; border-radius: 6px; }
      div:empty { display: none; }
      .PortcullisElement--invalid { border-color: #d0394a; }
      """;

  private final HttpServer server;
  private final Map<String, String> pages = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final String policy;

  HostPage(Portcullis portcullis) throws IOException {
    String cards = portcullis.cards();
    String bank = "http://127.0.0.1:" + (portcullis.port() + 2);
    policy =
        "default-src 'self'; script-src 'self' http://127.0.0.1:* ; style-src 'self'; connect-src "
            + portcullis.api()
            + "; frame-src http://127.0.0.1:* "
            + String.join(" ", cards, portcullis.api(), bank)
            + "; require-trusted-types-for 'script'; trusted-types 'none'";
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    put("/spy.js", SPY);
    put("/page.js", SCRIPT.replace("${key}", portcullis.lastStatus().publishableKey()));
    put("/page.css", STYLE);
    put("/", page("<script src=\"" + cards + "/v1/portcullis.js\"></script>"));
  }

  /** The page with other elements in the place of the library's. */
  static String page(String library) {
    return PAGE.replace("${library}", library);
  }

  /** Adds a file. */
  void put(String path, String text) {
    pages.put(path, text);
  }

  /** By the name that browsers trust. */
  String url(String rest) {
    return "http://localhost:" + server.getAddress().getPort() + rest;
  }

  /** The same server as another origin. */
  String elsewhere(String rest) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + rest;
  }

  /** The paths that were asked for. */
  List<String> asked() {
    return asked;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    String text = pages.get(path);
    byte[] bytes = (text == null ? "nothing" : text).getBytes(StandardCharsets.UTF_8);
    exchange
        .getResponseHeaders()
        .set(
            "Content-Type",
            path.endsWith(".js")
                ? "text/javascript"
                : path.endsWith(".css") ? "text/css" : "text/html; charset=utf-8");
    exchange.getResponseHeaders().set("Content-Security-Policy", policy);
    exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
    exchange.sendResponseHeaders(text == null ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
