package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.http.ApiEndpoint;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import dev.portcullis.wire.people.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** One running gateway for all tests that speak HTTP, on a database of its own. */
final class Gateway {

  static final Gateway IT = new Gateway();

  /** An answer with its body read. */
  record Answer(int status, HttpResponse<byte[]> http) {
    Map<String, @Nullable Object> body() {
      return Json.readObject(http.body());
    }

    String text() {
      return new String(http.body(), StandardCharsets.UTF_8);
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }

    @SuppressWarnings("unchecked") // an error of the wire's form is a map
    Map<String, @Nullable Object> error() {
      Object error = body().get("error");
      if (error instanceof Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
      }
      throw new AssertionError("no error: " + text());
    }

    String string(String member) {
      return String.valueOf(body().get(member));
    }

    @SuppressWarnings("unchecked") // a list's members are maps
    List<Map<String, @Nullable Object>> data() {
      Object data = body().get("data");
      if (data instanceof List<?> list) {
        return (List<Map<String, @Nullable Object>>) list;
      }
      throw new AssertionError("no list: " + text());
    }
  }

  final FakeVault vault = new FakeVault();
  final MovableClock clock = new MovableClock();
  final FakeProvider provider = new FakeProvider(clock);
  final TestDatabase database;
  private final String sealingKeys;
  private final String publicUrl;
  private final String cardsUrl;
  final ApiKey secretKey = key(KeyKind.SECRET, false);
  final ApiKey publishableKey = key(KeyKind.PUBLISHABLE, false);
  final ApiKey restrictedKey = key(KeyKind.RESTRICTED, false);
  final ApiKey liveKey = key(KeyKind.SECRET, true);
  final ApiKey otherKey = key(KeyKind.SECRET, false);
  final Principal principal = new Principal("acct_first", false, "key_unknown", KeyKind.SECRET);
  final String setupCode = Token.enrollmentCode(new SecureRandom());
  final HttpClient client = HttpClient.newHttpClient();
  final ConfigurableApplicationContext context;
  final URI base;
  final Path home;

  /** Another one, for tests that move its clock. */
  Gateway() {
    this(_ -> {});
  }

  /** Another one, with beans put in place of some of its own. */
  Gateway(Consumer<GenericApplicationContext> beforehand) {
    this(TestDatabase.fresh(), beforehand);
  }

  /** Another one, on a database that others may have used. */
  Gateway(TestDatabase database, Consumer<GenericApplicationContext> beforehand) {
    this(database, "1:" + randomKey(), beforehand);
  }

  /** Another one, which shoppers reach there. */
  Gateway(String publicUrl, String cardsUrl) {
    this(publicUrl, cardsUrl, "");
  }

  /** The same with further settings, a line each. */
  Gateway(String publicUrl, String cardsUrl, String settings) {
    this(TestDatabase.fresh(), "1:" + randomKey(), publicUrl, cardsUrl, settings, _ -> {});
  }

  /** Another one, with those sealing keys. */
  Gateway(
      TestDatabase database, String sealingKeys, Consumer<GenericApplicationContext> beforehand) {
    this(database, sealingKeys, "http://127.0.0.1", "http://cards.example", "", beforehand);
  }

