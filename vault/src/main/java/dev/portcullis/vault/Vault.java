package dev.portcullis.vault;

import dev.portcullis.kit.Ids;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditReport;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.audit.HeadKeys;
import dev.portcullis.vault.audit.HeadSigner;
import dev.portcullis.vault.card.CardMatches;
import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.CardTransfer;
import dev.portcullis.vault.card.Cards;
import dev.portcullis.vault.card.Retention;
import dev.portcullis.vault.crypto.CvcSafe;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Evidence;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.custody.Custody;
import dev.portcullis.vault.custody.CustodyRoutes;
import dev.portcullis.vault.forward.Forwarder;
import dev.portcullis.vault.forward.Providers;
import dev.portcullis.vault.http.Metrics;
import dev.portcullis.vault.http.Servers;
import dev.portcullis.vault.keys.Authenticator;
import dev.portcullis.vault.people.VaultPeople;
import dev.portcullis.vault.people.VaultTotpSeal;
import dev.portcullis.vault.portability.Portability;
import dev.portcullis.vault.rotation.Rotation;
import dev.portcullis.vault.rotation.RotationRoutes;
import dev.portcullis.vault.shredding.Shredder;
import dev.portcullis.vault.shredding.ShreddingChange;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.admin.PeopleRoutes;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import dev.portcullis.wire.tls.CertificateWatch;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** The vault, wired together and running. */
final class Vault implements AutoCloseable {

  static final Duration DRAIN = Duration.ofSeconds(15);
  private static final int HELD_CVCS = 50_000;

  private final Servers servers;
  private final People people;
  private final List<Runnable> ends;
  private final Listeners.Ports ports;

  /**
   * @param ends what lets go of everything else, in this order
   */
  private Vault(Servers servers, People people, List<Runnable> ends, Listeners.Ports ports) {
    this.servers = servers;
    this.people = people;
    this.ends = ends;
    this.ports = ports;
  }

