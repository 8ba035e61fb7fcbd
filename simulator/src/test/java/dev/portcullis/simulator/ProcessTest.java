package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The simulator as an operating-system process: started by its file, killed, started again. */
@Timeout(40)
class ProcessTest {
  private static final String VISA = "4242424242424242";

  @TempDir private Path home;
  private int provider;
  private int shopper;
  private int management;

  @BeforeEach
  void install() throws IOException {
    List<Integer> ports = freePorts(3);
    provider = ports.get(0);
    shopper = ports.get(1);
    management = ports.get(2);
    Files.createDirectories(home.resolve("secrets"));
    Files.writeString(home.resolve("secrets/provider-key"), Client.PROVIDER_KEY + "\n");
    Files.writeString(home.resolve("secrets/control-key"), Client.CONTROL_KEY + "\n");
    TestTls.writePem(home.resolve("simulator.pem"), home.resolve("simulator.key"));
    write("127.0.0.1");
  }

  private void write(String host) throws IOException {
    Files.writeString(
        home.resolve("simulator.properties"),
        """
        shopper.host=%s
        shopper.port=%d
        provider.port=%d
        provider.tls.certificate=%s
        provider.tls.key=%s
        management.port=%d
        provider-key=secret://provider-key
        control-key=secret://control-key
        notifications.certificate=%4$s
        notifications.key=%5$s
        ledger.directory=%s
        """
            .formatted(
                host,
                shopper,
                provider,
                home.resolve("simulator.pem"),
                home.resolve("simulator.key"),
                management,
                home.resolve("ledger")));
  }

  @Test
  void whatWasAnsweredSurvivesAKill() throws Exception {
    Set<String> answered = new ConcurrentSkipListSet<>();
    CountDownLatch hundred = new CountDownLatch(100);
    Process first = start();
    try (Client client = client();
        ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitHealth(client, first);
      for (int i = 0; i < 8; i++) {
        crowd.execute(() -> payUntilItDies(client, answered, hundred));
      }
      assertThat(hundred.await(60, TimeUnit.SECONDS)).isTrue();
      first.destroyForcibly();
      assertThat(first.waitFor()).isNotZero();
    }
    assertThat(answered).hasSizeGreaterThanOrEqualTo(100);
    Process second = start();
    try (Client client = client()) {
      awaitHealth(client, second);
      for (String reference : answered) {
        assertThat(client.lookup(reference).get("status")).isEqualTo("approved");
      }
    } finally {
      second.destroy();
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(second.exitValue()).isIn(0, 143);
    assertThat(output(second)).contains("\"message\"").doesNotContain(VISA);
  }

  private static void payUntilItDies(Client client, Set<String> answered, CountDownLatch hundred) {
    while (true) {
      String reference = Rig.reference();
      try {
        if ("approved"
            .equals(client.authorize(Client.authorization(reference, VISA)).text("status"))) {
          answered.add(reference);
          hundred.countDown();
        }
      } catch (IOException killed) {
        return;
      }
    }
  }

  @Test
  void saysInOneLineWhyItCannotStart() throws Exception {
    write("0.0.0.0");
    Process refused = start();
    assertThat(refused.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(refused.exitValue()).isEqualTo(1);
    assertThat(output(refused)).contains("shopper.host must be an address of this machine");

    write("127.0.0.1");
    try (ServerSocket taken = new ServerSocket(shopper, 1, InetAddress.getLoopbackAddress())) {
      Process second = start();
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(second.exitValue()).isEqualTo(1);
      assertThat(output(second))
          .contains("The simulator cannot start")
          .contains(Integer.toString(taken.getLocalPort()));
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SimulatorMain.class.getName(),
            home.resolve("simulator.properties").toString())
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("log").toFile())
        .start();
  }

  private String output(Process process) throws IOException {
    assertThat(process.isAlive()).isFalse();
    return Files.readString(home.resolve("log"), StandardCharsets.UTF_8);
  }

  private Client client() {
    return new Client("https://localhost:" + provider, "http://127.0.0.1:" + shopper);
  }

  private void awaitHealth(Client client, Process process)
      throws IOException, InterruptedException {
    var health = client.toShopper("http://127.0.0.1:" + management + "/health").GET().build();
    while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
      try {
        if (client.send(health).status() == 200) {
          return;
        }
      } catch (ConnectException notYet) {
        assertThat(notYet).isNotNull();
      }
    }
    throw new AssertionError("it did not start: " + output(process));
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0);
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }
}
