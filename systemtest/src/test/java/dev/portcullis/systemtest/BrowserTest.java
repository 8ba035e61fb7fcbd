package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The browser does what the tests of pages take for granted. */
@Order(6)
class BrowserTest {
  private static final String PAGE =
      "<!doctype html><title>t</title><style>@media (prefers-color-scheme: dark)"
          + "{body{background:#000}}</style><input id=a><input id=b><p id=p>x</p>";

  @Test
  void typesTabsLooksAndForgets() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    try (Browser browser = Browser.start()) {
      browser.open("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      assertThat(browser.url()).startsWith("http://localhost:");
      browser.click("#a");
      browser.press("one");
      browser.tab();
      browser.press("two");
      assertThat(browser.script("return a.value + ' ' + b.value")).isEqualTo("one two");
      browser.width(320);
      assertThat(browser.script("return innerWidth")).isEqualTo(320L);
      browser.dark();
      assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo("rgb(0, 0, 0)");
      assertThat(Files.size(browser.screenshot("browser"))).isPositive();
      browser.forget();
      assertThat(browser.script("return innerWidth")).isEqualTo(1280L);
    } finally {
      server.stop(0);
    }
  }
}
