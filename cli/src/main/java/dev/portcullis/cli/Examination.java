package dev.portcullis.cli;

import dev.portcullis.cli.backup.BackupHistory;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.DatabasePrograms;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.HealthProbe.Health;
import dev.portcullis.cli.process.PortCheck;
import dev.portcullis.cli.setup.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Everything that {@code doctor} looks at; it changes nothing. */
final class Examination {
  private static final long LITTLE_SPACE = 1L << 30;
  private static final Duration SOON = Duration.ofDays(14);
  static final Duration OLD_BACKUP = Duration.ofDays(2);
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
  private static final List<String> DURABLE =
      List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums");

  private final Home home;
  private final Ports wanted;
  private final Clock clock;
  private final InstanceReport report;
  private final List<Finding> findings = new ArrayList<>();

  Examination(Home home, Ports wanted, Clock clock) {
    this.home = home;
    this.wanted = wanted;
    this.clock = clock;
    this.report = InstanceReport.of(home);
  }

  List<Finding> findings() {
    well("The JDK is " + Runtime.version() + ".");
    if (!Files.isDirectory(home.root())) {
      ports();
      well("There is no home at " + home.root() + " yet; " + home.command("up") + " makes it.");
      return findings;
    }
    disk();
    processes();
    permissions();
    accounts();
    certificates();
    backups();
    restored();
    database();
    return findings;
  }

  private void disk() {
    try {
      long free = Files.getFileStore(home.root()).getUsableSpace();
      check(
          free >= LITTLE_SPACE,
          "The home's disk has " + (free >> 20) + " MB left",
          "free some space");
    } catch (IOException e) {
      wrong("The home's disk cannot be looked at: " + Reasons.of(e) + ".");
    }
  }

  private void processes() {
    if (!report.running()) {
      if (report.alive().isEmpty()) {
        well("Nothing runs in " + home.root() + ".");
        ports();
      } else {
        wrong(
            "These run without a supervisor: "
                + String.join(", ", report.alive().keySet())
                + "; "
                + home.command("up")
                + " adopts the home again, "
                + home.command("stop")
                + " ends them.");
      }
      return;
    }
    report
        .health()
        .forEach(
            (name, health) ->
                check(health.equals("up"), "The " + name + " is " + health, remedy(name, health)));
  }

  private String remedy(String name, String health) {
    return health.equals(Health.SEALED.label())
        ? "each custodian: " + home.command("vault unseal")
        : "its log is " + log(name);
  }

  private Path log(String name) {
    return Stream.of(Zone.values())
        .filter(zone -> zone.label().equals(name))
        .map(home::log)
        .findFirst()
        .orElse(home.supervisorLog());
  }

  private void ports() {
    wanted
        .named()
        .forEach(
            (port, purpose) -> {
              if (!PortCheck.isFree(port)) {
                wrong(PortCheck.describe(port, purpose));
              }
            });
  }

