package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real deliveries verify with the published samples: stripe-java and npm {@code stripe}, the
 * official libraries of Standard Webhooks for Java and Node, and Ed25519 by JDK and Node alone. A
 * secret is rolled meanwhile, and no delivery fails.
 */
@Order(29)
@ExtendWith(SharedPortcullis.class)
class WebhookVerifierTest {

  private static final Path SAMPLES = Portcullis.checkout().resolve("samples/webhooks");
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir private Path folder;

  private final Portcullis portcullis;

  WebhookVerifierTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  private JsonObject post(String path, Map<String, String> form)
      throws IOException, InterruptedException {
    Http.Answer answer = Http.post(portcullis.api() + path, portcullis.secretKey(), form);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private JsonObject endpoint(int port) throws IOException, InterruptedException {
    return post(
        "/v1/webhook_endpoints",
        Map.of(
            "url", "http://127.0.0.1:" + port + "/hook", "enabled_events[0]", "customer.created"));
  }

  private String customer(String name) throws IOException, InterruptedException {
    return post("/v1/customers", Map.of("name", name)).get("id").getAsString();
  }

  private String eventOf(String customer) throws IOException, InterruptedException {
    Http.Answer events =
        Http.get(
            portcullis.api() + "/v1/events?type=customer.created&limit=100",
            portcullis.secretKey());
    for (var each : events.json().getAsJsonArray("data")) {
      JsonObject event = each.getAsJsonObject();
      if (event
          .getAsJsonObject("data")
          .getAsJsonObject("object")
          .get("id")
          .getAsString()
          .equals(customer)) {
        return event.get("id").getAsString();
      }
    }
    throw new AssertionError("no event of " + customer);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** One sample, as a server that deliveries come to. */
  private record Sample(Process process, Path out, Path err) {

    static Sample start(Path folder, String name, int port, JsonObject keys, List<String> command)
        throws IOException {
      Path out = folder.resolve(name + ".out");
      Path err = folder.resolve(name + ".err");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("WEBHOOK_SECRET", keys.get("secret").getAsString());
      builder.environment().put("WEBHOOK_PUBLIC_KEY", keys.get("public_key").getAsString());
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      await(name + " listens").atMost(LIMIT).until(() -> !process.isAlive() || isListening(port));
      assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
      return new Sample(process, out, err);
    }

    private static boolean isListening(int port) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException _) {
        return false;
      }
    }

    /** The checks of each delivery by its id. */
    Map<String, JsonObject> seen() throws IOException {
      Map<String, JsonObject> seen = new LinkedHashMap<>();
      Files.readString(out)
          .lines()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .forEach(line -> seen.put(line.get("id").getAsString(), line));
      return seen;
    }

    void allVerify(Set<String> events) throws IOException {
      await("the deliveries of " + events)
          .atMost(LIMIT)
          .until(() -> seen().keySet().containsAll(events));
      seen()
          .forEach(
              (id, line) -> {
                for (String check : List.of("stripe", "standard", "asymmetric")) {
                  assertThat(line.get(check).getAsBoolean()).as(check + " of " + id).isTrue();
                }
              });
    }
  }

