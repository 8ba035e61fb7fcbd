package dev.portcullis.cli.webhooks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.webhook.SigningKey;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StandardKey;
import dev.portcullis.wire.webhook.StandardSignature;
import dev.portcullis.wire.webhook.StandardSignature.Received;
import dev.portcullis.wire.webhook.StripeSignature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WebhookAttackCommandTest {

  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SigningSecret SECRET = SigningSecret.generate(RANDOM);
  private static final SigningKey KEY = SigningKey.generate(RANDOM);
  private static final SecretAccess ACCESS = SecretAccess.insecureGrant();

  @TempDir private Path folder;

  /** What a run printed, and its exit code. */
  private record Ran(int exit, String out, String err) {
    Map<String, ?> json() {
      return Json.readObject(out);
    }

    List<String> wrong() {
      return ((List<?>) Objects.requireNonNull(json().get("attacks")))
          .stream()
              .map(each -> (Map<?, ?>) each)
              .filter(each -> Boolean.FALSE.equals(each.get("ok")))
              .map(each -> String.valueOf(each.get("name")))
              .toList();
    }
  }

  private Ran attack(String scheme, String secret, String url, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), secret + "\n");
    List<String> arguments = new ArrayList<>(List.of(url, "--scheme", scheme));
    arguments.addAll(List.of("--secret-file", file.toString()));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        new CommandLine(new WebhookAttackCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  @Test
  void whereNobodyListensNothingIsJudged() throws IOException {
    Receiver gone = new Receiver((_, _) -> 200);
    gone.close();
    Ran ran = attack("stripe", SECRET.text(ACCESS), gone.url());
    assertThat(ran.exit()).isNotZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains(gone.url() + ": nobody listens. Nothing was judged.")
        .doesNotContain("ConnectException");
  }

  /** To break an attack's connection off may be right; to take none is no merit. */
  @Test
  void whereNoTlsComesAboutNothingIsJudged() throws IOException {
    try (ServerSocket plain = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(
          () -> {
            try (Socket caller = plain.accept()) {
              caller.getOutputStream().write("HTTP/1.1 400 \r\n\r\n".getBytes(US_ASCII));
              caller.shutdownOutput();
              caller.getInputStream().readAllBytes();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      String url = "https://127.0.0.1:" + plain.getLocalPort() + "/hook";
      Ran ran = attack("stripe", SECRET.text(ACCESS), url);
      assertThat(ran.exit()).isNotZero();
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .contains(url + ": its certificate is not trusted, or no version of TLS fits.")
          .contains("Nothing was judged.");
    }
  }

  /**
   * As behind a wall that lets requests for a connection fall: nobody accepts, and no more wait.
   */
  @Test
  void whereNoConnectionComesAboutInTimeNothingIsJudged() throws IOException {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        AttackClient client =
            new AttackClient(TlsContexts.client(null, null), Duration.ofSeconds(1))) {
      List<SocketChannel> waiting = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(full.getLocalSocketAddress());
        waiting.add(channel);
      }
      URI url = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/hook");
      AttackRun run =
          new AttackRun(
              client,
              new AttackRun.Target(url, SECRET.text(ACCESS), Map.of(), List.of()),
              InstantSource.system());
      Attacks.Attack attack =
          Objects.requireNonNull(Attacks.load().schemes().get("stripe")).attacks().stream()
              .filter(Attacks.Attack::mayBreakOff)
              .findFirst()
              .orElseThrow();
      assertThatThrownBy(() -> run.run(attack))
          .isInstanceOf(Refusal.class)
          .hasMessage(url + ": no connection in 1 s. Nothing was judged.");
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void whoDiesOfAnAttackIsNotWellJudged() throws IOException {
    AtomicReference<Receiver> mortal = new AtomicReference<>();
    AtomicInteger taken = new AtomicInteger();
    mortal.set(
        new Receiver(
            (_, _) -> {
              if (taken.incrementAndGet() == 3) {
                Thread.startVirtualThread(() -> mortal.get().close());
              }
              return 400;
            }));
    Ran ran = attack("stripe", SECRET.text(ACCESS), mortal.get().url());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).contains("no answer (nobody listens any more)");
  }

  @Test
  void whoRefusesNothingIsNotPraisedForIt() throws IOException {
    try (Receiver receiver = new Receiver((_, _) -> 200)) {
      Ran ran = attack("stripe", SECRET.text(ACCESS), receiver.url());
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.out()).contains("It refused nothing.").doesNotContain("look the same");
    }
  }

  private static int stripe(Headers headers, byte[] body, Duration tolerance) {
    return StripeSignature.verify(
                Receiver.values(headers, "Stripe-Signature"),
                body,
                List.of(SECRET),
                now(),
                tolerance)
            .isGenuine()
        ? 200
        : 400;
  }

  private static int standard(Headers headers, byte[] body, StandardKey key) {
    Received received =
        new Received(
            Receiver.values(headers, StandardSignature.ID),
            Receiver.values(headers, StandardSignature.TIMESTAMP),
            Receiver.values(headers, StandardSignature.SIGNATURE));
    return StandardSignature.verify(received, body, List.of(key), now(), TOLERANCE).isGenuine()
        ? 204
        : 401;
  }

  private static Instant now() {
    return InstantSource.system().instant();
  }

  private void judgesAllRightly(
      String scheme, String secret, ToIntBiFunction<Headers, byte[]> receiver) throws IOException {
    try (Receiver sound = new Receiver(receiver)) {
      Ran ran = attack(scheme, secret, sound.url(), "--strict", "--json");
      assertThat(ran.wrong()).as(ran.err()).isEmpty();
      assertThat(ran.exit()).isZero();
      assertThat(ran.json().get("wrong")).isEqualTo(0L);
      assertThat(ran.json().get("refusals_look_alike")).isEqualTo(true);
      assertThat((List<?>) ran.json().get("attacks")).hasSizeGreaterThan(50);
    }
  }

  @Test
  void ourOwnVerificationJudgesEachRightly() throws IOException {
    judgesAllRightly(
        "stripe", SECRET.text(ACCESS), (headers, body) -> stripe(headers, body, TOLERANCE));
    judgesAllRightly(
        "standard", SECRET.text(ACCESS), (headers, body) -> standard(headers, body, SECRET));
    judgesAllRightly(
        "standard-asymmetric",
        KEY.text(ACCESS),
        (headers, body) -> standard(headers, body, KEY.publicHalf()));
  }

  @Test
  void whoRefusesOrAcceptsAllFails() throws IOException {
    try (Receiver closed = new Receiver((_, _) -> 400)) {
      Ran ran = attack("stripe", SECRET.text(ACCESS), closed.url(), "--json");
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.wrong()).contains("signed", "sent-twice").doesNotContain("other-secret");
    }
    try (Receiver open = new Receiver((_, _) -> 200)) {
      Ran ran = attack("stripe", SECRET.text(ACCESS), open.url(), "--json");
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.wrong()).contains("other-secret", "body-changed").doesNotContain("signed");
    }
    try (Receiver broken = new Receiver((_, _) -> 500)) {
      assertThat(attack("stripe", SECRET.text(ACCESS), broken.url()).exit()).isEqualTo(1);
    }
  }

  /** Each fault is told by the attack that is made for it. */
  @Test
  void aFaultIsToldByName() throws IOException {
    try (Receiver forgetful =
        new Receiver((headers, body) -> stripe(headers, body, Duration.ofDays(10_000)))) {
      Ran ran = attack("stripe", SECRET.text(ACCESS), forgetful.url());
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.out().lines().filter(line -> line.contains("WRONG")))
          .hasSize(3)
          .anyMatch(line -> line.startsWith("replayed-after-ten-minutes"))
          .anyMatch(line -> line.startsWith("replayed-after-a-year"))
          .anyMatch(line -> line.startsWith("signed-in-the-future"));
      assertThat(ran.out()).contains("All refusals look the same.");
    }
    int[] turn = {0};
    try (Receiver talkative =
        new Receiver(
            (headers, body) ->
                stripe(headers, body, TOLERANCE) == 200 ? 200 : 400 + turn[0]++ % 2)) {
      Ran ran = attack("stripe", SECRET.text(ACCESS), talkative.url());
      assertThat(ran.exit()).isZero();
      assertThat(ran.out()).contains("can tell 2 kinds of refusal apart");
    }
  }

  @Test
  void oneAttackAloneAndOtherHeaders() throws IOException {
    try (Receiver guarded =
        new Receiver(
            (headers, body) ->
                "let me in".equals(headers.getFirst("X-Door"))
                    ? stripe(headers, body, TOLERANCE)
                    : 403)) {
      String[] one = {"--only", "signed"};
      String secret = SECRET.text(ACCESS);
      assertThat(attack("stripe", secret, guarded.url(), one).exit()).isEqualTo(1);
      Ran ran =
          attack(
              "stripe", secret, guarded.url(), "--only", "signed", "--header", "X-Door: let me in");
      assertThat(ran.out()).contains("1 of 1 judged");
      assertThat(ran.exit()).isZero();
    }
  }

  /** Every recipe of every scheme can be made, and signs by what its variables say. */
  @ParameterizedTest
  @ValueSource(strings = {"adyen", "checkout", "authorizenet", "braintree", "paypal"})
  void everyRecipeCanBeMade(String scheme) throws Exception {
    String secret = scheme.equals("paypal") ? rsa() : "0123456789abcdef".repeat(4);
    Objects.requireNonNull(Attacks.load().schemes().get(scheme))
        .attacks()
        .forEach(
            attack -> {
              AttackRequest request = AttackRequest.of(attack, secret, Map.of(), now());
              assertThat(new String(request.body(), java.nio.charset.StandardCharsets.UTF_8))
                  .as(attack.name())
                  .doesNotContain("${");
              if (attack.accepted() && !scheme.equals("braintree")) {
                assertThat(Json.readObject(request.body())).as(attack.name()).isNotEmpty();
              }
            });
  }

  /** What is set is what the receiver takes; an attack on that very thing goes on being one. */
  @Test
  void whatIsSetGivesWayToTheAttack() throws Exception {
    Map<String, String> set = Map.of("cert_url", "https://localhost/cert");
    String secret = rsa();
    Map<String, String> sent = new java.util.LinkedHashMap<>();
    Objects.requireNonNull(Attacks.load().schemes().get("paypal"))
        .attacks()
        .forEach(
            attack ->
                AttackRequest.of(attack, secret, set, now()).headers().stream()
                    .filter(header -> header.getKey().equals("PAYPAL-CERT-URL"))
                    .forEach(header -> sent.put(attack.name(), header.getValue())));
    assertThat(sent)
        .containsEntry("signed", "https://localhost/cert")
        .containsEntry("certificate-by-file", "file:///etc/ssl/certs/ca.pem");
  }

  private static String rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2_048);
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder()
            .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----";
  }

  @Test
  void everySchemeHasEnoughToAcceptAndToRefuse() {
    assertThat(Attacks.load().schemes())
        .hasSize(8)
        .allSatisfy(
            (name, scheme) -> {
              Map<Boolean, Long> counts =
                  scheme.attacks().stream()
                      .collect(
                          Collectors.partitioningBy(
                              Attacks.Attack::accepted, Collectors.counting()));
              assertThat(counts.get(true)).as(name).isGreaterThanOrEqualTo(3);
              assertThat(counts.get(false)).as(name).isGreaterThanOrEqualTo(12);
              assertThat(scheme.attacks().stream().map(Attacks.Attack::name))
                  .doesNotHaveDuplicates();
            });
  }

  @Test
  void mistakesAreSaidInASentence() throws IOException {
    for (String[] arguments :
        new String[][] {
          {"--scheme", "morse", "--list"}, {"--scheme", "stripe", "ftp://x"}, {"--scheme", "stripe"}
        }) {
      StringWriter err = new StringWriter();
      int exit =
          new CommandLine(new WebhookAttackCommand())
              .setErr(new PrintWriter(err))
              .setExecutionExceptionHandler(
                  (e, command, _) -> {
                    command.getErr().println(e.getClass().getSimpleName() + ": " + e.getMessage());
                    return 1;
                  })
              .execute(arguments);
      assertThat(exit).as(Stream.of(arguments).toList().toString()).isEqualTo(1);
      assertThat(err.toString()).startsWith("Refusal: ");
    }
  }
}