  private Gateway(
      TestDatabase database,
      String sealingKeys,
      String publicUrl,
      String cardsUrl,
      String settings,
      Consumer<GenericApplicationContext> beforehand) {
    this.database = database;
    this.sealingKeys = sealingKeys;
    this.publicUrl = publicUrl;
    this.cardsUrl = cardsUrl;
    try {
      home = Files.createTempDirectory("gateway");
      context =
          GatewayMain.start(
              ZoneConfig.load(configure(home, settings), ZoneSettings.GATEWAY),
              beans -> {
                beans.registerBean(
                    "movableClock",
                    InstantSource.class,
                    () -> clock,
                    definition -> definition.setPrimary(true));
                beans.registerBean("cardVault", FakeVault.class, () -> vault);
                beans.registerBean("vaultLink", VaultLink.class, provider::link);
                beforehand.accept(beans);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ServletWebServerApplicationContext web = (ServletWebServerApplicationContext) context;
    base =
        URI.create(
            "http://127.0.0.1:" + java.util.Objects.requireNonNull(web.getWebServer()).getPort());
  }

  /** 32 random bytes, as a secret's file holds them. */
  static String randomKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private static ApiKey key(KeyKind kind, boolean livemode) {
    return ApiKey.generate(kind, livemode, new SecureRandom());
  }

  private Path configure(Path home, String settings) throws IOException {
    byte[] hashKey = new byte[32];
    new SecureRandom().nextBytes(hashKey);
    Path secrets = Files.createDirectory(home.resolve("secrets"));
    Files.writeString(secrets.resolve("database-password"), "unused");
    Files.writeString(
        secrets.resolve("api-key-hash-key"), Base64.getEncoder().encodeToString(hashKey));
    Files.writeString(
        secrets.resolve("client-secret-key"), Base64.getEncoder().encodeToString(hashKey));
    Files.writeString(secrets.resolve("search-key"), Base64.getEncoder().encodeToString(hashKey));
    Files.writeString(secrets.resolve("sealing-keys"), sealingKeys);
    ApiKeyHasher hasher = new ApiKeyHasher(Secret.ofBytes(hashKey), SecretAccess.insecureGrant());
    Files.write(
        home.resolve("sandbox-keys.json"),
        Json.write(
            List.of(
                entry(hasher, "acct_first", secretKey),
                entry(hasher, "acct_first", publishableKey),
                entry(hasher, "acct_first", restrictedKey),
                entry(hasher, "acct_first", liveKey),
                entry(hasher, "acct_second", otherKey))));
    TestIdentity.write(home, "admin");
    Files.writeString(
        home.resolve("setup-code.json"),
        new SetupCode(
                Token.hash(setupCode), InstantSource.system().instant().plus(People.CODE_LIFE))
            .json());
    return Files.writeString(
        home.resolve("gateway.properties"),
        """
        database.url=%s
        database.user=gateway_app
        database.password=secret://database-password
        api.host=127.0.0.1
        api.port=0
        api.trusted-proxies=127.0.0.1
        limits.address.unknown-keys=60
        public-url=%s
        cards-url=%s
        vault.url=https://localhost:1
        vault.identity=sha256:%s
        vault.tls.certificate=none
        vault.tls.key=none
        vault.tls.ca=none
        management.port=0
        admin.port=0
        admin.tls.certificate=admin.pem
        admin.tls.key=admin.key
        admin.setup-code=setup-code.json
        webhooks.timeout=PT3S
        provider.sandbox.forward-timeout=PT1S
        provider.sandbox.dispute-pause=PT0.05S
        provider.dispute-pause=PT0.05S
        api-key-hash-key=secret://api-key-hash-key
        client-secret-key=secret://client-secret-key
        search-key=secret://search-key
        sealing-keys=secret://sealing-keys
        sandbox=true
        sandbox.keys=sandbox-keys.json
        """
                .formatted(database.dataSource().getUrl(), publicUrl, cardsUrl, "0".repeat(64))
            + settings);
  }

  private static Map<String, Object> entry(ApiKeyHasher hasher, String account, ApiKey key) {
    return Map.of(
        "account", account,
        "kind", key.kind().wireName(),
        "livemode", key.livemode(),
        "hash", HexFormat.of().formatHex(hasher.hash(key)),
        "hint", key.redacted());
  }

  ApiEndpoint endpoint() {
    return context.getBean(ApiEndpoint.class);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + secretKey.text());
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Answer get(String path) {
    return send(request(path));
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** Posts a form of names and values in turn. */
  Answer post(String path, String... form) {
    return send(form(path, form));
  }

  /** Pays with a test card at once; what {@code more} names replaces what this would say. */
  Answer pay(long amount, String... more) {
    return post("/v1/payment_intents", payment(amount, more));
  }

  /** As {@link #pay}, where that has to succeed; the id. */
  String paid(long amount, String... more) {
    Answer paid = pay(amount, more);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
    return paid.string("id");
  }

  /** The form of {@link #pay}. */
  static String[] payment(long amount, String... more) {
    String[] usual = {
      "amount", Long.toString(amount),
      "currency", "usd",
      "payment_method", "pm_card_visa",
      "confirm", "true"
    };
    List<String> form = new ArrayList<>();
    for (int i = 0; i < usual.length; i += 2) {
      if (!Arrays.asList(more).contains(usual[i])) {
        form.addAll(List.of(usual[i], usual[i + 1]));
      }
    }
    return both(form.toArray(String[]::new), more);
  }

  /** One form behind the other. */
  static String[] both(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  HttpRequest.Builder form(String path, String... form) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < form.length; i += 2) {
      pairs.add(
          URLEncoder.encode(form[i], StandardCharsets.UTF_8)
              + "="
              + URLEncoder.encode(form[i + 1], StandardCharsets.UTF_8));
    }
    return request(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(String.join("&", pairs)));
  }
}