  /**
   * Starts everything; when it returns, requests are answered.
   *
   * @throws SQLException if the database cannot be reached, or its tables are not those of this
   *     version
   * @throws dev.portcullis.vault.crypto.WrongMasterKeyException if the master key is not the one
   *     that wrapped what is stored
   */
  static Vault start(VaultConfig config, InstantSource clock, SecretAccess access)
      throws SQLException {
    MasterKeys masterKeys = config.keys().master().all();
    Pools pools = Pools.open(config.database(), access);
    try {
      DataSource database = pools.payments();
      Schema.check(database);
      SecureRandom random = new SecureRandom();
      Ids ids = new Ids(clock, random);
      CvcSafe cvcs = new CvcSafe(clock, random, HELD_CVCS);
      CardStore store = new CardStore(database);
      DataKeys dataKeys = new DataKeys(database, masterKeys, clock, random);
      dataKeys.requireMasterKey();
      FingerprintKeys fingerprints = new FingerprintKeys(database, dataKeys, random, clock);
      Rotation rotation =
          new Rotation(
              pools.rotation(),
              dataKeys,
              fingerprints,
              ids,
              clock,
              config.keys().times(),
              LockSupport::parkNanos);
      Shredder shredder =
          new Shredder(pools.transfers(), dataKeys, new AuditTrail(database, clock), clock);
      Cards cards =
          new Cards(dataKeys, fingerprints, new CardMatches(database, random), cvcs, ids, clock);
      Optional<Portability> portability =
          portability(
              config,
              pools.transfers(),
              dataKeys,
              cards.with(new CardMatches(pools.transfers(), random)),
              ids,
              clock);
      Outbound outbound =
          Outbound.open(
              config,
              database,
              dataKeys,
              ids,
              clock,
              access,
              Stream.concat(
                      Stream.of(new ShreddingChange(shredder, config.kept().backups(), clock)),
                      portability.stream().flatMap(bulk -> bulk.changes().stream()))
                  .toList());
      Custody custody =
          new Custody(
              config.keys().master().sealed(),
              database,
              new Opened(dataKeys, fingerprints, cvcs, outbound.providers()),
              access,
              config.admin().settling(),
              clock);
      Forwarder forwarder = new Forwarder(outbound.providers(), cards, store, cvcs, clock);
      Authenticator authenticator =
          new Authenticator(
              pools.intake(), new ApiKeyHasher(config.keys().apiKeyHash(), access), clock);
      Metrics metrics = new Metrics();
      metrics.gauge("portcullis_vault_cvcs_held", cvcs::size);
      metrics.gauge("portcullis_vault_data_keys_in_memory", dataKeys::inMemory);
      metrics.gauge("portcullis_vault_provider_clients", outbound.providers()::clients);
      metrics.gauge("portcullis_vault_sealed", () -> custody.isSealed() ? 1 : 0);
      metrics.gauge(
          "portcullis_vault_master_key_unavailable",
          () -> masterKeys.trouble().isPresent() ? 1 : 0);
      metrics.gauge("portcullis_vault_forwards_in_flight", forwarder::inFlight);
      HeadKeys headKeys = new HeadKeys(database, dataKeys, clock);
      HeadSigner signer =
          new HeadSigner(
              database, headKeys, config.kept().heads(), config.kept().newestHead(), clock);
      AuditReport audit = new AuditReport(database, headKeys, signer);
      metrics.gauge("portcullis_vault_audit_broken", () -> signer.fault().isPresent() ? 1 : 0);
      metrics.gauge("portcullis_vault_audit_unsigned_seconds", signer::unsignedSeconds);
      Optional<CardsTls> tls = CardsTls.open(config.cards(), clock, metrics);
      Servers servers = new Servers(metrics, ids, clock, DRAIN);
      People people = people(config, database, dataKeys, access, clock);
      Listeners.Parts parts =
          new Listeners.Parts(
              cards, store, authenticator, forwarder, custody, outbound, audit, clock);
      Listeners.Ports ports =
          new Listeners(config, servers, metrics, pools, parts)
              .start(
                  tls.map(CardsTls::listener).orElse(null),
                  new AdminApi(
                      Stream.of(
                              new PeopleRoutes(people).routes(),
                              new CustodyRoutes(custody, people).routes(),
                              outbound.routes(),
                              portability
                                  .map(bulk -> bulk.routes(outbound.changes()))
                                  .orElseGet(List::of),
                              new RotationRoutes(rotation).routes(),
                              audit.routes())
                          .flatMap(List::stream)
                          .toList(),
                      people.signIn(),
                      clock));
      ScheduledExecutorService housekeeping =
          housekeeping(
              new Kept(cvcs, dataKeys, fingerprints, custody, masterKeys, shredder),
              purge(config, database, store, metrics, clock),
              people);
      refresh(housekeeping, outbound.providers());
      signer.run();
      sign(housekeeping, signer);
      List<Background> background =
          Stream.concat(
                  Stream.of(Background.start("rotation", rotation, rotation::stop)),
                  portability.map(bulk -> Background.start("transfers", bulk, bulk::stop)).stream())
              .toList();
      tls.ifPresent(cardsTls -> look(housekeeping, cardsTls.watch()));
      return new Vault(
          servers,
          people,
          List.of(
              housekeeping::shutdownNow,
              signer::finish,
              () -> background.forEach(Background::close),
              outbound.providers()::close,
              masterKeys::close,
              pools::close),
          ports);
    } catch (SQLException | RuntimeException e) {
      masterKeys.close();
      pools.close();
      throw e;
    }
  }

  private static Optional<Portability> portability(
      VaultConfig config,
      DataSource database,
      DataKeys dataKeys,
      Cards cards,
      Ids ids,
      InstantSource clock) {
    return config
        .transfers()
        .map(
            settings ->
                new Portability(
                    database,
                    dataKeys,
                    new CardTransfer(cards, config.cards().bins()),
                    ids,
                    clock,
                    settings,
                    LockSupport::parkNanos));
  }

