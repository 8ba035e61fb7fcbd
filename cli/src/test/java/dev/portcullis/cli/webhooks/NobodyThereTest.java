package dev.portcullis.cli.webhooks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.tls.TlsContexts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What does not answer is said in words, and not by the name of a class. */
class NobodyThereTest {

  private String address = "";

  @BeforeEach
  void findAPortWithoutListener() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "http://127.0.0.1:" + socket.getLocalPort();
    }
  }

  @Test
  void aTriggerSaysWhereNobodyListens() {
    Triggers triggers =
        new Triggers(new Api(address, "sk_test_0000000000", TlsContexts.client(null, null)));
    assertThatThrownBy(() -> triggers.fire("customer.created"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("nobody listens at " + address)
        .hasMessageNotContaining("Exception");
  }

  /** Of a key that is not taken it says which it is, and not what it is. */
  @Test
  void aKeyThatIsNotTakenIsNamedWithTheWayOut() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(401, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      String key = ApiKey.generate(KeyKind.SECRET, false, new SecureRandom()).text();
      Api api = new Api(base, key, TlsContexts.client(null, null));
      assertThatThrownBy(() -> api.get("/v1/events", Map.of()))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining(base + " does not take the key " + key.substring(0, 8) + "...")
          .hasMessageContaining("keys create")
          .hasMessageContaining("PORTCULLIS_API_KEY")
          .hasMessageNotContaining(key.substring(8, 20));
      Api other = new Api(base, "a_token_of_another_kind", TlsContexts.client(null, null));
      assertThatThrownBy(() -> other.get("/v1/events", Map.of()))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("has not the form")
          .hasMessageNotContaining("another_kind")
          .hasMessageNotContaining("a_token");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatNothingMakesHappenIsRefused() {
    assertThatThrownBy(() -> Triggers.require("payout.paid"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("Nothing makes payout.paid happen");
    Triggers.require("checkout.session.completed");
  }
}
