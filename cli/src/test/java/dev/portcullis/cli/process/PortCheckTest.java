package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PortCheckTest {

  @Test
  void namesThePortItsPurposeAndWhoHoldsIt() throws Exception {
    try (ServerSocket held = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = held.getLocalPort();
      assertThat(PortCheck.isFree(port)).isFalse();
      assertThatThrownBy(() -> PortCheck.requireFree(new Ports(port - 1), true))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("in use");
      String sentence = PortCheck.describe(port, "the API");
      assertThat(sentence).contains("Port " + port + ", wanted for the API, is in use");
      if (Files.isReadable(Path.of("/proc/net/tcp"))) {
        assertThat(sentence).contains("by java (process " + ProcessHandle.current().pid() + ")");
      }
    }
  }

  @Test
  void saysWherePortsMayBeTakenByAnyConnection() {
    Ports ports = new Ports(33_000);
    assertThat(PortCheck.lent(ports, "32768\t60999\n", "\n").orElseThrow())
        .contains("ports 33000 to 33010", "ip_local_reserved_ports=33000-33010");
    assertThat(PortCheck.lent(ports, "32768\t60999\n", "8080,33000-33010\n")).isEmpty();
    assertThat(PortCheck.lent(ports, "32768\t60999\n", "33000-33009\n")).isPresent();
    assertThat(PortCheck.lent(new Ports(4242), "32768\t60999\n", "")).isEmpty();
    for (String other : new String[] {"", "\n", "32768", "32768 x", "all"}) {
      assertThat(PortCheck.lent(ports, other, other)).isEmpty();
    }
    assertThat(PortCheck.lent(new Ports(32_760), "32768\t60999\n", "")).isPresent();
  }

  @Test
  void whatTheKernelSaysIsReadWhole() {
    assumeTrue(Files.isReadable(Path.of("/proc/sys/net/ipv4/ip_local_port_range")));
    assertThat(PortCheck.kernel("ip_local_port_range").orElseThrow().strip())
        .matches("[0-9]+\\s+[0-9]+");
  }
}
