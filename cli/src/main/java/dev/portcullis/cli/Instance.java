package dev.portcullis.cli;

import dev.portcullis.cli.audit.NotedHead;
import dev.portcullis.cli.audit.NotedKeys;
import dev.portcullis.cli.audit.ZoneTrail;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.DatabasePrograms;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.cli.postgres.PostgresProgram;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Commands;
import dev.portcullis.cli.process.JavaProgram;
import dev.portcullis.cli.process.Launch;
import dev.portcullis.cli.process.LogRotation;
import dev.portcullis.cli.process.PortCheck;
import dev.portcullis.cli.process.ProcessTable;
import dev.portcullis.cli.process.Program;
import dev.portcullis.cli.process.Supervisor;
import dev.portcullis.cli.setup.FirstAccount;
import dev.portcullis.cli.setup.Installation;
import dev.portcullis.cli.setup.InstalledJars;
import dev.portcullis.cli.setup.InstanceSetup;
import dev.portcullis.cli.setup.ZoneFiles;
import dev.portcullis.kit.Ids;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One instance being started, kept and stopped by this process. */
final class Instance {
  private final Home home;
  private final Ports ports;
  private final Consumer<String> say;
  private final Accounts accounts = Accounts.detect();
  private final ZoneFiles files;
  private final InstanceSetup setup;
  private final Installation wanted;
  private final @Nullable DatabaseServer outside;
  private final @Nullable String programs;
  private final Supervisor supervisor;
  private final LogRotation rotation;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, @Nullable Object> facts = new LinkedHashMap<>();
  private final Map<String, ProcessMark> processes = new LinkedHashMap<>();
  private Phase phase = Phase.STARTING;
  private volatile boolean stopping;

  /**
   * @param outside a PostgreSQL that somebody else runs; null for our own
   * @param programs the folder of our own one's programs; null for those that the home remembers
   * @param say takes one line for a person
   */
  Instance(
      Home home,
      Ports ports,
      boolean publicTls,
      @Nullable DatabaseServer outside,
      @Nullable String programs,
      InstantSource clock,
      Consumer<String> say) {
    this.home = home;
    this.ports = ports;
    this.say = say;
    this.outside = outside;
    this.programs = programs;
    this.files = new ZoneFiles(home, accounts);
    this.wanted = Installation.load(home, System.getenv());
    this.clock = clock;
    this.setup = new InstanceSetup(home, files, ports, publicTls, wanted, clock);
    this.supervisor = new Supervisor(say, this::record);
    this.rotation = new LogRotation(home, new Launch(home, accounts), clock, say);
    facts.put("home", home.root().toString());
    facts.put("port", ports.base());
  }

  /** Starts everything and returns when all of it is ready. */
  void start(Path checkout) {
    accounts.requireReachable(home.root(), "The home");
    accounts.requireReachable(Path.of(System.getProperty("java.home")), "The JDK");
    requireWhole();
    setup.requireKind();
    stopOrphans();
    PortCheck.requireFree(ports, outside == null);
    PortCheck.lent(ports).ifPresent(say);
    requireSameDatabase();
    accounts.ensure();
    files.folders();
    record("supervisor", ProcessMark.of(ProcessHandle.current()));

    say.accept("Starting Portcullis in " + home.root());
    CompletableFuture<Void> jars = CompletableFuture.runAsync(() -> installJars(checkout));
    DatabaseServer server = startDatabase();
    join(jars);
    requireVaultKeys(server);
    setup.offerSetup(zonesWithoutAdministrator(server));
    writeSettings(server);
    CompletableFuture<Void> early =
        CompletableFuture.runAsync(
            () -> supervisor.start(setup.live() ? List.of() : List.of(simulator())));
    say.accept("  laying the schemas");
    prepareDatabases(server);
    say.accept(
        setup.live()
            ? "  starting the vault and the gateway"
            : "  starting the vault, the simulator and the gateway");
    supervisor.start(List.of(vault(), gateway()));
    join(early);
    noteAuditKey();
    rotation.start();
    ready();
  }

