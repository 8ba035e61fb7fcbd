package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.postgres.Databases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Writes the secrets, settings and policy of every zone; secrets once, the rest at every start. */
public final class InstanceSetup {
  private static final int KEY_BYTES = 32;

  /** The id of the first key in a keyset that can get more. */
  private static final int FIRST_KEY = 1;

  private static final String LOOPBACK = "127.0.0.1";

  private final Home home;
  private final ZoneFiles files;
  private final Ports ports;
  private final boolean publicTls;
  private final Installation wanted;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  public InstanceSetup(
      Home home,
      ZoneFiles files,
      Ports ports,
      boolean publicTls,
      Installation wanted,
      InstantSource clock) {
    this.home = home;
    this.files = files;
    this.ports = ports;
    this.publicTls = publicTls;
    this.wanted = wanted;
    this.clock = clock;
  }

  /**
   * What the operator sees of a sandbox's set-up.
   *
   * @param controlKey of the simulator's control interface
   */
  public record Sandbox(SandboxKeys keys, String controlKey) {}

  /** Whether the home serves live payments; otherwise it is a sandbox. */
  public boolean live() {
    return wanted.live();
  }

  /**
   * A home is of one kind for good: a sandbox's keys and cards would be there in live mode, and a
   * live home without its settings would look like an empty sandbox.
   *
   * @throws Refusal if its settings say now that it is of the other kind
   */
  public void requireKind() {
    if (!live()) {
      if (Files.exists(home.liveNote())) {
        throw new Refusal(
            "%s was made for live payments, and %s does not say so any more: put gateway.livemode=true and vault.livemode=true back."
                .formatted(home.root(), Installation.file(home)));
      }
      return;
    }
    if (Files.exists(home.operator().resolve("sandbox-keys.json"))) {
      throw new Refusal(
          "%s was made as a sandbox: make another home for live payments, with init --live."
              .formatted(home.root()));
    }
    if (holdsMasterKeyFile()) {
      throw new Refusal(
          "For live payments no file holds the vault's master key: set vault.master-key.provider.");
    }
    HomeFiles.writePrivate(home.liveNote(), "");
  }

  /** Whether both public origins speak TLS, by certificates of the home's or of its owner. */
  public boolean servesTls() {
    return publicTls || live();
  }

  /** The address of the API origin. */
  public String apiUrl() {
    return wanted.of(Zone.GATEWAY).getOrDefault("public-url", origin(ports.api()));
  }

  /** The address of the cards origin. */
  public String cardsUrl() {
    return wanted.of(Zone.GATEWAY).getOrDefault("cards-url", origin(ports.cards()));
  }

  private String origin(int port) {
    return (publicTls ? "https://" : "http://") + LOOPBACK + ":" + port;
  }

  /** The superuser's password of the embedded server: the operator's alone. */
  public String databaseSuperuserPassword() {
    Path file = home.operator().resolve("postgres-password");
    return HomeFiles.read(file)
        .map(String::strip)
        .orElseGet(
            () -> {
              String password = password();
              HomeFiles.writePrivate(file, password);
              return password;
            });
  }

  /** The password of a zone's database role. */
  public String databasePassword(Zone zone) {
    return files.sharedSecret("database-password", List.of(zone), this::password);
  }

  /** True when this home has made its database roles before. */
  public boolean knowsDatabase(Zone zone) {
    return HomeFiles.read(home.secret(zone, "database-password")).isPresent();
  }

  /** The vault's keys that are not there. Nothing opens what was stored under them but they. */
  public List<Path> missingVaultKeys() {
    return Stream.of("master-key")
        .filter(_ -> holdsMasterKeyFile())
        .map(name -> home.secret(Zone.VAULT, name))
        .filter(file -> HomeFiles.read(file).isEmpty())
        .toList();
  }

  /** Otherwise the operator says where the vault's master key lives, and how it is reached. */
  private boolean holdsMasterKeyFile() {
    return wanted.of(Zone.VAULT).getOrDefault("master-key.provider", "file").equals("file");
  }

  /** Makes the first person's code for each of those zones, which have nobody yet. */
  public void offerSetup(List<Zone> zones) {
    new SetupCodes(home, files, random, clock).ensure(zones);
  }

