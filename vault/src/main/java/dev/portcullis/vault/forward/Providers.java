package dev.portcullis.vault.forward;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.KeysDestroyedException;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.Sha256;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.secrets.EgressRevision;
import dev.portcullis.vault.secrets.ProviderSecret;
import dev.portcullis.vault.secrets.SecretStore;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.tls.MessageSigners;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The providers that policies name: those of the directory, read once at the start, and those that
 * two administrators have installed, read anew whenever there is a change. The hash of each goes
 * into the audit trail before the first request is taken by it.
 *
 * <p>An installed policy that cannot be used, because its secret is retired or the vault is sealed,
 * is left out: nothing is sent by it.
 */
public final class Providers implements AutoCloseable {

  /** What a policy's secret begins with that administrators have entered. */
  static final String ENTERED = "secret://";

  private static final Logger LOG = Logger.getLogger(Providers.class.getName());

  /** A secret's time comes without any change of the tables. */
  private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(15);

  private static final Duration LONGER_THAN_A_CALL = Duration.ofMinutes(5);

  private final Access access;
  private final Stored stored;
  private final SecretAccess secretAccess;
  private final Map<ClientKey, EgressClient> clients = new ConcurrentHashMap<>();
  private final Map<ClientKey, Instant> unused = new HashMap<>();
  private final Map<MintKey, TokenMint> mints = new ConcurrentHashMap<>();
  private final Map<SignerKey, SigningCertificates> signers = new ConcurrentHashMap<>();
  private final List<Provider> ofDirectory = new ArrayList<>();
  private volatile List<Provider> installed = List.of();
  private long revision = -1;
  private Instant refreshed = Instant.MIN;

  /** Each provider account has connections of its own: none waits for another's. */
  private record ClientKey(String provider, boolean livemode, boolean loopback, Set<String> pins) {
    static ClientKey of(Policy policy) {
      return new ClientKey(
          policy.provider(), policy.livemode(), policy.allowLoopback(), policy.pins());
    }
  }

  /** A token outlives the reading anew of what it was made for, and nothing else. */
  private record MintKey(
      URI origin,
      ClientKey client,
      ProviderSecret.Use use,
      String version,
      Policy.Credential.OAuth oauth) {}

  /** What notifications are signed with is kept as long as where it comes from is the same. */
  private record SignerKey(ClientKey client, Policy.Notifications.PayPal how) {}

  /**
   * How providers are reached.
   *
   * @param ca the authorities to trust, or null for those of the JDK
   * @param names what hosts are resolved by
   * @param sandbox whether a policy may name this machine
   * @param secrets the configured secrets by name
   */
  public record Access(
      @Nullable Path ca, Names names, boolean sandbox, Function<String, BoundSecret> secrets) {}

  /**
   * What administrators have brought in.
   *
   * @param confirmations says what two of them confirmed
   */
  public record Stored(
      DataSource database,
      SecretStore secrets,
      Confirmations confirmations,
      AuditTrail audit,
      InstantSource clock) {}

  private Providers(Access access, Stored stored, SecretAccess secretAccess) {
    this.access = access;
    this.stored = stored;
    this.secretAccess = secretAccess;
  }

  /**
   * Reads the policies of the directory; {@link #refresh} reads those that are installed.
   *
   * @throws PolicyException if one of the directory cannot be used
   * @throws SQLException if the audit trail cannot be written
   */
  public static Providers load(
      Path directory, Access access, Stored stored, SecretAccess secretAccess) throws SQLException {
    Providers providers = new Providers(access, stored, secretAccess);
    for (Path file : files(directory)) {
      byte[] json = readBytes(file);
      String name = String.valueOf(file.getFileName());
      Provider provider =
          providers.connected(
              providers.read(
                  name, json, access.secrets(), secret -> List.of(access.secrets().apply(secret))));
      stored.audit().append("policy.loaded", name, "sha256:" + Sha256.hex(json));
      for (String secret : provider.policy().credential().secrets()) {
        stored
            .audit()
            .append("credential.bound", secret, provider.credentials().binding().toString());
      }
      providers.ofDirectory.add(provider);
    }
    refuseDoubles(providers.ofDirectory.stream().map(Providers::purpose));
    return providers;
  }

  /**
   * @param secrets the newest version of a secret
   * @param all every version of one that is in use
   */
  private Read read(
      String name,
      byte[] json,
      Function<String, BoundSecret> secrets,
      Function<String, List<BoundSecret>> all) {
    Policy policy = PolicyReader.read(name, json);
    if (policy.allowLoopback() && !access.sandbox()) {
      throw new PolicyException(
          "The forward policy " + name + " allows loopback, which only a sandbox may.");
    }
    Credentials credentials =
        Credentials.of(
            name,
            policy,
            policy.credential().secrets().stream().map(secrets).toList(),
            secretAccess);
    Policy.Notifications notifications = policy.notifications();
    List<BoundSecret> signing =
        notifications instanceof Policy.Notifications.Keyed keyed
            ? all.apply(keyed.secret())
            : List.of();
    for (BoundSecret secret : signing) {
      Credentials.requireSigns(name, policy, secret.use());
      if (!secret.use().account().equals(credentials.binding().account())) {
        throw new PolicyException(
            "The forward policy " + name + " has secrets of different accounts.");
      }
    }
    return new Read(policy, credentials, signing);
  }

