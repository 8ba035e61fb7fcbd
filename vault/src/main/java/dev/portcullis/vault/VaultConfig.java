package dev.portcullis.vault;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.HeadSigner;
import dev.portcullis.vault.card.BinTable;
import dev.portcullis.vault.card.BinTableReader;
import dev.portcullis.vault.forward.BoundSecret;
import dev.portcullis.vault.limits.LimitFigures;
import dev.portcullis.vault.masterkey.ConfiguredMasterKeys;
import dev.portcullis.vault.portability.Portability;
import dev.portcullis.vault.rotation.Rotation;
import dev.portcullis.vault.secrets.ProviderSecret;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.net.ConnectionBounds;
import dev.portcullis.wire.tls.PemIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The vault's configuration, all of it read and checked before anything starts.
 *
 * @param database where the data is
 * @param cards the public listener
 * @param internal the gateway's listener
 * @param managementPort the port for health and metrics, on loopback
 * @param admin the people's listener
 * @param keys the vault's own keys
 * @param sandbox whether plain HTTP and providers on this machine are allowed
 * @param egress what is sent out, and how
 * @param kept how long what is stored is kept
 * @param transfers where and how cards go in and out in bulk; empty where they do not
 */
record VaultConfig(
    Database database,
    Cards cards,
    Internal internal,
    int managementPort,
    Admin admin,
    Keys keys,
    boolean sandbox,
    Egress egress,
    Kept kept,
    Optional<Portability.Settings> transfers) {

  /** The database. */
  record Database(String url, String user, Secret password) {}

  /**
   * The public listener.
   *
   * @param certificate its files, or null for plain HTTP in a sandbox
   * @param addresses tells where a request comes from
   * @param bounds what connections may cost
   * @param limits how much may be asked for
   * @param bins what the first digits of a card number say
   * @param apiUrl where pages reach the API, or null where nobody said
   */
  record Cards(
      String host,
      int port,
      @Nullable CertificateFiles certificate,
      ClientAddress addresses,
      ConnectionBounds bounds,
      LimitFigures limits,
      BinTable bins,
      @Nullable URI apiUrl) {}

  /** A certificate's chain and its key. */
  record CertificateFiles(Path chain, Path key) {}

  /**
   * The gateway's listener.
   *
   * @param gateway the gateway's public key, {@code sha256:…}
   */
  record Internal(int port, PemIdentity identity, Path ca, String gateway) {}

  /**
   * The people's listener, on loopback.
   *
   * @param setupCode the file of the first person's code, or null
   * @param settling how long somebody who was let in or reset confirms no change
   */
  record Admin(int port, PemIdentity identity, @Nullable Path setupCode, Duration settling) {}

  /** The vault's keys. */
  record Keys(ConfiguredMasterKeys master, Secret apiKeyHash, Rotation.Times times) {}

  /** By then another vault has looked several times for what was retired. */
  private static final Duration SETTLE = Duration.ofSeconds(10);

  /**
   * What goes out.
   *
   * @param policies the directory of the forward policies
   * @param ca whom to trust, or null for the JDK's authorities
   * @param names what providers' hosts are resolved by
   * @param secrets the providers' secrets by name, each for one account, mode and host
   */
  record Egress(
      Path policies, @Nullable Path ca, Names names, Function<String, BoundSecret> secrets) {}

  /**
   * How long what is stored is kept, and how it is kept whole.
   *
   * @param cards after they were last used, or null for ever
   * @param backups how long a backup is kept, or null where nobody said
   * @param heads how often the audit trail's head is signed
   * @param newestHead the folder in which the newest one is kept, or null for in memory alone
   */
  record Kept(
      @Nullable Duration cards,
      @Nullable Duration backups,
      HeadSigner.Pace heads,
      @Nullable Path newestHead) {}

  private static final Logger LOG = Logger.getLogger(VaultConfig.class.getName());

  /** Bodies on their way at once: times the longest, well below the heap. */
  private static final int BODIES = 192;

  private static final String LOOPBACK = "127.0.0.1";

  /**
   * Reads the configuration.
   *
   * @param clock for what a key service says of time
   * @throws ConfigException if something is missing, wrong or unknown; one sentence
   */
  static VaultConfig read(ZoneConfig config, SecretAccess access, InstantSource clock) {
    boolean sandbox = config.bool("sandbox");
    return new VaultConfig(
        new Database(
            config.string("database.url"),
            config.string("database.user"),
            config.secret("database.password")),
        cards(config, sandbox),
        new Internal(
            config.integer("internal.port"),
            PemIdentity.load(
                config.path("internal.tls.certificate"), config.path("internal.tls.key")),
            config.path("internal.tls.ca"),
            config.string("internal.gateway-identity")),
        config.integer("management.port"),
        new Admin(
            config.integer("admin.port"),
            PemIdentity.load(config.path("admin.tls.certificate"), config.path("admin.tls.key")),
            config.findPath("admin.setup-code").orElse(null),
            config.duration("admin.settling")),
        new Keys(
            ConfiguredMasterKeys.read(config, access, clock),
            ConfiguredMasterKeys.bytes(config, "api-key-hash-key", access),
            new Rotation.Times(
                SETTLE,
                config.duration("keys.destroy-after"),
                config.duration("keys.data-key-life"),
                config.duration("keys.fingerprint-key-life"),
                config.duration("keys.master-key-life"))),
        sandbox,
        egress(config),
        new Kept(
            config.find("cards.retention").map(Duration::parse).orElse(null),
            config.find("backup.kept-for").map(Duration::parse).orElse(null),
            new HeadSigner.Pace(
                config.duration("audit.head-interval"), config.integer("audit.head-entries")),
            config.findPath("audit.directory").orElse(null)),
        config
            .findPath("transfers.directory")
            .map(
                folder ->
                    new Portability.Settings(
                        folder,
                        config.integer("transfers.cards-per-part"),
                        config.duration("transfers.kept-for"))));
  }

  private static Cards cards(ZoneConfig config, boolean sandbox) {
    String host = config.string("cards.host");
    Optional<Path> certificate = config.findPath("cards.tls.certificate");
    Optional<Path> key = config.findPath("cards.tls.key");
    if (certificate.isPresent() != key.isPresent()) {
      throw new ConfigException("cards.tls.certificate and cards.tls.key must come together.");
    }
    if (certificate.isEmpty() && !(sandbox && isLoopback(host))) {
      throw new ConfigException(
          "Card numbers travel over TLS: cards.tls.certificate is missing, and only a sandbox on"
              + " loopback may do without.");
    }
    return new Cards(
        host,
        config.integer("cards.port"),
        certificate.isPresent() && key.isPresent()
            ? new CertificateFiles(certificate.get(), key.get())
            : null,
        ClientAddress.configured(config, "cards"),
        bounds(config, certificate.isPresent()),
        LimitFigures.read(config, sandbox),
        config
            .findPath("cards.bin-table")
            .map(BinTableReader::read)
            .orElseGet(BinTableReader::shipped),
        config.find("cards.api-url").map(URI::create).orElse(null));
  }

  private static ConnectionBounds bounds(ZoneConfig config, boolean tls) {
    ConnectionBounds configured =
        new ConnectionBounds(
            config.integer("cards.connections"),
            config.integer("cards.connections-per-address"),
            BODIES,
            new ConnectionBounds.Times(
                config.duration("cards.first-request-time"),
                config.duration("cards.body-time"),
                config.duration("cards.exchange-time"),
                config.duration("cards.idle-time"),
                config.duration("cards.cramped-idle-time")));
    ConnectionBounds fitting = configured.within(Runtime.getRuntime().maxMemory(), tls);
    if (fitting.most() < configured.most()) {
      LOG.log(
          Level.INFO,
          "the heap has room for {0} of cards.connections ({1}), {2} from one address",
          new Object[] {fitting.most(), configured.most(), fitting.perAddress()});
    }
    return fitting;
  }

  private static boolean isLoopback(String host) {
    return host.equals(LOOPBACK) || host.equals("::1") || host.equals("localhost");
  }

  private static Egress egress(ZoneConfig config) {
    Path policies = config.path("policy.directory");
    Path ca = config.findPath("egress.ca").orElse(null);
    Map<String, BoundSecret> secrets = new HashMap<>();
    for (String provider : config.names("provider.", ".key")) {
      String prefix = "provider." + provider;
      secrets.put(
          prefix + ".key",
          new BoundSecret(
              config.secret(prefix + ".key"),
              new ProviderSecret.Use(
                  config.string(prefix + ".account"),
                  config.string(prefix + ".mode").equals("live"),
                  provider,
                  config.string(prefix + ".host")),
              prefix + ".key"));
    }
    return new Egress(
        policies,
        ca,
        Names.SYSTEM,
        name -> {
          BoundSecret secret = secrets.get(name);
          if (secret == null) {
            throw new ConfigException(
                "A forward policy names the secret " + name + ", and it is not configured.");
          }
          return secret;
        });
  }
}
