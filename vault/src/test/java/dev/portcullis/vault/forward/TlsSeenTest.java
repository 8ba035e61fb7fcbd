package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.portcullis.vault.TestCa;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.TlsSeen;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a provider's TLS is what was agreed on the wire. */
class TlsSeenTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path folder = Path.of("");

  private HttpsServer server(TestCa ca, String name) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsContexts.server(
                PemIdentity.load(ca.file(name + ".pem"), ca.file(name + ".key")), null)));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private EgressResult call(EgressClient client, HttpsServer server) {
    return client.send(
        EgressRequest.get(
            URI.create("https://localhost:" + server.getAddress().getPort() + "/"), Map.of()),
        LONG);
  }

  @Test
  void tellsWhatWasAgreedAndWhatWasRefused() throws IOException {
    TestCa ca = new TestCa(folder, "ca");
    X509Certificate good = ca.issue("good");
    ca.issue("other", Duration.ofHours(-1), Duration.ofDays(2), "other.test");
    HttpsServer right = server(ca, "good");
    HttpsServer wrong = server(ca, "other");
    try (EgressClient client =
        new EgressClient(
            TlsContexts.client(null, ca.file("ca.pem")),
            EgressOptions.to(AddressPolicy.LOOPBACK))) {
      assertThat(client.seen("localhost")).isNull();
      assertThat(call(client, right)).isInstanceOf(EgressResult.Answered.class);
      assertThat(client.seen("localhost"))
          .isInstanceOfSatisfying(
              TlsSeen.Verified.class,
              seen -> {
                assertThat(seen.protocol()).isEqualTo("TLSv1.3");
                assertThat(seen.cipher()).startsWith("TLS_");
                assertThat(seen.certificateEnds()).isEqualTo(good.getNotAfter().toInstant());
                assertThat(seen.agreedAt())
                    .isBetween(good.getNotBefore().toInstant(), good.getNotAfter().toInstant());
              });
      assertThat(call(client, wrong)).isInstanceOf(EgressResult.NotSent.class);
      assertThat(client.seen("localhost")).isInstanceOf(TlsSeen.Failed.class);
      assertThat(client.seen("elsewhere.test")).isNull();
    } finally {
      right.stop(0);
      wrong.stop(0);
    }
  }
}