  /** A policy that could be used, and nothing of which is kept. */
  private record Read(Policy policy, Credentials credentials, List<BoundSecret> signing) {}

  private Provider connected(Read read) {
    return new Provider(
        read.policy(),
        read.credentials(),
        client(read.policy()),
        mint(read.policy(), read.credentials()),
        certificates(read.policy()),
        read.signing());
  }

  private @Nullable TokenMint mint(Policy policy, Credentials credentials) {
    return switch (policy.credential()) {
      case Policy.Credential.Header _, Policy.Credential.Basic _, Policy.Credential.Body _ -> null;
      case Policy.Credential.OAuth oauth ->
          mints.computeIfAbsent(
              new MintKey(
                  policy.origin(),
                  ClientKey.of(policy),
                  credentials.binding(),
                  credentials.version(),
                  oauth),
              key ->
                  new TokenMint(
                      policy.provider() + " of " + credentials.binding().account(),
                      client(policy),
                      () -> credentials.tokenRequest(oauth),
                      stored.clock(),
                      secretAccess));
    };
  }

  private @Nullable SigningCertificates certificates(Policy policy) {
    return policy.notifications() instanceof Policy.Notifications.PayPal paypal
        ? signers.computeIfAbsent(
            new SignerKey(ClientKey.of(policy), paypal),
            key ->
                new SigningCertificates(key.how(), client(policy), new MessageSigners(access.ca())))
        : null;
  }

  private EgressClient client(Policy policy) {
    return clients.computeIfAbsent(
        ClientKey.of(policy),
        key ->
            new EgressClient(
                TlsContexts.pinnedClient(null, access.ca(), key.pins()),
                EgressOptions.to(key.loopback() ? AddressPolicy.LOOPBACK : AddressPolicy.PUBLIC),
                access.names()));
  }

  /** What no two policies may be for. */
  private record Purpose(String provider, boolean livemode, String account) {
    Purpose(Policy policy, Credentials credentials) {
      this(policy.provider(), policy.livemode(), credentials.binding().account());
    }
  }

  private static Purpose purpose(Provider provider) {
    return new Purpose(provider.policy(), provider.credentials());
  }