  @Test
  void deliveriesVerifyWithEveryLibraryThroughARoll() throws Exception {
    requireNode();
    Path node = nodeFolder();
    int javaPort = freePort();
    JsonObject javaKeys = endpoint(javaPort);
    int nodePort = freePort();
    JsonObject nodeKeys = endpoint(nodePort);
    Sample java = null;
    Sample javascript = null;
    try {
      java =
          Sample.start(
              folder,
              "java",
              javaPort,
              javaKeys,
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Files.copy(SAMPLES.resolve("Receive.java.sample"), folder.resolve("Receive.java"))
                      .toString(),
                  Integer.toString(javaPort)));
      javascript =
          Sample.start(
              folder,
              "node",
              nodePort,
              nodeKeys,
              List.of("node", node.resolve("receive.mjs").toString(), Integer.toString(nodePort)));
      Set<String> events = new TreeSet<>();
      events.add(eventOf(customer("Jürgen Groß ✓ 漢字")));
      java.allVerify(events);
      javascript.allVerify(events);

      // The receivers keep the secret of before; both sign until it ends.
      for (JsonObject keys : List.of(javaKeys, nodeKeys)) {
        JsonObject rolled =
            post(
                "/v1/webhook_endpoints/" + keys.get("id").getAsString() + "/roll_secret",
                Map.of("expire_in", "3600"));
        assertThat(rolled.get("secret")).isNotEqualTo(keys.get("secret"));
      }
      for (int i = 0; i < 5; i++) {
        events.add(eventOf(customer("during the roll")));
      }
      java.allVerify(events);
      javascript.allVerify(events);
    } finally {
      for (JsonObject keys : List.of(javaKeys, nodeKeys)) {
        Http.send(
            Http.authorized(
                    portcullis.api() + "/v1/webhook_endpoints/" + keys.get("id").getAsString(),
                    portcullis.secretKey())
                .DELETE());
      }
      end(java);
      end(javascript);
    }
  }

  private static void end(@Nullable Sample sample) {
    if (sample != null) {
      sample.process().destroyForcibly();
    }
  }

  /** Node looks for packages beside the script. */
  private Path nodeFolder() throws IOException {
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
    Files.copy(SAMPLES.resolve("receive.mjs"), folder.resolve("receive.mjs"));
    return folder;
  }

  /** What `listen` forwards verifies as well, and what `trigger` makes happen is what it says. */
  @Test
  void listenForwardsWhatTriggerMakesHappen() throws Exception {
    List<String> types = portcullis.run(LIMIT, "trigger", "--list").succeeded().lines().toList();
    assertThat(types).hasSizeGreaterThanOrEqualTo(12);
    Path out = folder.resolve("listen.out");
    Path err = folder.resolve("listen.err");
    String[] arguments = {
      Portcullis.checkout().resolve("portcullis").toString(),
      "listen",
      "--forward-to",
      "http://127.0.0.1:" + freePort() + "/hook",
      "--json",
      "--home",
      portcullis.home().toString()
    };
    ProcessBuilder builder =
        new ProcessBuilder(arguments).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("PORTCULLIS_BUILD", "never");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process listen = builder.start();
    try {
      await("listen is ready").atMost(LIMIT).until(() -> Files.readString(err).contains("Ready"));
      assertThat(Files.readString(err)).contains("Signing secret: whsec_");
      List<String> fire = new java.util.ArrayList<>(List.of("trigger", "--json"));
      fire.addAll(types);
      Map<String, String> fired = new LinkedHashMap<>();
      portcullis
          .run(Duration.ofMinutes(4), fire.toArray(String[]::new))
          .succeeded()
          .lines()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .forEach(
              line -> fired.put(line.get("event").getAsString(), line.get("type").getAsString()));
      assertThat(fired).hasSameSizeAs(types);
      await("all events are forwarded")
          .atMost(LIMIT)
          .until(() -> forwarded(out).keySet().containsAll(fired.keySet()));
      fired.forEach(
          (event, type) -> {
            try {
              assertThat(forwarded(out)).containsEntry(event, type);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    } finally {
      listen.descendants().forEach(ProcessHandle::destroyForcibly);
      listen.destroyForcibly();
    }
  }

  /** Each event once, or it fails. */
  private static Map<String, String> forwarded(Path out) throws IOException {
    Map<String, String> forwarded = new LinkedHashMap<>();
    String text = Files.readString(out);
    text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .forEach(
            line -> {
              String event = line.get("event").getAsString();
              assertThat(forwarded.put(event, line.get("type").getAsString())).as(event).isNull();
              assertThat(line.get("status").getAsString()).startsWith("no answer");
            });
    return forwarded;
  }

  private static void requireNode() {
    if (Commands.exists("node") && Commands.exists("npm")) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      fail("there is no Node here, and a run with CI=true skips nothing");
    }
    abort("skipped: there is no Node here; install Node 20 or newer");
  }
}
