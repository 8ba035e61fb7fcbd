package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class ProviderTlsTest {

  @Test
  void aClientWithNothingButOldSuitesIsTurnedAway() throws Exception {
    try (Rig rig = Rig.create()) {
      URI provider = URI.create(rig.simulator.providerUrl());
      assertThat(handshake(provider, "GCM_SHA")).contains("_GCM_");
      assertThatThrownBy(() -> handshake(provider, "CBC_SHA")).isInstanceOf(SSLException.class);
    }
  }

  /** The suite that TLS 1.2 with those of these ends in. */
  private static String handshake(URI provider, String suites) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            TestTls.context()
                .getSocketFactory()
                .createSocket(provider.getHost(), provider.getPort())) {
      socket.setSoTimeout(10_000);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(
          java.util.Arrays.stream(socket.getSupportedCipherSuites())
              .filter(suite -> suite.startsWith("TLS_ECDHE_") && suite.contains(suites))
              .toArray(String[]::new));
      socket.startHandshake();
      return socket.getSession().getCipherSuite();
    }
  }
}