  /** Writes everything the zones read. The zones' jars must be installed. */
  public Optional<Sandbox> write(DatabaseServer server) {
    Certificates.Pins pins =
        new Certificates(home, files, clock).ensure(publicTls && !live(), !live());
    String hashKey =
        files.sharedSecret("api-key-hash-key", List.of(Zone.VAULT, Zone.GATEWAY), this::key);
    if (holdsMasterKeyFile()) {
      files.sharedSecret("master-key", List.of(Zone.VAULT), this::key);
    }
    // Homes made before had it outside the vault, which keeps its own sealed.
    HomeFiles.delete(home.secret(Zone.VAULT, "fingerprint-key"));
    files.sharedSecret("client-secret-key", List.of(Zone.GATEWAY), this::key);
    files.sharedSecret("search-key", List.of(Zone.GATEWAY), this::key);
    files.sharedSecret("sealing-keys", List.of(Zone.GATEWAY), () -> FIRST_KEY + ":" + key());
    Optional<Sandbox> sandbox = live() ? Optional.empty() : Optional.of(sandbox(hashKey));
    Map<String, @Nullable String> vault = vault(server, pins.gateway());
    Map<String, @Nullable String> gateway = gateway(server, pins.vault());
    sandbox.ifPresent(
        made -> {
          vault.putAll(vaultOfSandbox(made.keys().account()));
          gateway.putAll(gatewayOfSandbox());
          settings(Zone.SIMULATOR, simulator());
        });
    settings(Zone.VAULT, vault);
    settings(Zone.GATEWAY, gateway);
    return sandbox;
  }

  private Sandbox sandbox(String hashKey) {
    shareProviderKey();
    String control = files.sharedSecret("control-key", List.of(Zone.SIMULATOR), this::password);
    SandboxKeys keys = SandboxKeys.ensure(home, clock, random);
    keys.handToGateway(home, files, hashKey);
    writePolicy();
    return new Sandbox(keys, control);
  }

  private void settings(Zone zone, Map<String, @Nullable String> values) {
    values.putAll(wanted.of(zone));
    files.properties(zone, values);
  }

  /** The same secret under the name that each side knows it by. */
  private void shareProviderKey() {
    String key = files.sharedSecret("provider-key", List.of(Zone.SIMULATOR), this::password);
    files.secret(Zone.VAULT, home.secret(Zone.VAULT, "provider-sandbox"), key + "\n");
  }

  private void writePolicy() {
    String template = policyTemplate();
    String origin = "https://localhost:" + ports.provider();
    files.settings(
        Zone.VAULT,
        home.zone(Zone.VAULT).resolve("policy").resolve("sandbox.json"),
        template.replace("${origin}", origin));
  }

  private String policyTemplate() {
    try (Stream<Path> jars = Files.list(home.jars(Zone.GATEWAY))) {
      Optional<Path> connectors =
          jars.filter(jar -> String.valueOf(jar.getFileName()).startsWith("connectors-"))
              .findFirst();
      if (connectors.isEmpty()) {
        throw new Refusal(
            "The gateway has no connectors; build again with " + home.command("up") + ".");
      }
      try (ZipFile zip = new ZipFile(connectors.get().toFile())) {
        ZipEntry entry = zip.getEntry("policy/sandbox.json");
        if (entry == null) {
          throw new Refusal("The connectors have no policy for the sandbox.");
        }
        return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw HomeFiles.failure("read the sandbox's policy", e);
    }
  }

  private Map<String, @Nullable String> vault(DatabaseServer server, String pin) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    database(values, Zone.VAULT, server);
    values.put("cards.host", LOOPBACK);
    values.put("cards.port", Integer.toString(ports.cards()));
    values.put("cards.api-url", apiUrl());
    publicTls(values, Zone.VAULT, "cards");
    values.put("internal.port", Integer.toString(ports.vaultInternal()));
    values.put("internal.tls.certificate", tls(Zone.VAULT, "vault.pem"));
    values.put("internal.tls.key", tls(Zone.VAULT, "vault.key"));
    values.put("internal.tls.ca", tls(Zone.VAULT, "ca.pem"));
    values.put("internal.gateway-identity", pin);
    values.put("management.port", Integer.toString(ports.vaultManagement()));
    admin(values, Zone.VAULT, ports.vaultAdmin());
    values.put("master-key", holdsMasterKeyFile() ? "secret://master-key" : null);
    values.put("api-key-hash-key", "secret://api-key-hash-key");
    values.put("policy.directory", home.zone(Zone.VAULT).resolve("policy").toString());
    values.put("audit.directory", home.keptHead().toString());
    values.put("transfers.directory", home.transfers().toString());
    return values;
  }

