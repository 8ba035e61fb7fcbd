package dev.portcullis.systemtest;

import static org.awaitility.Awaitility.await;

import dev.portcullis.systemtest.agent.CrashPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;

/** Everything that goes wrong while payments are made, in an order that the seed chooses. */
final class Storm {
  private static final Duration FAULTS_LAST = Duration.ofSeconds(6);
  private static final int MOST_PASSES = 6;

  private final Portcullis portcullis;
  private final AgentJar agent;
  private final List<String> providers;
  private final Random random;
  private final List<String> story = new ArrayList<>();

  /** One thing that goes wrong. */
  private interface Mishap {
    void happen() throws IOException, InterruptedException;
  }

  private record Named(String name, Mishap mishap) {}

  Storm(Portcullis portcullis, List<String> providers, AgentJar agent, long seed) {
    this.portcullis = portcullis;
    this.providers = providers;
    this.agent = agent;
    this.random = new Random(seed);
  }

  /** Each of the mishaps once, in an order of this round's own. */
  void round() throws IOException, InterruptedException {
    List<Named> mishaps = new ArrayList<>();
    for (CrashPoint point : CrashPoint.values()) {
      mishaps.add(new Named("gateway dies " + point, () -> gatewayDiesAt(point)));
    }
    mishaps.add(new Named("vault dies", () -> dies("VaultMain", 5)));
    mishaps.add(new Named("database dies", this::databaseDies));
    mishaps.add(new Named("the providers misbehave", this::providersMisbehave));
    String one = providers.get(random.nextInt(providers.size()));
    mishaps.add(new Named(one + " is down", () -> isDown(one)));
    Collections.shuffle(mishaps, random);
    for (Named each : mishaps) {
      calm();
      long start = System.nanoTime();
      each.mishap().happen();
      story.add("%s (back after %.1f s)".formatted(each.name(), (System.nanoTime() - start) / 1e9));
    }
    calm();
  }

  /** Slow enough that a call to the provider can be hit in the middle. */
  void calm() throws IOException, InterruptedException {
    providers("\"latency_ms\":[10,60],\"rates\":{\"latency\":1}");
  }

  private void providers(String behaviour) throws IOException, InterruptedException {
    for (String provider : providers) {
      provider(provider, behaviour);
    }
  }

  private void provider(String provider, String behaviour)
      throws IOException, InterruptedException {
    portcullis
        .simulator()
        .faults(provider, "{\"seed\":" + random.nextInt(1_000_000) + "," + behaviour + "}");
  }

  private void gatewayDiesAt(CrashPoint point) throws IOException {
    ProcessHandle gateway = running("GatewayMain");
    long delay = point == CrashPoint.DURING_PROVIDER_CALL ? 1_000L + random.nextInt(50_000) : 0;
    agent.order(point.name(), 1 + random.nextInt(MOST_PASSES), delay);
    try {
      awaitGone(gateway);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the gateway never passed " + point, e);
    }
    awaitHealthy(6);
  }

  private void dies(String mainClass, int managementPort) {
    ProcessHandle process = running(mainClass);
    Portcullis.killNine(process.pid());
    awaitHealthy(managementPort);
  }

  private void databaseDies() throws IOException {
    Path lock = portcullis.home().resolve("postgres/data/postmaster.pid");
    Portcullis.killNine(Long.parseLong(Files.readAllLines(lock).getFirst().strip()));
    awaitHealthy(5);
    awaitHealthy(6);
  }

  private void providersMisbehave() throws IOException, InterruptedException {
    providers(
        """
        "latency_ms":[5,60],"timeout_ms":12000,"rates":{"latency":0.5,
         "timeout_before":0.02,"timeout_after":0.06,"error_before":0.05,"error_after":0.08,
         "cut_before":0.05,"cut_after":0.08,"duplicate":0.08,"garbage":0.05}\
        """);
    // The faults are for those who pay meanwhile; how long is the test's choice and no condition.
    PersistentClient.pause((int) FAULTS_LAST.toMillis());
  }

  /** Whatever is sent there is cut off, before it was done or after. */
  private void isDown(String provider) throws IOException, InterruptedException {
    provider(provider, "\"rates\":{\"cut_before\":0.7,\"cut_after\":0.3}");
    PersistentClient.pause((int) FAULTS_LAST.toMillis());
  }

  private ProcessHandle running(String mainClass) {
    return await(mainClass + " runs")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                portcullis.processes().stream()
                    .filter(process -> commandLine(process).contains(mainClass))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static void awaitGone(ProcessHandle process) {
    await("process " + process.pid() + " is gone")
        .atMost(Duration.ofSeconds(45))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive());
  }

  private void awaitHealthy(int offset) {
    await("health on port +" + offset)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () ->
                Http.send(
                        Http.request("http://127.0.0.1:" + (portcullis.port() + offset) + "/health")
                            .GET())
                    .status(),
            status -> status == 200);
  }

  List<String> story() {
    return List.copyOf(story);
  }
}
