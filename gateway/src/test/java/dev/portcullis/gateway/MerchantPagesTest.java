package dev.portcullis.gateway;

import static dev.portcullis.gateway.PageDesk.approval;
import static dev.portcullis.gateway.PageDesk.object;
import static dev.portcullis.gateway.PageDesk.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merchants' own pages, which are watched by an administrator's word. */
class MerchantPagesTest {

  private static final Path OURS = identity("ours");
  private static final Path STRANGE = identity("strange");
  private static final Receiver SHOP = new Receiver();
  private static final Gateway GATEWAY =
      new Gateway(
          "http://127.0.0.1:1", "http://127.0.0.1:1", "pages.ca=" + OURS.resolve("shop.pem"));
  private static final PageDesk DESK = new PageDesk(GATEWAY);

  /** A certificate that vouches for itself: to trust it is to trust an authority of one's own. */
  private static Path identity(String name) {
    try {
      Path folder = Files.createTempDirectory(name);
      TestIdentity.write(folder, "shop");
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
    SHOP.close();
  }

  @Test
  void aMerchantsPageThatCannotBeReadIsToldOnceItIsApproved() {
    try (Receiver shop = new Receiver()) {
      shop.reply(request -> Reply.of(403));
      String id =
          DESK.admin(
                  "margaret",
                  "POST",
                  "watched_pages",
                  Map.of("url", shop.url("/pay"), "account", "acct_first"))
              .string("id");
      int before = DESK.events().size();
      DESK.round();
      assertThat(DESK.page(id)).as("nothing is expected yet").containsEntry("status", "waiting");
      assertThat(DESK.events()).hasSize(before);
      shop.reply(request -> new Reply(200, Map.of(), "<p>Shop</p>"));
      DESK.round();
      Answer approved =
          DESK.admin(
              "margaret", "POST", "watched_pages/" + id + "/approve", approval(DESK.page(id)));
      assertThat(approved.status()).as(approved.text()).isEqualTo(200);
      shop.reply(request -> new Reply(200, Map.of("Content-Encoding", "br"), "<p>Shop</p>"));
      DESK.round();
      assertThat(DESK.events()).hasSize(before + 1);
      assertThat(text(object(DESK.events().getFirst()), "changes")).contains("packed");
      Answer unseen =
          DESK.admin(
              "margaret", "POST", "watched_pages/" + id + "/approve", approval(DESK.page(id)));
      assertThat(unseen.error()).containsEntry("code", "page_not_seen");
      assertThat(DESK.admin("margaret", "DELETE", "watched_pages/" + id, null).status())
          .isEqualTo(200);
    }
  }

  @Test
  void aMerchantsPageIsComparedWithWhatWasApprovedOfItWithAReasonForEachScript() {
    try (Receiver shop = new Receiver()) {
      String[] html = {
        "<html><script src=/own.js></script><script>window.x=1</script><p>Shop</p></html>"
      };
      shop.reply(
          request ->
              request.path().equals("/pay")
                  ? new Reply(
                      200,
                      Map.of(
                          "Content-Type",
                          "text/html",
                          "Content-Security-Policy",
                          "script-src 'nonce-" + System.nanoTime() + "'"),
                      html[0])
                  : new Reply(200, Map.of(), "own()"));
      Answer watched =
          DESK.admin(
              "margaret",
              "POST",
              "watched_pages",
              Map.of("url", shop.url("/pay"), "account", "acct_first", "note", "the shop"));
      assertThat(watched.status()).as(watched.text()).isEqualTo(200);
      String id = watched.string("id");
      DESK.round();
      assertThat(DESK.page(id)).containsEntry("status", "waiting");
      Answer unsaid =
          DESK.admin(
              "margaret", "POST", "watched_pages/" + id + "/approve", approval(DESK.page(id)));
      assertThat(unsaid.error()).containsEntry("code", "justification_missing");
      Map<String, Object> said = new LinkedHashMap<>(approval(DESK.page(id)));
      said.put(
          "reasons", List.of(Map.of("subject", shop.url("/own.js"), "why", "the shop's basket")));
      said.put("reason_for_others", "counts visits");
      Answer approved = DESK.admin("margaret", "POST", "watched_pages/" + id + "/approve", said);
      assertThat(approved.status()).as(approved.text()).isEqualTo(200);
      DESK.round();
      assertThat(DESK.page(id)).as("a fresh nonce is no change").containsEntry("status", "same");
      int before = DESK.events().size();
      html[0] = html[0].replace("<p>Shop</p>", "<p>Sale</p>");
      DESK.round();
      assertThat(DESK.events()).as("words of the page are the shop's own business").hasSize(before);
      html[0] = html[0].replace("window.x=1", "window.x=2");
      Answer checked = DESK.admin("olga", "POST", "watched_pages/" + id + "/check", Map.of());
      assertThat(checked.string("status")).isEqualTo("changed");
      assertThat(DESK.events()).hasSize(before + 1);
      assertThat(object(DESK.events().getFirst())).containsEntry("page", id);
      Answer gone = DESK.admin("margaret", "DELETE", "watched_pages/" + id, null);
      assertThat(gone.status()).isEqualTo(200);
      assertThat(DESK.admin("olga", "GET", "watched_pages/" + id, null).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "http://shop.example/",
        "file:///etc/passwd",
        "https://user@shop.example/"
      })
  void aPageInsideIsNotWatched(String url) {
    Answer answer =
        DESK.admin(
            "margaret", "POST", "watched_pages", Map.of("url", url, "account", "acct_first"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
  }

  @Test
  void ofAnAccountTwentyPagesAreWatchedAtMostAndOursAlways() {
    String token = DESK.people.token("margaret");
    Map<String, String> page = Map.of("url", SHOP.url("/many"), "account", "acct_second");
    for (int i = 0; i < 20; i++) {
      assertThat(DESK.people.call("POST", "watched_pages", token, page).status()).isEqualTo(200);
    }
    assertThat(DESK.people.call("POST", "watched_pages", token, page).error())
        .containsEntry("code", "too_many_pages");
    List<Map<String, @Nullable Object>> all =
        DESK.people.call("GET", "watched_pages", token, null).data();
    for (Map<String, @Nullable Object> each : all) {
      if ("acct_second".equals(each.get("account"))) {
        DESK.people.call("DELETE", "watched_pages/" + each.get("id"), token, null);
      }
    }
    assertThat(DESK.people.call("DELETE", "watched_pages/payment", token, null).error())
        .containsEntry("code", "page_not_removable");
  }

  /** A shop that speaks TLS. */
  private static HttpsServer shop(Path identity) throws IOException {
    return shop(identity, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static HttpsServer shop(Path identity, InetSocketAddress address) throws IOException {
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsContexts.server(
                PemIdentity.load(identity.resolve("shop.pem"), identity.resolve("shop.key")),
                null)));
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "<p>Shop</p>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String watched(HttpsServer shop) {
    Answer watched =
        DESK.admin(
            "margaret",
            "POST",
            "watched_pages",
            Map.of(
                "url",
                "https://localhost:" + shop.getAddress().getPort() + "/pay",
                "account",
                "acct_first"));
    assertThat(watched.status()).as(watched.text()).isEqualTo(200);
    return watched.string("id");
  }

  @Test
  void aPageUnderAnAuthorityOfOnesOwnIsWatchedIfThatIsTrusted() throws IOException {
    HttpsServer known = shop(OURS);
    HttpsServer foreign = shop(STRANGE);
    try {
      String ours = watched(known);
      String strange = watched(foreign);
      DESK.round();
      assertThat(DESK.page(ours)).containsEntry("fault", null);
      assertThat(text(DESK.page(ours), "fingerprint")).isNotEqualTo("null");
      assertThat(text(DESK.page(strange), "fault")).contains("its certificate is not trusted");
      Answer approved =
          DESK.admin(
              "margaret", "POST", "watched_pages/" + ours + "/approve", approval(DESK.page(ours)));
      assertThat(approved.status()).as(approved.text()).isEqualTo(200);
      known.stop(0);
      int before = DESK.events().size();
      HttpsServer other = shop(STRANGE, known.getAddress());
      try {
        for (int i = 0; i < 3; i++) {
          DESK.round();
        }
        assertThat(DESK.events()).as("told after three looks").hasSize(before + 1);
        assertThat(text(object(DESK.events().getFirst()), "changes")).contains("not trusted");
      } finally {
        other.stop(0);
      }
      DESK.admin("margaret", "DELETE", "watched_pages/" + ours, null);
      DESK.admin("margaret", "DELETE", "watched_pages/" + strange, null);
    } finally {
      known.stop(0);
      foreign.stop(0);
    }
  }
}