  /**
   * What signs the vault's audit trail is noted on the first start, and the newest head on each,
   * out of the database's reach.
   */
  private void noteAuditKey() {
    NotedHead noted = new NotedHead(home);
    ZoneTrail trail = ZoneTrail.vault(home, ports);
    ZoneTrail.Head newest = trail.head();
    List<String> wrong =
        Stream.of(new NotedKeys(home).compare(newest.keys()), noted.compare(trail::has))
            .filter(line -> !line.isEmpty())
            .toList();
    wrong.forEach(line -> say.accept("  " + line));
    if (wrong.isEmpty()) {
      newest.signed().ifPresent(noted::note);
    }
  }

  private synchronized void ready() {
    if (stopping) {
      throw new Refusal("Stopped while starting.");
    }
    enter(Phase.READY);
  }

  /** Ends what a killed supervisor left behind, in the order that loses nothing. */
  private void stopOrphans() {
    ProcessTable table = new ProcessTable(home);
    for (Zone zone : List.of(Zone.GATEWAY, Zone.SIMULATOR, Zone.VAULT)) {
      for (ProcessHandle orphan : table.of(zone)) {
        say.accept("Stopping a " + zone.label() + " that outlived its supervisor");
        ProcessTable.stop(orphan, "TERM", Duration.ofSeconds(10));
      }
    }
    if (outside == null) {
      new PostgresProgram(home, accounts, ports.postgres()).stopLeftovers();
    }
  }

  /** A home's data lies in one place for good; starting it elsewhere would look like losing it. */
  private void requireSameDatabase() {
    String kept = HomeFiles.read(home.databaseNote()).map(String::strip).orElse(database());
    if (!kept.equals(database())) {
      throw new Refusal(
          "This home keeps its data in the database %s, not in %s; start it as before, or choose another --home."
              .formatted(kept, database()));
    }
  }

  private String database() {
    return DatabaseServer.note(outside);
  }

  /** What a restore left half-done looks like data, and payments would be taken on it. */
  private void requireWhole() {
    if (Files.exists(home.unfinishedRestore())) {
      throw new Refusal(
          "A restore into %s did not end well: remove that folder, and restore again."
              .formatted(home.root()));
    }
  }

  private void installJars(Path checkout) {
    InstalledJars installed = new InstalledJars(checkout, home);
    for (Zone zone : List.of(Zone.VAULT, Zone.SIMULATOR, Zone.GATEWAY)) {
      if (zone != Zone.SIMULATOR || !setup.live()) {
        installed.install(zone);
      }
    }
  }

  private DatabaseServer startDatabase() {
    if (outside != null) {
      say.accept("  using the database at " + outside.host() + ":" + outside.port());
      outside.requireUsable();
      return outside;
    }
    String password = setup.databaseSuperuserPassword();
    DatabasePrograms chosen = DatabasePrograms.of(home, programs);
    PostgresProgram postgres = new PostgresProgram(home, accounts, chosen, ports.postgres());
    boolean first = !Files.exists(home.databaseData());
    say.accept(
        (first ? "  making the database" : "  starting the database")
            + chosen.words()
            + (first ? " (the first start only)" : ""));
    postgres.prepare(password);
    supervisor.start(List.of(postgres));
    return DatabaseServer.embedded(ports.postgres(), password);
  }

  /** A vault's key is made once. A new one in its place would look well and open no card. */
  private void requireVaultKeys(DatabaseServer server) {
    List<Path> missing = setup.missingVaultKeys();
    boolean ours = server.embedded() || setup.knowsDatabase(Zone.VAULT);
    if (!missing.isEmpty() && ours && new Databases(server, home).holdsDataKeys()) {
      String files = missing.stream().map(Path::toString).collect(Collectors.joining(" and "));
      throw new Refusal(
          "The vault's database holds cards, and what they were stored under is gone: restore "
              + files
              + " from your backup.");
    }
  }

