package dev.portcullis.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Every exception that the gateway knows, with secrets in all of it, out of a route over real HTTP:
 * none of them is in the answer or in the log. The classes are found, not listed: a new one is in
 * it, or this test says that it cannot make it.
 */
class SecretsInFailuresTest {

  private static final List<String> SECRETS =
      List.of(
          "4242424242424242",
          "4242 4242 4242 4242",
          "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
          "rk_live_4eC39HqLyjWDarjtT1zdp7dc",
          "secret_Ab12Cd34Ef56Gh78Ij90",
          "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH",
          "provider-key-0123456789abcdef",
          "hunter2hunter2",
          "]=737");

  private static final String TEXT =
      "card 4242424242424242, 4242 4242 4242 4242, card[cvc]=737,"
          + " keys sk_test_4eC39HqLyjWDarjtT1zdp7dc rk_live_4eC39HqLyjWDarjtT1zdp7dc,"
          + " pi_1_secret_Ab12Cd34Ef56Gh78Ij90, whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH,"
          + " Authorization: Bearer provider-key-0123456789abcdef, password=hunter2hunter2";

  private static final AtomicReference<Callable<Void>> FAILURE = new AtomicReference<>();
  private static final Lines LINES = new Lines();
  private static Gateway gateway;

  /** The log as it is written. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final List<String> all = new CopyOnWriteArrayList<>();
    private final RedactedJsonFormat format = new RedactedJsonFormat();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(format.format(event));
    }
  }

  @BeforeAll
  static void start() {
    Route failing =
        Route.get(
            "/v1/failures",
            Access.read(ApiResource.CUSTOMER),
            Shape.NONE,
            Result.one("customer"),
            _ -> {
              try {
                requireNonNull(FAILURE.get()).call();
              } catch (Exception e) {
                throw SecretsInFailuresTest.<RuntimeException>as(e);
              }
              throw new IllegalStateException("nothing failed");
            });
    gateway =
        new Gateway(
            beans -> beans.registerBean("failures", Routes.class, () -> () -> List.of(failing)));
    LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
    LINES.setContext(logging);
    LINES.start();
    logging.getLogger("ROOT").addAppender(LINES);
  }

  @AfterAll
  static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT").detachAppender(LINES);
    gateway.context.close();
  }

  @BeforeEach
  void forget() {
    LINES.all.clear();
  }

  /** Handlers declare none; what the virtual machine throws through them it throws all the same. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E as(Exception e) throws E {
    throw (E) e;
  }

  private static void requireNoSecret(String where, String text) {
    assertThat(SECRETS.stream().filter(text::contains)).as("%s: %s", where, text).isEmpty();
  }

  private static Gateway.Answer failed(String name) {
    LINES.all.clear();
    Gateway.Answer answer = gateway.send(gateway.request("/v1/failures"));
    assertThat(answer.status()).as(name).isBetween(400, 599);
    requireNoSecret(name, answer.text() + answer.http().headers());
    assertThat(answer.text()).as(name).doesNotContain("Exception", "dev.portcullis", "SELECT");
    assertThat(answer.header("Request-Id")).as(name).startsWith("req_");
    requireNoSecret(name + " in the log", String.join("", LINES.all));
    return answer;
  }

  @Test
  void everyExceptionThereIs() throws Exception {
    List<Throwable> all = new ArrayList<>(libraries());
    for (Class<? extends Throwable> type : own()) {
      all.add(make(type));
    }
    assertThat(all).hasSizeGreaterThan(25);
    for (Throwable thrown : all) {
      loaded(thrown);
      FAILURE.set(() -> raise(thrown));
      Gateway.Answer answer = failed(thrown.getClass().getName());
      boolean expected = answer.status() < 500 || thrown instanceof ApiException;
      if (!expected) {
        assertThat(LINES.all.toString())
            .as("whoever looks for the cause of a %s finds it", thrown.getClass())
            .contains(thrown.getClass().getSimpleName());
      }
    }
  }

  private static Void raise(Throwable thrown) throws Exception {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (Exception) thrown;
  }

  /** With secrets behind it and beside it, too. */
  private static void loaded(Throwable thrown) {
    thrown.addSuppressed(new IOException(TEXT, new SQLException(TEXT)));
    if (thrown.getCause() == null) {
      try {
        thrown.initCause(new UncheckedIOException(TEXT, new IOException(TEXT)));
      } catch (IllegalStateException _) {
        assertThat(thrown.getCause()).as("it takes no cause").isNull();
      }
    }
  }

