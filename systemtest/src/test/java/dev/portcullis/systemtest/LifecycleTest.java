package dev.portcullis.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starting, stopping, and what a person is told when it does not work. */
@Order(50)
class LifecycleTest {
  private static final Duration SHORT = Duration.ofSeconds(30);

  static String pay(Portcullis portcullis) throws IOException, InterruptedException {
    Http.Answer paid =
        Http.post(
            portcullis.api() + "/v1/payment_intents",
            portcullis.secretKey(),
            Map.of(
                "amount", "2345",
                "currency", "usd",
                "confirm", "true",
                "payment_method", "pm_card_visa"));
    assertThat(paid.status()).as(paid.body()).isEqualTo(200);
    assertThat(paid.json().get("status").getAsString()).isEqualTo("succeeded");
    return paid.json().get("id").getAsString();
  }

  static void requireSentence(CommandResult result, String... words) {
    assertThat(result.exitCode()).as(result.said()).isNotZero();
    assertThat(result.said()).contains(words).doesNotContain("Exception", "\tat ");
    assertThat(result.said().lines().filter(line -> !line.isBlank()).count())
        .as(result.said())
        .isLessThanOrEqualTo(3);
  }

  @Test
  @ExtendWith(SharedPortcullis.class)
  void statusSaysWhatAClientNeeds(Portcullis portcullis) throws Exception {
    JsonObject status =
        JsonParser.parseString(portcullis.run(SHORT, "status", "--json").succeeded())
            .getAsJsonObject();
    assertThat(status.get("api").getAsString()).isEqualTo("http://127.0.0.1:" + portcullis.port());
    assertThat(status.get("cards").getAsString())
        .isEqualTo("http://127.0.0.1:" + (portcullis.port() + 1));
    assertThat(status.get("secret_key").getAsString()).startsWith("sk_test_");
    assertThat(status.get("publishable_key").getAsString()).startsWith("pk_test_");
    Status parsed = portcullis.status();
    assertThat(parsed.pids()).containsKeys("vault", "gateway", "simulator", "postgres");
    assertThat(parsed.allUp()).as("%s", parsed.health()).isTrue();
    assertThat(parsed.pids().values()).allMatch(pid -> ProcessHandle.of(pid).isPresent());
    pay(portcullis);
  }

  @Test
  @ExtendWith(SharedPortcullis.class)
  void aSecondStartOfTheSameHomeIsRefused(Portcullis portcullis) {
    CommandResult second =
        portcullis.run(SHORT, "up", "--detach", "--port", Integer.toString(Portcullis.freePort()));
    requireSentence(second, "already runs", portcullis.home().toString());
    assertThat(portcullis.status().allUp()).isTrue();
  }