  private Map<String, @Nullable String> vaultOfSandbox(String account) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    values.put("sandbox", "true");
    // To be tried out at once; in production the others have a day to notice who was let in.
    values.put("admin.settling", "PT0S");
    values.put("egress.ca", tls(Zone.VAULT, "ca.pem"));
    values.put("provider.sandbox.key", "secret://provider-sandbox");
    values.put("provider.sandbox.account", account);
    values.put("provider.sandbox.mode", "test");
    values.put("provider.sandbox.host", "localhost:" + ports.provider());
    return values;
  }

  private Map<String, @Nullable String> gateway(DatabaseServer server, String pin) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    database(values, Zone.GATEWAY, server);
    values.put("api.host", LOOPBACK);
    values.put("api.port", Integer.toString(ports.api()));
    publicTls(values, Zone.GATEWAY, "api");
    values.put("public-url", apiUrl());
    values.put("cards-url", cardsUrl());
    values.put("vault.url", "https://localhost:" + ports.vaultInternal());
    values.put("vault.identity", pin);
    values.put("vault.tls.certificate", tls(Zone.GATEWAY, "gateway.pem"));
    values.put("vault.tls.key", tls(Zone.GATEWAY, "gateway.key"));
    values.put("vault.tls.ca", tls(Zone.GATEWAY, "ca.pem"));
    values.put("management.port", Integer.toString(ports.gatewayManagement()));
    admin(values, Zone.GATEWAY, ports.gatewayAdmin());
    values.put("api-key-hash-key", "secret://api-key-hash-key");
    values.put("client-secret-key", "secret://client-secret-key");
    values.put("search-key", "secret://search-key");
    values.put("sealing-keys", "secret://sealing-keys");
    return values;
  }

  private Map<String, @Nullable String> gatewayOfSandbox() {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    values.put("sandbox", "true");
    values.put("sandbox.keys", home.zone(Zone.GATEWAY).resolve("sandbox-keys.json").toString());
    return values;
  }

  private Map<String, @Nullable String> simulator() {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    values.put("shopper.host", LOOPBACK);
    values.put("shopper.port", Integer.toString(ports.shopper()));
    values.put("provider.port", Integer.toString(ports.provider()));
    values.put("provider.tls.certificate", tls(Zone.SIMULATOR, "simulator.pem"));
    values.put("provider.tls.key", tls(Zone.SIMULATOR, "simulator.key"));
    values.put("notifications.certificate", tls(Zone.SIMULATOR, "notifications.pem"));
    values.put("notifications.key", tls(Zone.SIMULATOR, "notifications.key"));
    values.put("management.port", Integer.toString(ports.simulatorManagement()));
    values.put("provider-key", "secret://provider-key");
    values.put("control-key", "secret://control-key");
    values.put("ledger.directory", home.ledger().toString());
    return values;
  }

  private void database(Map<String, @Nullable String> values, Zone zone, DatabaseServer server) {
    Path copy = home.tls(zone, "database-ca.pem");
    Optional<String> authority = server.authority().flatMap(HomeFiles::read);
    authority.ifPresent(pem -> files.settings(zone, copy, pem));
    values.put("database.url", server.url(Databases.database(zone), copy));
    values.put("database.user", Databases.role(zone));
    values.put("database.password", "secret://database-password");
  }

  private void admin(Map<String, @Nullable String> values, Zone zone, int port) {
    values.put("admin.port", Integer.toString(port));
    values.put("admin.tls.certificate", tls(zone, "admin.pem"));
    values.put("admin.tls.key", tls(zone, "admin.key"));
    values.put("admin.setup-code", SetupCodes.file(home, zone).toString());
  }

  private void publicTls(Map<String, @Nullable String> values, Zone zone, String name) {
    values.put(name + ".tls.certificate", publicTls ? tls(zone, name + ".pem") : null);
    values.put(name + ".tls.key", publicTls ? tls(zone, name + ".key") : null);
  }

  private String tls(Zone zone, String file) {
    return home.tls(zone, file).toString();
  }

  private String key() {
    return Base64.getEncoder().encodeToString(bits());
  }

  private String password() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits());
  }

  private byte[] bits() {
    byte[] bits = new byte[KEY_BYTES];
    random.nextBytes(bits);
    return bits;
  }
}
