package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.card.CardIntake;
import dev.portcullis.vault.fields.FieldFiles;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.CardsOrigin;
import dev.portcullis.vault.http.FieldRoutes;
import dev.portcullis.vault.http.InternalRoutes;
import dev.portcullis.vault.http.Listener;
import dev.portcullis.vault.http.Metrics;
import dev.portcullis.vault.http.Refusals;
import dev.portcullis.vault.http.Servers;
import dev.portcullis.vault.keys.Authenticator;
import dev.portcullis.vault.limits.AddressLimits;
import dev.portcullis.vault.limits.IntakePlaces;
import dev.portcullis.vault.limits.LimitFigures;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.log.JsonLog;
import dev.portcullis.wire.net.ClientAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What fails behind the vault's listeners, with secrets in all that an exception has, over real
 * HTTP: none of it is in an answer or in the log as it is written.
 */
class SecretsInFailuresTest {

  private static final List<String> SECRETS =
      List.of(
          "4242424242424242",
          "4242 4242 4242 4242",
          "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
          "secret_Ab12Cd34Ef56Gh78Ij90",
          "provider-key-0123456789abcdef",
          "hunter2hunter2",
          "]=737");

  private static final String TEXT =
      "card 4242424242424242, 4242 4242 4242 4242, card[cvc]=737,"
          + " key sk_test_4eC39HqLyjWDarjtT1zdp7dc, pi_1_secret_Ab12Cd34Ef56Gh78Ij90,"
          + " Authorization: Bearer provider-key-0123456789abcdef, password=hunter2hunter2";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ApiKey KEY = ApiKey.generate(KeyKind.SECRET, false, RANDOM);
  private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();
  private static final TestClock CLOCK = new TestClock();
  private static final LimitFigures LIMITS =
      new LimitFigures(
          100_000,
          100_000,
          2,
          new LimitFigures.Stores(1, 1, 1, 1, 1, 1),
          new LimitFigures.AtOnce(10, 10));
  private static final Servers SERVERS =
      new Servers(new Metrics(), new Ids(CLOCK, RANDOM), CLOCK, Duration.ofSeconds(1));
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Handler[] before = new Handler[0];
  private static Level levelBefore = Level.INFO;
  private static Lines lines = new Lines(new java.util.logging.SimpleFormatter());
  private static int cards;
  private static int internal;

  /** The log as it is written. */
  private static final class Lines extends Handler {
    final List<String> all = new CopyOnWriteArrayList<>();

    Lines(Formatter formatter) {
      setFormatter(formatter);
    }