  private static void refuseDoubles(Stream<Purpose> purposes) {
    List<Purpose> all = purposes.toList();
    if (Set.copyOf(all).size() != all.size()) {
      throw new PolicyException(
          "Two forward policies are for the same provider, mode and account.");
    }
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new PolicyException("The policy directory " + directory + " cannot be read.");
    }
  }

  private static byte[] readBytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("The forward policy " + file + " cannot be read.", e);
    }
  }

  /**
   * Whether a policy of that name and content could be installed now.
   *
   * @throws PolicyException if not; one sentence
   */
  void check(String name, String content) {
    requireEntered(name, PolicyReader.read(name, content.getBytes(StandardCharsets.UTF_8)));
    Read proposed = installable(name, content);
    if (proposed.policy().notifications() instanceof Policy.Notifications.Keyed
        && !proposed.policy().registersSecret()
        && proposed.signing().isEmpty()) {
      throw new PolicyException("The secret of the notifications is not there, or not yet.");
    }
    List<Purpose> all = new ArrayList<>(ofDirectory.stream().map(Providers::purpose).toList());
    for (PolicyStore.Installed other : new PolicyStore(stored.database()).current()) {
      if (!other.name().equals(name)) {
        Read read = installable(other.name(), other.content());
        all.add(new Purpose(read.policy(), read.credentials()));
      }
    }
    all.add(new Purpose(proposed.policy(), proposed.credentials()));
    refuseDoubles(all.stream());
  }

  /** Names all that are missing at once: each is entered by itself. */
  private void requireEntered(String name, Policy policy) {
    List<PolicyException.Fault> missing =
        policy.credential().secrets().stream()
            .filter(this::isMissing)
            .map(secret -> missing("/credential", secret))
            .collect(Collectors.toCollection(ArrayList::new));
    if (policy.notifications() instanceof Policy.Notifications.Keyed keyed
        && !policy.registersSecret()
        && isMissing(keyed.secret())) {
      missing.add(missing("/notifications/secret", keyed.secret()));
    }
    if (missing.size() > 1) {
      throw new PolicyException(name, missing);
    }
  }

  private boolean isMissing(String secret) {
    return secret.startsWith(ENTERED) && stored.secrets().current(enteredName(secret)).isEmpty();
  }

  private static PolicyException.Fault missing(String where, String secret) {
    return new PolicyException.Fault(
        where, "the secret %s is not there, or not yet".formatted(secret));
  }

  private Read installable(String name, String content) {
    return read(name, content.getBytes(StandardCharsets.UTF_8), this::entered, this::allEntered);
  }

  private BoundSecret entered(String name) {
    return stored
        .secrets()
        .current(enteredName(name))
        .map(Providers::bound)
        .orElseThrow(
            () -> new PolicyException("The secret " + name + " is not there, or not yet."));
  }

  private List<BoundSecret> allEntered(String name) {
    return stored.secrets().active(enteredName(name)).stream().map(Providers::bound).toList();
  }

  private static String enteredName(String name) {
    if (!name.startsWith(ENTERED)) {
      throw new PolicyException(
          "An installed policy names a secret that was entered: secret://NAME.");
    }
    return name.substring(ENTERED.length());
  }

  private static BoundSecret bound(SecretStore.Opened opened) {
    return new BoundSecret(
        opened.value(),
        opened.secret().use(),
        opened.secret().name() + "/" + opened.secret().version());
  }

  boolean isInstalled(String name) {
    return new PolicyStore(stored.database())
        .current().stream().anyMatch(policy -> policy.name().equals(name));
  }

  /**
   * Reads what is installed if there is a change, or some time has passed. It never fails: what
   * cannot be read now stays as it was, and is tried again.
   */
  public synchronized void refresh() {
    try {
      Instant now = stored.clock().instant();
      long seen = EgressRevision.of(new Sql(stored.database()));
      if (seen == revision && now.isBefore(refreshed.plus(AT_LEAST_EVERY))) {
        return;
      }
      boolean changed = seen != revision;
      List<Provider> usable = new ArrayList<>();
      for (PolicyStore.Installed policy : new PolicyStore(stored.database()).current()) {
        read(policy, changed).ifPresent(usable::add);
      }
      installed = List.copyOf(usable);
      mints.values().retainAll(all().stream().map(Provider::mint).toList());
      signers.values().retainAll(all().stream().map(Provider::certificates).toList());
      closeUnused(now);
      revision = seen;
      refreshed = now;
    } catch (StoreFailure | SQLException e) {
      LOG.log(Level.WARNING, "the installed policies could not be read", e);
    } catch (KeyUnavailableException e) {
      LOG.log(Level.WARNING, "the installed policies wait: {0}", e.getMessage());
      installed = List.of();
      revision = -1;
    }
  }

  /** Not at once: calls that have begun with a client end first, each by its own deadline. */
  private void closeUnused(Instant now) {
    Set<EgressClient> used = all().stream().map(Provider::client).collect(Collectors.toSet());
    for (Map.Entry<ClientKey, EgressClient> entry : List.copyOf(clients.entrySet())) {
      if (used.contains(entry.getValue())) {
        unused.remove(entry.getKey());
      } else if (!now.isBefore(
          unused.computeIfAbsent(entry.getKey(), _ -> now).plus(LONGER_THAN_A_CALL))) {
        unused.remove(entry.getKey());
        clients.remove(entry.getKey());
        entry.getValue().close();
      }
    }
  }

  /** How many provider accounts connections are kept to. */
  public int clients() {
    return clients.size();
  }

  private Optional<Provider> read(PolicyStore.Installed policy, boolean changed)
      throws SQLException {
    try {
      requireConfirmed(policy);
      Provider provider = connected(installable(policy.name(), policy.content()));
      if (changed) {
        stored
            .audit()
            .append(
                "policy.loaded",
                policy.name() + "/" + policy.version(),
                "sha256:%s, with %s for %s"
                    .formatted(
                        Sha256.hex(policy.content()),
                        provider.credentials().version(),
                        provider.credentials().binding()));
      }
      return Optional.of(provider);
    } catch (PolicyException | TamperedException | KeysDestroyedException e) {
      LOG.log(
          Level.SEVERE,
          "nothing is sent by the policy {0}: {1}",
          new Object[] {policy.name(), e.getMessage()});
      return Optional.empty();
    }
  }

  private void requireConfirmed(PolicyStore.Installed policy) throws SQLException {
    if (!stored.confirmations().vouchFor(new Sql(stored.database()), policy.claim())) {
      throw new PolicyException(
          "It is not known that two people confirmed it; propose and confirm it anew.");
    }
  }

  /** Forgets every secret that was entered; {@link #refresh} reads them when it can again. */
  public synchronized void forget() {
    installed = List.of();
    mints.clear();
    revision = -1;
  }

  /** All that can be used now. */
  List<Provider> all() {
    return Stream.concat(ofDirectory.stream(), installed.stream()).toList();
  }

  /** The provider account of that name for that owner. */
  Optional<Provider> find(String account, Owner owner) {
    return all().stream()
        .filter(provider -> provider.policy().provider().equals(account))
        .filter(provider -> provider.credentials().isFor(owner))
        .findFirst();
  }

  /** Whether that provider account is there in that mode, for whomever. */
  boolean serves(String account, boolean livemode) {
    return all().stream()
        .filter(provider -> provider.policy().provider().equals(account))
        .anyMatch(provider -> provider.policy().livemode() == livemode);
  }

  /** Whether there is an operation of that name at that provider account, in whichever mode. */
  boolean knows(String account, String operation) {
    return all().stream()
        .filter(provider -> provider.policy().provider().equals(account))
        .anyMatch(provider -> provider.policy().operations().containsKey(operation));
  }

  @Override
  public void close() {
    clients.values().forEach(EgressClient::close);
  }
}
