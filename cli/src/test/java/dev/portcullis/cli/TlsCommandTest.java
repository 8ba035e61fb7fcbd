package dev.portcullis.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TlsCommandTest {

  /** Beyond those that a system gives out by itself. */
  private static final int NOBODYS_PORTS = 61_500;

  private final StringWriter said = new StringWriter();
  private final AtomicInteger refused = new AtomicInteger();
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

  /** Behind an edge the public address is not this machine's, or not this port. */
  @Test
  void aLiveHomeIsDialledWhereItIsBoundAndAskedForItsPublicName() throws Exception {
    Authority authority = Authority.create(Clock.systemUTC());
    PemIdentity served = identity("api", authority.issue("api", Authority.Purpose.SERVER));
    identity("gateway", authority.issue("gateway", Authority.Purpose.CLIENT));
    HomeFiles.folder(test.home().operator(), "rwx------", null, null);
    HomeFiles.writePrivate(test.home().liveNote(), "");
    HomeFiles.writePrivate(
        test.home().properties(Zone.GATEWAY),
        "api.host=0.0.0.0\napi.tls.certificate=tls/api.pem\n");
    List<String> asked = new CopyOnWriteArrayList<>();
    try (SSLServerSocket listener = listener(served, asked)) {
      save(
          ProcessMark.of(ProcessHandle.current()),
          listener.getLocalPort(),
          "https://pay.example:8443");
      assertThat(tls()).isEqualTo(1);
      assertThat(said.toString())
          .containsPattern(
              "api +127.0.0.1:"
                  + listener.getLocalPort()
                  + " +WRONG .* for localhost, 127.0.0.1, .* and not for pay.example,");
      assertThat(asked).isNotEmpty().containsOnly("pay.example");
      assertThat(refused).hasPositiveValue();
      said.getBuffer().setLength(0);
      Files.writeString(test.home().properties(Zone.GATEWAY), "api.tls.name=localhost\n", APPEND);
      tls();
      assertThat(said.toString())
          .containsPattern(
              "api +127.0.0.1:" + listener.getLocalPort() + " +well .* for localhost,");
      said.getBuffer().setLength(0);
      HomeFiles.writePrivate(
          test.home().properties(Zone.GATEWAY),
          "api.host=0.0.0.0\napi.tls.certificate=tls/api.pem\n");
      save(
          ProcessMark.of(ProcessHandle.current()),
          listener.getLocalPort(),
          "https://127.0.0.1:443");
      tls();
      assertThat(said.toString())
          .containsPattern(
              "api +127.0.0.1:" + listener.getLocalPort() + " +well .* for 127.0.0.1,");
    }
  }

  private PemIdentity identity(String name, Identity identity) throws IOException {
    Files.createDirectories(test.home().zone(Zone.GATEWAY).resolve("tls"));
    HomeFiles.writePrivate(test.home().tls(Zone.GATEWAY, name + ".pem"), identity.chainPem());
    HomeFiles.writePrivate(test.home().tls(Zone.GATEWAY, name + ".key"), identity.keyPem());
    return PemIdentity.load(
        test.home().tls(Zone.GATEWAY, name + ".pem"), test.home().tls(Zone.GATEWAY, name + ".key"));
  }

  /** Shakes hands, and notes which name it was asked for. */
  private SSLServerSocket listener(PemIdentity identity, List<String> asked) throws IOException {
    SSLServerSocket listener =
        (SSLServerSocket)
            TlsContexts.server(identity, null)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SSLParameters parameters = listener.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setSNIMatchers(
        List.of(
            new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
              @Override
              public boolean matches(SNIServerName name) {
                asked.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
                return true;
              }
            }));
    listener.setSSLParameters(parameters);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!listener.isClosed()) {
                try (SSLSocket socket = (SSLSocket) listener.accept()) {
                  socket.setSoTimeout(5_000);
                  socket.startHandshake();
                  socket.getInputStream().readAllBytes();
                } catch (IOException _) {
                  // What is offered only to be refused, and the end of the test.
                  refused.incrementAndGet();
                }
              }
            });
    return listener;
  }

  private void save(ProcessMark supervisor, int port) {
    save(supervisor, port, "http://127.0.0.1:" + port);
  }

  private void save(ProcessMark supervisor, int port, String api) {
    new InstanceState(
            Phase.READY,
            Map.of("port", port, "api", api, "cards", "http://127.0.0.1:1"),
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