  /**
   * Zones that nobody administers, yet or any more; asked before the settings, which name the
   * code's file.
   */
  private List<Zone> zonesWithoutAdministrator(DatabaseServer server) {
    Databases databases = new Databases(server, home);
    return Stream.of(Zone.VAULT, Zone.GATEWAY)
        .filter(
            zone ->
                !(server.embedded() || setup.knowsDatabase(zone))
                    || !databases.holdsAdministrator(zone))
        .toList();
  }

  private void prepareDatabases(DatabaseServer server) {
    Databases databases = new Databases(server, home);
    // Only now: a mistyped address that was refused is not what the home keeps to.
    HomeFiles.writePrivate(home.databaseNote(), database() + "\n");
    ports.keep(home);
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      // Our own server has no roles but this home's.
      if (!server.embedded() && !setup.knowsDatabase(zone)) {
        databases.requireUnused(zone);
      }
      databases.create(zone, setup.databasePassword(zone));
    }
    CompletableFuture<Void> vault = CompletableFuture.runAsync(() -> databases.lay(Zone.VAULT));
    databases.lay(Zone.GATEWAY);
    join(vault);
    if (setup.live()) {
      facts.put("account", new FirstAccount(databases, new Ids(clock, random), clock).ensure());
    }
  }

  private void writeSettings(DatabaseServer server) {
    Optional<InstanceSetup.Sandbox> sandbox = setup.write(server);
    facts.put("tls", setup.servesTls());
    facts.put("api", setup.apiUrl());
    facts.put("cards", setup.cardsUrl());
    sandbox.ifPresent(
        made -> {
          facts.put("account", made.keys().account());
          facts.put("secret_key", made.keys().secret().text());
          facts.put("publishable_key", made.keys().publishable().text());
          facts.put("simulator", "http://127.0.0.1:" + ports.shopper());
          facts.put("control_key", made.controlKey());
        });
    facts.put("ca", home.authority().resolve("ca.pem").toString());
    Map<String, @Nullable Object> databases = new LinkedHashMap<>();
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      databases.put(zone.label(), server.url(Databases.database(zone), null));
    }
    databases.put("administrator", server.administrator());
    if (server.embedded()) {
      databases.put(
          "administrator_password_file", home.operator().resolve("postgres-password").toString());
    }
    facts.put("databases", databases);
    save();
  }

  private Program vault() {
    return java(Zone.VAULT, ports.vaultManagement(), JvmOptions.vault());
  }

  private Program gateway() {
    return java(Zone.GATEWAY, ports.gatewayManagement(), JvmOptions.gateway());
  }

  private Program simulator() {
    return java(Zone.SIMULATOR, ports.simulatorManagement(), JvmOptions.simulator());
  }

  private Program java(Zone zone, int managementPort, List<String> options) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new JavaProgram(
        new Launch(home, accounts),
        home,
        new JavaProgram.Jvm(zone, java, managementPort, options, wanted.variables(zone)));
  }

  /** Drains and stops everything; safe to call at any time and more than once. */
  void stop() {
    stopping = true;
    try {
      enter(Phase.STOPPING);
    } catch (Refusal e) {
      // A full disk keeps nobody from stopping.
      say.accept(e.getMessage());
    }
    rotation.close();
    Commands.endAll();
    supervisor.stop();
    // What the start had begun between the two.
    Commands.endAll();
  }

  /** True once a stop was asked for. */
  boolean isStopping() {
    return stopping;
  }

  void awaitStopped() {
    supervisor.awaitStopped();
  }

  synchronized InstanceState state() {
    return new InstanceState(phase, facts, new LinkedHashMap<>(processes));
  }

  private void record(Zone zone, ProcessMark mark) {
    record(zone.label(), mark);
  }

  private synchronized void record(String name, ProcessMark mark) {
    processes.put(name, mark);
    save();
  }

  private synchronized void enter(Phase next) {
    phase = next;
    save();
  }

  private synchronized void save() {
    state().save(home);
  }

  private static void join(CompletableFuture<Void> work) {
    try {
      work.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw e;
    }
  }
}