  /** No file of a secret may be readable by anybody but its owner. */
  private void permissions() {
    List<Path> closed = new ArrayList<>(List.of(home.authority(), home.operator(), home.run()));
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY, Zone.SIMULATOR)) {
      files(home.zone(zone).resolve("secrets")).forEach(closed::add);
      files(home.zone(zone).resolve("tls"))
          .filter(f -> f.toString().endsWith(".key"))
          .forEach(closed::add);
    }
    int before = findings.size();
    closed.stream().filter(Files::exists).forEach(this::closed);
    if (findings.size() == before) {
      well("Secrets and keys are readable by their owners alone.");
    }
  }

  private void closed(Path path) {
    try {
      Set<PosixFilePermission> mode =
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      if (mode.stream().anyMatch(p -> !p.name().startsWith("OWNER_"))) {
        wrong(
            "%s is open to others (%s); chmod go-rwx %s."
                .formatted(path, PosixFilePermissions.toString(mode), path));
      }
    } catch (IOException e) {
      wrong(path + " cannot be looked at: " + Reasons.of(e) + ".");
    }
  }

  private Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      return files.toList().stream();
    } catch (IOException e) {
      wrong(folder + " cannot be listed: " + Reasons.of(e) + "; run doctor as who runs up.");
      return Stream.empty();
    }
  }

  private void accounts() {
    if (!Accounts.detect().separate()) {
      well("All zones run as this user; started as root, each gets an account of its own.");
      return;
    }
    for (Zone zone : Zone.values()) {
      check(
          Accounts.exists(zone.account()),
          "The account "
              + zone.account()
              + " is "
              + (Accounts.exists(zone.account()) ? "there" : "missing"),
          home.command("up") + " makes it");
    }
  }

  private void certificates() {
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY, Zone.SIMULATOR)) {
      files(home.zone(zone).resolve("tls"))
          .filter(file -> file.toString().endsWith(".key"))
          .forEach(this::certificate);
    }
  }

  private void certificate(Path key) {
    Path file = Path.of(key.toString().replaceAll("\\.key$", ".pem"));
    Optional<Identity> identity = Certificates.load(file, key);
    if (identity.isEmpty()) {
      wrong(file + " does not fit its key; " + home.command("up") + " makes both anew.");
      return;
    }
    Instant end = identity.get().certificate().getNotAfter().toInstant();
    check(
        identity.get().lastsBeyond(clock.instant(), SOON),
        "The certificate " + home.root().relativize(file) + " is valid until " + end,
        "stop and start once: up renews it");
  }

  /** A home that makes backups is expected to go on with it. */
  private void backups() {
    Optional<BackupHistory.Made> last = BackupHistory.last(home);
    if (last.isEmpty()) {
      well(
          "No backup of this home was made yet; "
              + home.command("backup --to FOLDER")
              + " makes one.");
      return;
    }
    check(
        Duration.between(last.get().at(), clock.instant()).compareTo(OLD_BACKUP) <= 0,
        "The last backup is of " + last.get().at() + " (" + last.get().file() + ")",
        "make one every day: " + home.command("backup --to FOLDER --keep N"));
  }

  /** Until a person has let payments go on, what came back is to be looked at. */
  private void restored() {
    if (Standing.of(home, report, clock.instant()).paused().isPresent()) {
      wrong(
          "Payments are paused since a restore: take away again what was taken away since its"
              + " backup ("
              + home.cameBack()
              + " lists what works), then "
              + home.command("reconcile")
              + " and "
              + home.command("resume")
              + ".");
    }
  }

  private void database() {
    if (!report.running()) {
      return;
    }
    Optional<String> password =
        HomeFiles.read(home.operator().resolve("postgres-password")).map(String::strip);
    if (password.isEmpty()) {
      well("The database is run by somebody else; its durability is theirs to state.");
      return;
    }
    Ports ports = report.state().orElseThrow().ports();
    DatabaseServer server = DatabaseServer.embedded(ports.postgres(), password.get());
    try (Connection connection = server.connect(server.maintenanceDatabase());
        Statement statement = connection.createStatement()) {
      for (String setting : DURABLE) {
        durable(connection, setting);
      }
      clocks(statement);
      version(connection);
    } catch (SQLException | Refusal e) {
      wrong(
          "The database does not answer: "
              + e.getMessage()
              + "; its log is "
              + home.log(Zone.POSTGRES)
              + ".");
    }
  }

  private void durable(Connection connection, String setting) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT current_setting(?)")) {
      query.setString(1, setting);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        check(
            row.getString(1).equals("on"),
            "The database's " + setting + " is " + row.getString(1),
            "it must be on: restart, and remove it from postgresql.auto.conf");
      }
    }
  }

  private void version(Connection connection) throws SQLException {
    well(
        "The database is PostgreSQL %s%s."
            .formatted(
                connection.getMetaData().getDatabaseProductVersion(),
                DatabasePrograms.of(home, null).words()));
  }

  private void clocks(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT extract(epoch FROM clock_timestamp())")) {
      row.next();
      Duration apart =
          Duration.between(
                  clock.instant(),
                  Instant.ofEpochMilli(row.getBigDecimal(1).movePointRight(3).longValue()))
              .abs();
      check(
          apart.compareTo(CLOCK_TOLERANCE) <= 0,
          "The database's clock and this one are " + apart.toMillis() + " ms apart",
          "synchronize them, for example with chrony");
    }
  }

  private void check(boolean well, String fact, String remedy) {
    if (well) {
      well(fact + ".");
    } else {
      wrong(fact + "; " + remedy + ".");
    }
  }

  private void well(String sentence) {
    findings.add(Finding.well(sentence));
  }

  private void wrong(String sentence) {
    findings.add(Finding.wrong(sentence));
  }
}