  private static Purge purge(
      VaultConfig config,
      DataSource database,
      CardStore store,
      Metrics metrics,
      InstantSource clock) {
    Retention retention = new Retention(database, new AuditTrail(database, clock));
    CardMatches matches = new CardMatches(database, new SecureRandom());
    return new Purge(store, matches, retention, config.kept().cards(), metrics, clock);
  }

  /** What is in memory for a time and no longer. */
  private record Kept(
      CvcSafe cvcs,
      DataKeys dataKeys,
      FingerprintKeys fingerprints,
      Custody custody,
      MasterKeys masterKeys,
      Shredder shredder) {
    List<Runnable> sweeps() {
      return List.of(
          cvcs::sweep,
          dataKeys::sweep,
          fingerprints::sweep,
          custody::sweep,
          masterKeys::tend,
          shredder::look);
    }
  }

  /** What is in memory only as long as the master key is open. */
  private record Opened(
      DataKeys dataKeys, FingerprintKeys fingerprints, CvcSafe cvcs, Providers providers)
      implements Custody.Guarded {
    @Override
    public void check() throws SQLException {
      dataKeys.requireMasterKey();
    }

    @Override
    public Evidence evidence(MasterKey key) throws SQLException {
      return dataKeys.evidence(key);
    }

    @Override
    public void forget() {
      dataKeys.forget();
      fingerprints.forget();
      providers.forget();
      cvcs.clear();
    }
  }

  private static People people(
      VaultConfig config,
      DataSource database,
      DataKeys dataKeys,
      SecretAccess access,
      InstantSource clock) {
    People people =
        new People(
            new VaultPeople(database, clock),
            "Portcullis vault",
            new VaultTotpSeal(dataKeys),
            access,
            new SecureRandom(),
            clock);
    Path setupCode = config.admin().setupCode();
    if (setupCode != null) {
      SetupCode code = SetupCode.read(setupCode);
      people.offerSetup(code.codeHash(), code.expires());
    }
    return people;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the tasks see to their own failures
  private static ScheduledExecutorService housekeeping(Kept kept, Purge purge, People people) {
    // Two: a purge that has much to do must not keep the codes of cards beyond their time.
    ScheduledExecutorService timer =
        Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("housekeeping-", 0).factory());
    for (Runnable sweep : kept.sweeps()) {
      timer.scheduleWithFixedDelay(sweep, 5, 5, TimeUnit.SECONDS);
    }
    timer.scheduleWithFixedDelay(purge, 60, 60, TimeUnit.SECONDS);
    timer.scheduleWithFixedDelay(people.signIn()::recordFailures, 60, 60, TimeUnit.SECONDS);
    return timer;
  }

  /** A change at another vault on this database is seen within seconds. */
  @SuppressWarnings("FutureReturnValueIgnored") // it sees to its own failures
  private static void refresh(ScheduledExecutorService timer, Providers providers) {
    timer.scheduleWithFixedDelay(providers::refresh, 2, 2, TimeUnit.SECONDS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it sees to its own failures
  private static void sign(ScheduledExecutorService timer, HeadSigner signer) {
    timer.scheduleWithFixedDelay(signer, 5, 5, TimeUnit.SECONDS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it sees to its own failures
  private static void look(ScheduledExecutorService timer, CertificateWatch watch) {
    long pause = CertificateWatch.PAUSE.toMillis();
    timer.scheduleWithFixedDelay(watch, pause, pause, TimeUnit.MILLISECONDS);
  }

  Listeners.Ports ports() {
    return ports;
  }

  /** Takes no more requests, lets those under way finish, and lets go of everything. */
  @Override
  public void close() {
    servers.stop();
    people.signIn().recordLastFailures();
    ends.forEach(Runnable::run);
  }
}
