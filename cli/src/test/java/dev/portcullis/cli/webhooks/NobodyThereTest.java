package dev.portcullis.cli.webhooks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.tls.TlsContexts;
import java.net.InetAddress;
import java.net.ServerSocket;
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

  @Test
  void whatNothingMakesHappenIsRefused() {
    assertThatThrownBy(() -> Triggers.require("payout.paid"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("Nothing makes payout.paid happen");
    Triggers.require("checkout.session.completed");
  }
}
