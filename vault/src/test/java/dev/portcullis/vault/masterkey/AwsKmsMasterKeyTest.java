package dev.portcullis.vault.masterkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.sun.net.httpserver.HttpExchange;
import dev.portcullis.vault.FakeProvider;
import dev.portcullis.vault.TestCa;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Against a stand-in that speaks KMS' JSON 1.1. */
class AwsKmsMasterKeyTest extends MasterKeyContract {

  private static final String ARN = "arn:aws:kms:eu-central-1:111122223333:key/";
  private static final String SECRET = random(30);
  private static final String SESSION = random(60);
  private static final Map<String, AesGcmJce> KEYS = new ConcurrentHashMap<>();
  private static final AtomicInteger TIMES = new AtomicInteger();

  @TempDir static Path folder;
  private static TestCa ca;
  private static FakeProvider server;
  private static volatile int status;
  private static volatile String error = "";
  private static final CountDownLatch OVER = new CountDownLatch(1);

  @BeforeAll
  static void start() {
    ca = new TestCa(folder.resolve("tls"), "authority");
    server = new FakeProvider(ca);
  }

  @AfterAll
  static void stop() {
    OVER.countDown();
    server.close();
  }

  @BeforeEach
  void behave() {
    TIMES.set(0);
    server.behave(AwsKmsMasterKeyTest::serve);
  }

  private static void serve(HttpExchange exchange) throws IOException, InterruptedException {
    if (TIMES.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      if (status == 0) {
        OVER.await();
      } else {
        answer(exchange, status, Map.of("__type", error, "message", "arn:aws:iam::1:user/ann"));
      }
      return;
    }
    String signed = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean proven =
        signed.matches(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/[0-9]{8}/eu-central-1/kms/aws4_request, "
                    + "SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}")
            && SESSION.equals(exchange.getRequestHeaders().getFirst("X-Amz-Security-Token"));
    if (!proven) {
      answer(exchange, 400, Map.of("__type", "UnrecognizedClientException"));
      return;
    }
    Map<String, @Nullable Object> body = Json.readObject(exchange.getRequestBody().readAllBytes());
    transform(
        exchange, String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target")), body);
  }

  private static void transform(
      HttpExchange exchange, String target, Map<String, @Nullable Object> body) throws IOException {
    String arn = String.valueOf(body.get("KeyId"));
    AesGcmJce key = KEYS.computeIfAbsent(arn, _ -> newKey());
    byte[] context = Json.write(Map.of("context", String.valueOf(body.get("EncryptionContext"))));
    try {
      switch (target) {
        case "TrentService.Encrypt" ->
            answer(
                exchange,
                200,
                Map.of(
                    "KeyId",
                    arn,
                    "CiphertextBlob",
                    base64(key.encrypt(bytes(body, "Plaintext"), context))));
        case "TrentService.Decrypt" ->
            answer(
                exchange,
                200,
                Map.of(
                    "KeyId",
                    arn,
                    "Plaintext",
                    base64(key.decrypt(bytes(body, "CiphertextBlob"), context))));
        default -> answer(exchange, 400, Map.of("__type", "UnknownOperationException"));
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      answer(exchange, 400, Map.of("__type", "InvalidCiphertextException"));
    }
  }

  private static void answer(HttpExchange exchange, int code, Map<String, ?> body)
      throws IOException {
    byte[] json = Json.write(body);
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(code, json.length);
    exchange.getResponseBody().write(json);
  }

  private static byte[] bytes(Map<String, @Nullable Object> body, String member) {
    return Base64.getDecoder().decode(String.valueOf(body.get(member)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static AesGcmJce newKey() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    try {
      return new AesGcmJce(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private MasterKey open(String id, int port, Duration limit) {
    return new RemoteMasterKey(
        new AwsKmsMasterKey(
            new AwsKmsMasterKey.Place(ARN + id, URI.create("https://localhost:" + port)),
            () -> AwsSessionCredentials.create("AKIDEXAMPLE", SECRET, SESSION),
            TlsContexts.trustManagers(ca.file("ca.pem")),
            limit),
        clock);
  }

  @Override
  protected MasterKey openKey() {
    return open("1234abcd-12ab-34cd-56ef-1234567890ab", server.port(), Duration.ofSeconds(20));
  }

  @Override
  protected MasterKey openOtherKey() {
    return open("1234abcd-12ab-34cd-56ef-1234567890ac", server.port(), Duration.ofSeconds(20));
  }

  @Override
  protected boolean cut() {
    status = 400;
    error = "KMSInvalidStateException";
    TIMES.set(Integer.MAX_VALUE);
    return true;
  }

  @Override
  protected void mend() {
    TIMES.set(0);
  }

  @Override
  protected List<String> secrets() {
    return List.of(SECRET, SESSION, "ann");
  }

  @ParameterizedTest
  @CsvSource({
    "400, AccessDeniedException, REFUSED, 1",
    "400, ExpiredTokenException, REFUSED, 1",
    "400, KMSInvalidStateException, REFUSED, 1",
    "400, NotFoundException, REFUSED, 1",
    "500, KMSInternalException, UNREACHABLE, 3",
    "503, Unknown, UNREACHABLE, 3"
  })
  void whatMayPassIsTriedAgainAndWhatMayNotIsSaid(
      int code, String name, KeyTrouble.Kind kind, int calls) {
    status = code;
    error = name;
    TIMES.set(Integer.MAX_VALUE);
    try (MasterKey key = openKey()) {
      server.received.clear();
      KeyUnavailableException refused =
          catchThrowableOfType(
              KeyUnavailableException.class, () -> key.wrap(new byte[32], new byte[] {1}));
      assertThat(refused.trouble().kind()).isEqualTo(kind);
      assertThat(refused).hasMessageContaining(name).hasMessageNotContaining("ann");
      assertThat(server.received).hasSize(calls);
    }
  }

  @Test
  void aThrottledCallIsTriedAgain() throws GeneralSecurityException {
    status = 400;
    error = "ThrottlingException";
    TIMES.set(1);
    try (MasterKey key = openKey()) {
      assertThat(key.wrap(new byte[32], new byte[] {1})).isNotEmpty();
      assertThat(server.received).hasSize(2);
    }
  }

  @Test
  void aServiceThatDoesNotAnswerHasItsTimeAndNoMore() {
    status = 0;
    TIMES.set(Integer.MAX_VALUE);
    try (MasterKey key = open("1", server.port(), Duration.ofMillis(500))) {
      assertThatThrownBy(() -> key.wrap(new byte[32], new byte[] {1}))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessage("AWS KMS in eu-central-1 does not answer (it took too long).");
    }
  }
}