    @Override
    public void publish(LogRecord entry) {
      all.add(getFormatter().format(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeAll
  static void start() {
    Logger root = Logger.getLogger("");
    before = root.getHandlers();
    levelBefore = root.getLevel();
    JsonLog.install("vault");
    lines = new Lines(root.getHandlers()[0].getFormatter());
    root.addHandler(lines);
    cards = SERVERS.start(new Listener("cards", "127.0.0.1", 0, null, cardsOrigin()));
    internal =
        SERVERS.start(
            new Listener(
                "internal",
                "127.0.0.1",
                0,
                null,
                new InternalRoutes(
                    Map.of("/internal/v1/forward", _ -> fail()), Set.of(), SERVERS.refused())));
  }

  @AfterAll
  static void stop() {
    SERVERS.stop();
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    for (Handler handler : before) {
      root.addHandler(handler);
    }
    root.setLevel(levelBefore);
  }

  /** Its database is the first thing that it asks. */
  @SuppressWarnings("NullAway") // nothing behind the database is reached
  private static CardsOrigin cardsOrigin() {
    DataSource database =
        (DataSource)
            Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (_, _, _) -> fail());
    return new CardsOrigin(
        new Authenticator(
            database,
            new ApiKeyHasher(Secret.ofBytes(new byte[32]), SecretAccess.insecureGrant()),
            CLOCK),
        new CardIntake(null, null, null, LIMITS.stores(), null, CLOCK),
        ClientAddress.of("", "X-Forwarded-For"),
        new AddressLimits(LIMITS, CLOCK),
        new IntakePlaces(LIMITS.intake()),
        new Refusals(new Metrics(), CLOCK),
        new FieldRoutes(new FieldFiles(null), new Metrics(), CLOCK),
        () -> {});
  }

  private static Answer fail() throws SQLException {
    Throwable failure = FAILURE.get();
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof SQLException sql) {
      throw sql;
    }
    throw (RuntimeException) failure;
  }

  private static List<Throwable> failures() {
    SQLException sql = new SQLException(TEXT, "22P02");
    sql.setNextException(new SQLException(TEXT));
    sql.addSuppressed(new IOException(TEXT));
    List<Throwable> all = new ArrayList<>();
    all.add(sql);
    all.add(new SQLException(TEXT, new IOException(TEXT)));
    all.add(new IllegalStateException(TEXT, sql));
    all.add(new IllegalArgumentException(TEXT));
    all.add(new NullPointerException(TEXT));
    all.add(new UncheckedIOException(TEXT, new IOException(TEXT)));
    all.add(new CompletionException(TEXT, new RuntimeException(TEXT, sql)));
    all.add(new StackOverflowError(TEXT));
    all.add(new OutOfMemoryError(TEXT));
    all.add(new AssertionError(TEXT));
    all.forEach(failure -> failure.addSuppressed(new IOException(TEXT, sql)));
    return all;
  }

  private static void requireNoSecret(String where, String text) {
    assertThat(SECRETS.stream().filter(text::contains)).as("%s: %s", where, text).isEmpty();
  }

  private static HttpResponse<String> post(int port, String path, String type, String body)
      throws IOException, InterruptedException {
    lines.all.clear();
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + KEY.text())
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    requireNoSecret(path, answer.body() + answer.headers());
    assertThat(answer.body()).doesNotContain("Exception", "dev.portcullis", "SELECT");
    requireNoSecret("the log", String.join("", lines.all));
    return answer;
  }

  @Test
  void whateverFailsBehindTheCardsOrigin() throws IOException, InterruptedException {
    for (Throwable failure : failures()) {
      FAILURE.set(failure);
      HttpResponse<String> answer =
          post(cards, "/v1/tokens", "application/x-www-form-urlencoded", "card[cvc]=737");
      assertThat(answer.statusCode()).as("%s", failure.getClass()).isBetween(500, 503);
      assertThat(answer.headers().firstValue("Request-Id")).isPresent();
      assertThat(lines.all.toString())
          .as("whoever looks for the cause finds it")
          .contains(failure.getClass().getSimpleName());
    }
  }

  @Test
  void whateverFailsForTheGateway() throws IOException, InterruptedException {
    for (Throwable failure : failures()) {
      FAILURE.set(failure);
      HttpResponse<String> answer =
          post(internal, "/internal/v1/forward", "application/json", "{}");
      assertThat(answer.statusCode()).as("%s", failure.getClass()).isBetween(500, 503);
      assertThat(lines.all.toString()).contains(failure.getClass().getSimpleName());
    }
  }

  @Test
  void whatTheGatewaySendsAndCannotBeRead() throws IOException, InterruptedException {
    for (String body :
        List.of(
            "{\"number\": 4242424242424242oops}",
            "{\"number\": sk_test_4eC39HqLyjWDarjtT1zdp7dc}",
            "{\"4242424242424242\": oops}",
            "{\"text\": \"" + TEXT)) {
      assertThat(post(internal, "/internal/v1/forward", "application/json", body).statusCode())
          .as(body)
          .isEqualTo(400);
    }
  }

  /** A worker that dies of it is logged like all else, and not by the virtual machine. */
  @Test
  void aThreadThatEnds() throws InterruptedException {
    lines.all.clear();
    Thread worker =
        new Thread(
            () -> {
              throw new IllegalStateException(TEXT, new SQLException(TEXT));
            },
            "a-worker");
    worker.start();
    worker.join();
    String said = String.join("", lines.all);
    assertThat(said).contains("a-worker", "IllegalStateException");
    requireNoSecret("the log", said);
  }
}
