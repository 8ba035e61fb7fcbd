package dev.portcullis.vault;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.Spki;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A whole vault on a real database, with real TLS, and the clients to use it. */
public final class RunningVault implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger ACCOUNTS = new AtomicInteger();
  private static final AtomicInteger OPERATIONS = new AtomicInteger();
  public static final String PROVIDER_KEY = "provider-key-0123456789abcdef";
  public static final String VISA = "4242424242424242";

  /** All vaults share the database, and a database has one master key. */
  private static final String MASTER_KEY = key();

  /** Each vault has its own, so that none sees another's objects. */
  public final String account = "acct_" + ACCOUNTS.incrementAndGet();

  public final TestClock clock = new TestClock();
  public final TestDatabase database;
  public final TestCa ca;
  public final FakeProvider provider;
  public final ApiKey secretKey = ApiKey.generate(KeyKind.SECRET, false, RANDOM);
  public final ApiKey publishableKey = ApiKey.generate(KeyKind.PUBLISHABLE, false, RANDOM);
  public final ApiKey liveKey = ApiKey.generate(KeyKind.SECRET, true, RANDOM);
  public final Path home;
  private final Names names;
  private final ApiKeyHasher hasher;
  private final HttpClient open =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpClient gateway;
  private Vault vault;

  /** What came back. */
  public record Got(int status, Map<String, @Nullable Object> json, HttpResponse<byte[]> raw) {
    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }

    /** The value at a path of names parted by dots. */
    public @Nullable Object at(String path) {
      Object at = json;
      for (String name : path.split("\\.")) {
        at = at instanceof Map<?, ?> map ? map.get(name) : null;
      }
      return at;
    }

    public String text(String path) {
      return String.valueOf(at(path));
    }
  }

  /**
   * @param settings lines of its configuration beyond those that it needs
   */
  public RunningVault(Path home, String... settings) {
    this(home, TestDatabase.shared(), Names.SYSTEM, (vault, policies) -> List.of(settings));
  }

  /** On another database. */
  public RunningVault(Path home, TestDatabase database) {
    this(home, database, Names.SYSTEM, (vault, policies) -> List.of());
  }

  /** What a test adds before the vault starts. */
  public interface Setup {
    /**
     * @param policies the directory to write policies into
     * @return lines of configuration
     */
    List<String> write(RunningVault vault, Path policies) throws IOException;
  }

  /**
   * @param names what the vault resolves providers' hosts by
   */
  public RunningVault(Path home, Names names, Setup setup) {
    this(home, TestDatabase.shared(), names, setup);
  }

  private RunningVault(Path home, TestDatabase database, Names names, Setup setup) {
    this.home = home;
    this.database = database;
    this.names = names;
    this.ca = new TestCa(home.resolve("tls"), "authority");
    this.provider = new FakeProvider(ca);
    ca.issue("vault");
    var gatewayCertificate = ca.issue("gateway");
    byte[] hashKey = new byte[32];
    RANDOM.nextBytes(hashKey);
    this.hasher = new ApiKeyHasher(Secret.ofBytes(hashKey), SecretAccess.insecureGrant());
    try {
      writeHome(hashKey, Spki.sha256(gatewayCertificate));
      Files.write(
          home.resolve("vault.properties"),
          setup.write(this, home.resolve("policy")),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    this.gateway = client("gateway");
    this.vault = start();
    push("key_secret", 1, secretKey, false);
    push("key_publishable", 1, publishableKey, false);
    push("key_live", 1, liveKey, false);
  }

  private void writeHome(byte[] hashKey, String gatewayIdentity) throws IOException {
    Path secrets = Files.createDirectories(home.resolve("secrets"));
    Files.writeString(secrets.resolve("database-password"), TestDatabase.PASSWORD);
    Files.writeString(secrets.resolve("master-key"), MASTER_KEY);
    Files.writeString(
        secrets.resolve("api-key-hash-key"), Base64.getEncoder().encodeToString(hashKey));
    Files.writeString(secrets.resolve("provider-sandbox"), PROVIDER_KEY);
    Path policies = Files.createDirectories(home.resolve("policy"));
    Files.writeString(
        policies.resolve("sandbox.json"), POLICY.replace("PORT", "" + provider.port()));
    Files.writeString(
        home.resolve("vault.properties"),
        """
        database.url=%s
        database.user=%s
        database.password=secret://database-password
        cards.host=127.0.0.1
        cards.port=0
        cards.trusted-proxies=127.0.0.1
        internal.port=0
        internal.tls.certificate=tls/vault.pem
        internal.tls.key=tls/vault.key
        internal.tls.ca=tls/ca.pem
        internal.gateway-identity=%s
        management.port=0
        admin.port=0
        admin.tls.certificate=tls/vault.pem
        admin.tls.key=tls/vault.key
        master-key=secret://master-key
        api-key-hash-key=secret://api-key-hash-key
        sandbox=true
        policy.directory=policy
        transfers.directory=transfers
        audit.directory=audit
        egress.ca=tls/ca.pem
        provider.sandbox.key=secret://provider-sandbox
        provider.sandbox.account=%s
        provider.sandbox.mode=test
        provider.sandbox.host=localhost:%d
        """
            .formatted(
                database.url(), TestDatabase.APP, gatewayIdentity, account, provider.port()));
  }

  private static String key() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  public static final String POLICY =
      """
      {"provider":"sandbox","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"header":"Authorization","format":"Bearer {{secret}}","secret":"provider.sandbox.key"},
       "operations":{
        "sandbox.authorize":{"method":"POST","path":"/sandbox/v1/authorizations","idempotency_header":"Idempotency-Key",
         "slots":{"/card/number":"card.number","/card/exp_month":"card.exp_month","/card/exp_year":"card.exp_year","/card/cvc":"card.cvc?"},
         "answer":["/id","/status","/decline_code","/note","/checks/cvc","/error/code"],
         "definite":{"pointer":"/status","values":["approved","declined","failed"]}},
        "sandbox.strict":{"method":"POST","path":"/strict",
         "slots":{"/number":"card.number","/cvc":"card.cvc"},"answer":["/status"]},
        "sandbox.capture":{"method":"POST","path":"/sandbox/v1/authorizations/{id}/captures","idempotency_header":"Idempotency-Key",
         "answer":["/id","/status"]},
        "sandbox.lookup":{"method":"GET","path":"/sandbox/v1/operations/{reference}","answer":["/id","/status"],
         "definite":{"pointer":"/status","values":["approved","declined"]}}}}
      """;

  private Vault start() {
    try {
      SecretAccess access = SecretAccess.insecureGrant();
      VaultConfig config =
          VaultConfig.read(
              ZoneConfig.load(home.resolve("vault.properties"), ZoneSettings.VAULT), access, clock);
      return Vault.start(resolvingBy(names, config), clock, access);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static VaultConfig resolvingBy(Names names, VaultConfig read) {
    VaultConfig.Egress egress = read.egress();
    return new VaultConfig(
        read.database(),
        read.cards(),
        read.internal(),
        read.managementPort(),
        read.admin(),
        read.keys(),
        read.sandbox(),
        new VaultConfig.Egress(egress.policies(), egress.ca(), names, egress.secrets()),
        read.kept(),
        read.transfers());
  }

  /** Stops it, until it is started anew. */
  public void pause() {
    vault.close();
  }

  /** Stops and starts it; what was only in memory is gone. */
  public void restart() {
    vault.close();
    vault = start();
  }

  public HttpClient client(String identity) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(
            TlsContexts.client(
                PemIdentity.load(ca.file(identity + ".pem"), ca.file(identity + ".key")),
                ca.file("ca.pem")))
        .build();
  }

  /** The gateway's own client. */
  EgressClient egress() {
    return new EgressClient(
        TlsContexts.client(
            PemIdentity.load(ca.file("gateway.pem"), ca.file("gateway.key")), ca.file("ca.pem")),
        EgressOptions.to(AddressPolicy.CONFIGURED_HOST).onlyTls13());
  }

  /** What is measured, as text. */
  String metrics() {
    return new String(
        send(open, HttpRequest.newBuilder(management("/metrics")).build()).raw().body(),
        StandardCharsets.UTF_8);
  }

  Listeners.Ports ports() {
    return vault.ports();
  }

  public URI cards(String path) {
    return URI.create("http://127.0.0.1:" + vault.ports().cards() + path);
  }

  public URI internal(String path) {
    return URI.create("https://localhost:" + vault.ports().internal() + path);
  }

  public URI management(String path) {
    return URI.create("http://127.0.0.1:" + vault.ports().management() + path);
  }

  /** Pushes a key. */
  public Got push(String id, long version, ApiKey key, boolean revoked) {
    return push(id, version, key, revoked, Map.of());
  }

  /** Pushes a key with terms. */
  public Got push(String id, long version, ApiKey key, boolean revoked, Map<String, ?> terms) {
    Map<String, Object> row = new LinkedHashMap<>(terms);
    row.put("id", id + "_" + System.identityHashCode(this));
    row.put("version", version);
    row.put("account", account);
    row.put("livemode", key.livemode());
    row.put("kind", key.kind().wireName());
    row.put("hash", HexFormat.of().formatHex(hasher.hash(key)));
    row.put("revoked", revoked);
    Got got = call("/internal/v1/keys", Map.of("keys", List.of(row)));
    if (got.status() != 200) {
      throw new IllegalStateException(got.json().toString());
    }
    return got;
  }

  public String hash(ApiKey key) {
    return HexFormat.of().formatHex(hasher.hash(key));
  }

  /** What the gateway asks for to have that card authorized at the sandbox, to be changed. */
  Map<String, Object> authorization(String token) {
    Map<String, Object> command = new LinkedHashMap<>();
    command.put("operation", "sandbox.authorize");
    command.put("operation_id", "op_" + OPERATIONS.incrementAndGet());
    command.put("account", account);
    command.put("livemode", false);
    command.put("provider_account", "sandbox");
    command.put("token", token);
    command.put("idempotency_key", "key");
    command.put("timeout_ms", 20_000);
    command.put(
        "body",
        Map.of(
            "card",
            Map.of(
                "number", "{{card.number}}",
                "exp_month", "{{card.exp_month}}",
                "exp_year", "{{card.exp_year}}")));
    return command;
  }

  /** An internal call as the gateway. */
  public Got call(String path, Map<String, ?> body) {
    return send(
        gateway,
        HttpRequest.newBuilder(internal(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
            .header("Content-Type", "application/json")
            .build());
  }

  /** A form on the cards origin. */
  public Got post(String path, @Nullable ApiKey key, Map<String, String> form, String... headers) {
    String body =
        form.entrySet().stream()
            .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    return postRaw(path, key, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public Got postRaw(String path, @Nullable ApiKey key, byte[] body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    if (!all.contains("Content-Type")) {
      all.addAll(List.of("Content-Type", "application/x-www-form-urlencoded"));
    }
    if (key != null) {
      all.addAll(List.of("Authorization", "Bearer " + key.text()));
    }
    return send(
        open,
        HttpRequest.newBuilder(cards(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .headers(all.toArray(String[]::new))
            .build());
  }

  public Got get(URI uri) {
    return send(open, HttpRequest.newBuilder(uri).build());
  }

  public static Got send(HttpClient client, HttpRequest request) {
    try {
      HttpResponse<byte[]> raw = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      boolean json =
          raw.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
      return new Got(
          raw.statusCode(),
          json && raw.body().length > 0 ? Json.readObject(raw.body()) : new LinkedHashMap<>(),
          raw);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A card as a form, of a payment method. */
  public static Map<String, String> card(String number, String... more) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("type", "card");
    form.put("card[number]", number);
    form.put("card[exp_month]", "12");
    form.put("card[exp_year]", "2034");
    form.put("card[cvc]", "123");
    for (int at = 0; at < more.length; at += 2) {
      form.put(more[at], more[at + 1]);
    }
    return form;
  }

  /** A new payment method's id. */
  public String paymentMethod(String number) {
    return post("/v1/payment_methods", secretKey, card(number)).text("id");
  }

  @Override
  public void close() {
    vault.close();
    provider.close();
  }
}
