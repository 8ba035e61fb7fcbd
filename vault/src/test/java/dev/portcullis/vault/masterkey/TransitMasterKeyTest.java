package dev.portcullis.vault.masterkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.sun.net.httpserver.HttpExchange;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.FakeProvider;
import dev.portcullis.vault.TestCa;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.crypto.VaultsInMemory;
import dev.portcullis.vault.crypto.WrongMasterKeyException;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a stand-in that speaks the documented HTTP API of the transit engine. */
class TransitMasterKeyTest extends MasterKeyContract {

  private static final String TOKEN = "hvs." + random(24);
  private static final Map<String, AesGcmJce> KEYS = new ConcurrentHashMap<>();

  @TempDir static Path folder;
  private static TestCa ca;
  private static FakeProvider server;

  /** The status that is answered instead, and how often; 0 for no answer at all. */
  private static volatile int instead;

  private static final AtomicInteger TIMES = new AtomicInteger();
  private static final AtomicInteger RENEWALS = new AtomicInteger();
  private static volatile boolean knowsAssociatedData = true;
  private volatile String shown = TOKEN;

  @BeforeAll
  static void start() {
    ca = new TestCa(folder.resolve("tls"), "authority");
    server = new FakeProvider(ca);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void behave() {
    TIMES.set(0);
    knowsAssociatedData = true;
    server.behave(TransitMasterKeyTest::serve);
  }

  private static void serve(HttpExchange exchange) throws IOException, InterruptedException {
    if (TIMES.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      if (instead != 0) {
        FakeProvider.answer(exchange, instead, Map.of("errors", List.of("instead")));
      }
      return;
    }
    String[] path = exchange.getRequestURI().getPath().split("/");
    if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
      FakeProvider.answer(exchange, 403, Map.of("errors", List.of("permission denied")));
    } else if (path[2].equals("auth")) {
      RENEWALS.incrementAndGet();
      FakeProvider.answer(exchange, 200, Map.of("auth", Map.of("lease_duration", 600)));
    } else {
      transform(exchange, path[3], path[4]);
    }
  }

  private static void transform(HttpExchange exchange, String operation, String name)
      throws IOException {
    Map<String, @Nullable Object> body = Json.readObject(exchange.getRequestBody().readAllBytes());
    byte[] context =
        knowsAssociatedData
            ? Base64.getDecoder().decode(String.valueOf(body.get("associated_data")))
            : new byte[0];
    AesGcmJce key = KEYS.computeIfAbsent(name, _ -> newKey());
    try {
      FakeProvider.answer(
          exchange,
          200,
          Map.of(
              "data",
              operation.equals("encrypt")
                  ? Map.of(
                      "ciphertext",
                      "vault:v1:"
                          + Base64.getEncoder()
                              .encodeToString(
                                  key.encrypt(
                                      Base64.getDecoder()
                                          .decode(String.valueOf(body.get("plaintext"))),
                                      context)))
                  : Map.of(
                      "plaintext",
                      Base64.getEncoder()
                          .encodeToString(
                              key.decrypt(
                                  Base64.getDecoder()
                                      .decode(
                                          String.valueOf(body.get("ciphertext"))
                                              .replaceFirst("^vault:v1:", "")),
                                  context)))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      FakeProvider.answer(
          exchange, 400, Map.of("errors", List.of("cipher: message authentication failed")));
    }
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

  private MasterKey open(String name, int port, Duration limit) {
    return new RemoteMasterKey(
        new TransitMasterKey(
            new TransitMasterKey.Place(
                URI.create("https://localhost:" + port), "transit", name, null),
            () -> Secret.of(shown),
            SecretAccess.insecureGrant(),
            TlsContexts.client(null, ca.file("ca.pem")),
            limit,
            clock),
        clock);
  }

  @Override
  protected MasterKey openKey() {
    return open("master-1", server.port(), Duration.ofSeconds(20));
  }

  @Override
  protected MasterKey openOtherKey() {
    return open("master-2", server.port(), Duration.ofSeconds(20));
  }

  @Override
  protected boolean cut() {
    instead = 503;
    TIMES.set(Integer.MAX_VALUE);
    return true;
  }

  @Override
  protected void mend() {
    TIMES.set(0);
  }

  @Override
  protected List<String> secrets() {
    return List.of(TOKEN);
  }

  @ParameterizedTest
  @CsvSource({
    "403, REFUSED, 1",
    "404, REFUSED, 1",
    "400, REFUSED, 1",
    "429, UNREACHABLE, 3",
    "500, UNREACHABLE, 3",
    "503, UNREACHABLE, 3",
    "0, UNREACHABLE, 3"
  })
  void whatMayPassIsTriedAgainAndWhatMayNotIsSaid(int status, KeyTrouble.Kind kind, int calls) {
    instead = status;
    TIMES.set(Integer.MAX_VALUE);
    try (MasterKey key = openKey()) {
      server.received.clear();
      KeyUnavailableException refused =
          catchThrowableOfType(
              KeyUnavailableException.class, () -> key.wrap(new byte[32], new byte[] {1}));
      assertThat(refused.trouble().kind()).isEqualTo(kind);
      assertThat(server.received).hasSize(calls);
      assertThatThrownBy(() -> key.wrap(new byte[32], new byte[] {1}))
          .isInstanceOf(KeyUnavailableException.class);
      assertThat(server.received).as("left alone for a moment").hasSize(calls);
    }
  }

  @Test
  void oneBadAnswerIsNoTrouble() throws GeneralSecurityException {
    instead = 429;
    TIMES.set(1);
    try (MasterKey key = openKey()) {
      assertThat(key.wrap(new byte[32], new byte[] {1})).isNotEmpty();
    }
  }

  @Test
  void aServerThatIsNotThereIsSaidInOneSentence() {
    try (MasterKey key = open("master-1", 1, Duration.ofSeconds(2))) {
      assertThatThrownBy(() -> key.wrap(new byte[32], new byte[] {1}))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessage(
              "The transit engine at localhost:1 cannot be reached (nobody answers there).");
    }
  }

  @Test
  void aTokenIsReadAnewAndRenewed() throws GeneralSecurityException {
    try (MasterKey key = openKey()) {
      shown = "hvs.expired";
      assertThatThrownBy(() -> key.wrap(new byte[32], new byte[] {1}))
          .hasMessageContaining("403")
          .hasMessageNotContaining("hvs.");
      shown = TOKEN;
      clock.advance(RemoteMasterKey.PAUSE);
      assertThat(key.wrap(new byte[32], new byte[] {1})).isNotEmpty();
      RENEWALS.set(0);
      key.tend();
      key.tend();
      assertThat(RENEWALS).as("half of its life is still there").hasValue(1);
      clock.advance(Duration.ofSeconds(301));
      key.tend();
      assertThat(RENEWALS).hasValue(2);
    }
  }

  @Test
  void anEngineThatBindsToNothingIsRefused() {
    knowsAssociatedData = false;
    try (MasterKey key = openKey()) {
      assertThatThrownBy(
              () -> new VaultsInMemory().vault(MasterKeys.only(key), clock).requireMasterKey())
          .isInstanceOf(WrongMasterKeyException.class)
          .hasMessageContaining("context");
    }
  }
}