  private static List<Throwable> libraries() {
    SQLException sql = new SQLException(TEXT, "22P02");
    sql.setNextException(new SQLException(TEXT));
    return List.of(
        new IllegalStateException(TEXT),
        new IllegalArgumentException(TEXT),
        new NullPointerException(TEXT),
        new NumberFormatException(TEXT),
        new ClassCastException(TEXT),
        new UnsupportedOperationException(TEXT),
        new ArithmeticException(TEXT),
        new UncheckedIOException(TEXT, new IOException(TEXT)),
        new IOException(TEXT),
        new SocketTimeoutException(TEXT),
        new ExecutionException(TEXT, new IOException(TEXT)),
        new CompletionException(TEXT, sql),
        new InterruptedException(TEXT),
        sql,
        new BadSqlGrammarException(TEXT, "SELECT '" + TEXT + "'", sql),
        new DataIntegrityViolationException(TEXT, sql),
        new QueryTimeoutException(TEXT, sql),
        new CannotGetJdbcConnectionException(TEXT, sql),
        new BeanCreationException(TEXT, sql),
        new StackOverflowError(TEXT),
        new OutOfMemoryError(TEXT),
        new AssertionError(TEXT),
        new NoClassDefFoundError(TEXT));
  }

  /** Every class of ours that can be thrown, in the folders and jars that we run from. */
  private static List<Class<? extends Throwable>> own() throws IOException {
    List<Class<? extends Throwable>> found = new ArrayList<>();
    for (Class<?> of : List.of(Money.class, ApiException.class, GatewayMain.class)) {
      Path place = Path.of(URI.create(of.getProtectionDomain().getCodeSource().getLocation() + ""));
      if (Files.isDirectory(place)) {
        find(place, found);
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
          find(jar.getPath("/"), found);
        }
      }
    }
    assertThat(found).contains(ApiException.class);
    return found;
  }

  private static void find(Path root, List<Class<? extends Throwable>> found) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
          .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
          .map(SecretsInFailuresTest::type)
          .filter(Throwable.class::isAssignableFrom)
          .filter(type -> !Modifier.isAbstract(type.getModifiers()))
          .map(type -> type.<Throwable>asSubclass(Throwable.class))
          .forEach(found::add);
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name, false, SecretsInFailuresTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Throwable make(Class<? extends Throwable> type) throws Exception {
    Constructor<?> longest =
        Stream.of(type.getDeclaredConstructors())
            .max(Comparator.comparingInt(Constructor::getParameterCount))
            .orElseThrow();
    return (Throwable) filled(longest);
  }

  private static Object filled(Constructor<?> constructor) throws ReflectiveOperationException {
    constructor.setAccessible(true);
    List<@Nullable Object> values = new ArrayList<>();
    for (Class<?> type : constructor.getParameterTypes()) {
      values.add(value(type));
    }
    return constructor.newInstance(values.toArray());
  }

  private static @Nullable Object value(Class<?> type) throws ReflectiveOperationException {
    if (type == String.class) {
      return TEXT;
    } else if (type == ApiError.class) {
      return ApiErrors.invalid("name", "parameter_invalid", "The name is wrong.");
    } else if (type == Duration.class) {
      return Duration.ofSeconds(1);
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type == int.class) {
      return 1;
    } else if (type == long.class) {
      return 1L;
    } else if (type == boolean.class) {
      return false;
    }
    if (type.isRecord()) {
      return filled(type.getDeclaredConstructors()[0]);
    }
    return type.isAssignableFrom(IOException.class) ? new IOException(TEXT) : null;
  }

  /** What PostgreSQL says of a value repeats it. */
  @Test
  void theDatabasesOwnWords() {
    JdbcClient jdbc = gateway.context.getBean(Database.class).of("acct_first");
    for (String sql : List.of("SELECT ?::text::int", "SELECT nothing FROM nowhere WHERE x = ?")) {
      FAILURE.set(
          () -> {
            jdbc.sql(sql).param(TEXT).query(Integer.class).single();
            return null;
          });
      assertThat(failed(sql).status()).isEqualTo(500);
      assertThat(LINES.all.toString()).contains("PSQLException");
    }
  }

  /** An answer of the vault or of a provider that cannot be read. */
  @Test
  void whatCannotBeParsed() {
    FAILURE.set(
        () -> {
          Json.readObject("{\"card\": \"" + TEXT + "\" oops");
          return null;
        });
    assertThat(failed("JSON").status()).isEqualTo(500);
  }

  /** The same texts, sent in every place that a request has. */
  @Test
  void requestsThatAreRefused() {
    List<HttpRequest.Builder> requests = new ArrayList<>();
    for (String body :
        List.of(
            "{\"name\": \"" + TEXT + "\" oops",
            "{\"" + TEXT + "\": 1}",
            "{\"name\": sk_test_4eC39HqLyjWDarjtT1zdp7dc}",
            "{\"name\": 4242424242424242oops}",
            "{\"metadata\": {\"k\": {\"" + TEXT + "\": 1}}}")) {
      requests.add(post(body, "application/json"));
    }
    for (String body :
        List.of(
            "4242424242424242=1",
            "name=4242424242424242&%zz",
            "metadata[4242424242424242][x][y]=1",
            "sk_test_4eC39HqLyjWDarjtT1zdp7dc=1",
            "balance=4242424242424242",
            "email=sk_test_4eC39HqLyjWDarjtT1zdp7dc")) {
      requests.add(post(body, "application/x-www-form-urlencoded"));
    }
    requests.add(post("x", "text/4242424242424242"));
    requests.add(gateway.request("/v1/customers/4242424242424242"));
    requests.add(gateway.request("/v1/4242424242424242"));
    requests.add(gateway.request("/v1/customers?4242424242424242=1"));
    requests.add(gateway.request("/v1/customers?limit=4242424242424242"));
    requests.add(gateway.request("/v1/customers").header("Stripe-Version", "4242424242424242"));
    requests.add(
        gateway.request("/v1/customers").header("Stripe-Account", "acct_4242424242424242"));
    requests.add(
        gateway
            .request("/v1/customers")
            .setHeader("Authorization", "Bearer sk_test_4eC39HqLyjWDarjtT1zdp7dc"));
    for (HttpRequest.Builder request : requests) {
      LINES.all.clear();
      Gateway.Answer answer = gateway.send(request);
      String name = request.build().toString();
      assertThat(answer.status()).as(name).isBetween(400, 499);
      requireNoSecret(name, answer.text() + answer.http().headers());
      requireNoSecret(name + " in the log", String.join("", LINES.all));
    }
  }

  private static HttpRequest.Builder post(String body, String type) {
    return gateway
        .request("/v1/customers")
        .setHeader("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /** A worker that dies of it is logged like all else, and not by the virtual machine. */
  @Test
  void aThreadThatEnds() throws InterruptedException {
    Thread worker =
        new Thread(
            () -> {
              IllegalStateException thrown = new IllegalStateException(TEXT);
              loaded(thrown);
              throw thrown;
            },
            "a-worker");
    worker.start();
    worker.join();
    String lines = String.join("", LINES.all);
    assertThat(lines).contains("a-worker", "IllegalStateException");
    requireNoSecret("the log", lines);
  }
}
