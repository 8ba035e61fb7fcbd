package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A shop of {@code examples/}, run as its README says, with the SDKs that the tests have. */
final class SampleShop implements AutoCloseable {
  private static final Path EXAMPLES = Portcullis.checkout().resolve("examples");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final int port;

  private SampleShop(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static SampleShop java(Portcullis portcullis, Path folder) throws IOException {
    return start(
        portcullis,
        folder,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            EXAMPLES.resolve("java/Shop.java").toString()));
  }

  /** Node looks for packages beside the script. */
  static SampleShop node(Portcullis portcullis, Path folder) throws IOException {
    if (!Commands.exists("node") || !Commands.exists("npm")) {
      if ("true".equals(System.getenv("CI"))) {
        fail("there is no Node here, and a run with CI=true skips nothing");
      }
      abort("skipped: there is no Node here; install Node 20 or newer");
    }
    Path packages = Portcullis.checkout().resolve("systemtest/node");
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(packages.resolve(file), folder.resolve(file));
    }
    Commands.run(
            Duration.ofMinutes(2),
            Map.of(),
            List.of(
                "npm",
                "--prefix",
                folder.toString(),
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts"))
        .succeeded();
    Path script = Files.copy(EXAMPLES.resolve("node/shop.mjs"), folder.resolve("shop.mjs"));
    return start(portcullis, folder, List.of("node", script.toString()));
  }

  private static SampleShop start(Portcullis portcullis, Path folder, List<String> command)
      throws IOException {
    int port = freePort();
    List<String> whole = new ArrayList<>(command);
    whole.add(Integer.toString(port));
    Path said = folder.resolve("shop.log");
    ProcessBuilder builder = new ProcessBuilder(whole);
    builder
        .environment()
        .putAll(
            Map.of(
                "PORTCULLIS_API", portcullis.api(),
                "PORTCULLIS_CARDS", portcullis.cards(),
                "PORTCULLIS_SECRET_KEY", portcullis.secretKey(),
                "PORTCULLIS_PUBLISHABLE_KEY", portcullis.lastStatus().publishableKey(),
                "SHOP_PAGE", EXAMPLES.resolve("page").toString(),
                "BANK", "http://127.0.0.1:" + (portcullis.port() + 2)));
    Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    await("the shop is open").atMost(LIMIT).until(() -> !process.isAlive() || isListening(port));
    assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
    return new SampleShop(process, port);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  String url(String path) {
    return "http://localhost:" + port + path;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
