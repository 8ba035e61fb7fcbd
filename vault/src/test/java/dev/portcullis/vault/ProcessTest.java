package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vault as an operating-system process: its start, its memory under load, its end. */
class ProcessTest {

  private static final long MOST_RESIDENT_KB = 200 * 1024;
  private static final int CALLS = 1_500;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Whoever sets the environment of whatever starts the vault would read every card by it. */
  @ParameterizedTest
  @CsvSource({
    "JAVA_TOOL_OPTIONS,-XX:+HeapDumpOnOutOfMemoryError",
    "JDK_JAVA_OPTIONS,-Dcom.sun.management.jmxremote.local.only=true",
    "_JAVA_OPTIONS,-XX:+StartAttachListener"
  })
  void doesNotStartWhereOthersCanLookIntoIt(String variable, String option, @TempDir Path home)
      throws Exception {
    Path log = home.resolve("process.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            VaultMain.class.getName(),
            home.resolve("none.properties").toString());
    builder.environment().put(variable, option);
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(Files.readString(log))
          .contains("The vault does not start with " + option.split("=", 2)[0])
          .doesNotContain("none.properties");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // reads /proc
  void startsStaysSmallUnderLoadAndStopsOnSigterm(@TempDir Path home) throws Exception {
    try (RunningVault keys = new RunningVault(home)) {
      int cards = freePort();
      int management = freePort();
      Path properties = home.resolve("process.properties");
      Files.writeString(
          properties,
          Files.readString(home.resolve("vault.properties"))
              .replace("cards.port=0", "cards.port=" + cards)
              .replace("management.port=0", "management.port=" + management));
      Path log = home.resolve("process.log");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx96m",
                  "-XX:+UseSerialGC",
                  "-Xss512k",
                  "-cp",
                  System.getProperty("java.class.path"),
                  VaultMain.class.getName(),
                  properties.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        awaitHealthy(process, management);
        load(keys, cards);
        long resident = residentKb(process.pid());
        System.out.println("resident under load: " + resident + " kB");
        assertThat(resident).isLessThan(MOST_RESIDENT_KB);
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isIn(0, 143);
        assertThat(Files.readString(log))
            .doesNotContain(VISA)
            .doesNotContain(keys.secretKey.text())
            .contains("the vault is ready");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private void load(RunningVault keys, int port) throws Exception {
    String form =
        card(VISA).entrySet().stream()
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/payment_methods"))
            .header("Authorization", "Bearer " + keys.secretKey.text())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try (var threads = Executors.newFixedThreadPool(16)) {
      Callable<Integer> call =
          () -> client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      for (Future<Integer> status :
          threads.invokeAll(IntStream.range(0, CALLS).mapToObj(n -> call).toList())) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
  }

  private void awaitHealthy(Process process, int port) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
            .timeout(Duration.ofSeconds(2))
            .build();
    for (int attempt = 0; attempt < 300; attempt++) {
      assertThat(process.isAlive()).isTrue();
      try {
        if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not listening yet: waitFor passes the time and notices a process that ended.
        assertThat(process.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
      }
    }
    throw new AssertionError("the vault did not become healthy");
  }

  private static long residentKb(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
