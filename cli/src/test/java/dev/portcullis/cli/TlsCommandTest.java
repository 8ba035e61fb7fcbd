package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Zone;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TlsCommandTest {

  /** Beyond those that a system gives out by itself. */
  private static final int NOBODYS_PORTS = 61_500;

  private final StringWriter said = new StringWriter();
  private TestHome test;

  @BeforeEach
  void makeHome() throws Exception {
    test = new TestHome();
  }

  @AfterEach
  void removeHome() throws Exception {
    test.close();
  }

  @Test
  void aHomeThatRanOnceIsNotTakenForOneThatSpeaksPlainHttp() {
    save(new ProcessMark(ProcessHandle.current().pid(), "another"), 4242);
    assertThat(tls()).isEqualTo(1);
    assertThat(said.toString())
        .startsWith("portcullis: Nothing runs in " + test.home().root() + "; start it with ")
        .doesNotContain("plain");
  }

  @Test
  void aListenerThatRefusesIsNotReachable() throws Exception {
    Identity gateway =
        Authority.create(Clock.systemUTC()).issue("gateway", Authority.Purpose.CLIENT);
    Files.createDirectories(test.home().zone(Zone.GATEWAY).resolve("tls"));
    HomeFiles.writePrivate(test.home().tls(Zone.GATEWAY, "gateway.pem"), gateway.chainPem());
    HomeFiles.writePrivate(test.home().tls(Zone.GATEWAY, "gateway.key"), gateway.keyPem());
    save(ProcessMark.of(ProcessHandle.current()), NOBODYS_PORTS);
    assertThat(tls()).isEqualTo(1);
    assertThat(said.toString()).contains("WRONG  not reachable").doesNotContain("plain HTTP");
  }

  private void save(ProcessMark supervisor, int port) {
    new InstanceState(
            Phase.READY,
            Map.of("port", port, "api", "http://127.0.0.1:" + port, "cards", "http://127.0.0.1:1"),
            Map.of("supervisor", supervisor))
        .save(test.home());
  }

  private int tls() {
    PrintWriter to = new PrintWriter(said, true);
    return Main.commandLine()
        .setOut(to)
        .setErr(to)
        .execute("tls", "--home", test.home().root().toString());
  }
}