  @Test
  @ExtendWith(SharedPortcullis.class)
  void doctorFindsNothingWrongWithAHealthyInstance(Portcullis portcullis) {
    CommandResult doctor =
        portcullis.run(SHORT, "doctor", "--port", Integer.toString(portcullis.port()));
    assertThat(doctor.exitCode()).as(doctor.said()).isZero();
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    Path home = Portcullis.freshFolder("portcullis-port");
    int base = Portcullis.freePort();
    try (ServerSocket taken = new ServerSocket(base + 1, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(taken.isBound()).isTrue();
      List<String> home2 = List.of("--home", home.toString());
      CommandResult up =
          Portcullis.launch(
              Duration.ofMinutes(1),
              Map.of(),
              with(home2, "up", "--detach", "--port", Integer.toString(base)));
      requireSentence(up, Integer.toString(base + 1), "in use");
      CommandResult doctor =
          Portcullis.launch(
              SHORT, Map.of(), with(home2, "doctor", "--port", Integer.toString(base)));
      assertThat(doctor.exitCode()).as(doctor.said()).isEqualTo(1);
      assertThat(doctor.said()).contains(Integer.toString(base + 1));
    }
    Portcullis.delete(home);
  }

  private static List<String> with(List<String> options, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(options);
    return all;
  }

  @Test
  void aTooOldJdkIsOneSentence() throws IOException {
    Path folder = Portcullis.freshFolder("portcullis-jdk");
    Path old = fakeJdk(folder.resolve("places/jdk-21"), "21.0.2");
    CommandResult up =
        Portcullis.launch(
            SHORT,
            Map.of(
                "JAVA_HOME", old.toString(),
                "PORTCULLIS_JDK_PLACES", folder.resolve("places").toString(),
                "PATH", toolsWithoutJava(folder.resolve("tools")).toString()),
            List.of("up", "--home", folder.resolve("home").toString()));
    requireSentence(up, "JDK 25", "21", "install");
    assertThat(up.said().lines()).hasSize(1);
    Portcullis.delete(folder);
  }

  /** A path on which the machine's own Java does not stand. */
  private static Path toolsWithoutJava(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String tool :
        List.of(
            "bash",
            "cat",
            "cp",
            "date",
            "dirname",
            "find",
            "grep",
            "ls",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "tail",
            "tr")) {
      Path found = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          folder.resolve(tool), Files.exists(found) ? found : Path.of("/bin", tool));
    }
    return folder;
  }

  private static Path fakeJdk(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String program : List.of("java", "javac")) {
      Path file = home.resolve("bin").resolve(program);
      Files.writeString(file, "#!/bin/sh\nexit 1\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return home;
  }

  @Test
  void afterKillNineOfEverythingTheNextUpHasLostNothing() throws Exception {
    try (Portcullis portcullis = Portcullis.start()) {
      List<String> paid = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        paid.add(pay(portcullis));
      }
      String key = portcullis.secretKey();
      portcullis.killEverything();
      long start = System.nanoTime();

      portcullis.up();

      System.out.printf(
          "lifecycle: ready %.1f s after kill -9 of everything%n",
          (System.nanoTime() - start) / 1e9);
      assertThat(portcullis.secretKey()).isEqualTo(key);
      for (String id : paid) {
        Http.Answer read = Http.get(portcullis.api() + "/v1/payment_intents/" + id, key);
        assertThat(read.json().get("status").getAsString()).isEqualTo("succeeded");
      }
      pay(portcullis);
      stopsAndDrains(portcullis);
    }
  }

  @Test
  void aLostOrWrongMasterKeyIsNeverReplacedSilently() throws Exception {
    try (Portcullis portcullis = Portcullis.start()) {
      String paid = pay(portcullis);
      portcullis.stop().succeeded();
      Path secrets = portcullis.home().resolve("vault/secrets");
      Path key = secrets.resolve("master-key");
      byte[] kept = Files.readAllBytes(key);

      Files.delete(key);
      CommandResult lost = portcullis.tryUp();
      requireLastSentence(lost, "holds cards", "restore " + key);
      assertThat(key).doesNotExist();

      Files.write(key, "YW5vdGhlciBrZXkgb2YgMzIgYnl0ZXMgZXhhY3RseS4=\n".getBytes(UTF_8));
      giveToTheOwnerOf(secrets.resolve("api-key-hash-key"), key);
      CommandResult wrong = portcullis.tryUp();
      requireLastSentence(wrong, "The vault's master key is", "restore that master key");

      Files.write(key, kept);
      portcullis.up();
      assertThat(Http.get(portcullis.api() + "/v1/payment_intents/" + paid, portcullis.secretKey()))
          .extracting(Http.Answer::status)
          .isEqualTo(200);
      pay(portcullis);
    }
  }

  private static void giveToTheOwnerOf(Path model, Path file) throws IOException {
    Files.setOwner(file, Files.getOwner(model));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** What it ends with is one sentence, whatever progress it told before. */
  static void requireLastSentence(CommandResult result, String... words) {
    assertThat(result.exitCode()).as(result.said()).isNotZero();
    List<String> sentence =
        result.said().lines().dropWhile(line -> !line.startsWith("portcullis: ")).toList();
    assertThat(String.join("\n", sentence)).as(result.said()).contains(words);
    assertThat(result.said()).doesNotContain("Exception", "\tat ");
    assertThat(sentence).as(result.said()).hasSizeBetween(1, 3);
  }

  /** A request that is under way when the stop comes is answered. */
  private static void stopsAndDrains(Portcullis portcullis) throws Exception {
    CompletableFuture<String> underWay = paymentUnderWay(portcullis);
    CommandResult stopped = portcullis.stop();

    assertThat(stopped.exitCode()).as(stopped.said()).isZero();
    assertThat(underWay.get()).startsWith("pi_");
    assertThat(portcullis.processes()).isEmpty();
    CommandResult again = portcullis.stop();
    assertThat(again.exitCode()).as("stopping twice: " + again.said()).isZero();
  }

  /** A payment that the provider takes a while to answer, once it is with the provider. */
  static CompletableFuture<String> paymentUnderWay(Portcullis portcullis) throws Exception {
    portcullis
        .simulator()
        .faults("{\"seed\":1,\"rates\":{\"latency\":1},\"latency_ms\":[2500,2500]}");
    CompletableFuture<String> underWay =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return pay(portcullis);
              } catch (IOException | InterruptedException e) {
                throw new AssertionError("the payment under way got no answer", e);
              }
            });
    awaitInFlight(portcullis);
    return underWay;
  }

  /** The payment's intent is stored before the provider is called. */
  private static void awaitInFlight(Portcullis portcullis) {
    PersistentClient client = new PersistentClient(portcullis.secretKey(), Duration.ofSeconds(10));
    org.awaitility.Awaitility.await("the payment is with the provider")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                Books.allIntents(portcullis, client).stream()
                    .anyMatch(i -> !"succeeded".equals(i.get("status").getAsString())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"up --port 99999", "up --port x", "up --colour", "nothing"})
  void wrongArgumentsAreRefusedInAFewWords(String arguments) {
    CommandResult refused = Portcullis.launch(SHORT, Map.of(), List.of(arguments.split(" ")));
    assertThat(refused.exitCode()).as(refused.said()).isNotZero();
    assertThat(refused.said()).isNotBlank().doesNotContain("Exception", "\tat ");
  }
}
