package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.DatabasePrograms;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.cli.postgres.PostgresProgram;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.PortCheck;
import dev.portcullis.cli.process.Supervisor;
import dev.portcullis.cli.setup.Installation;
import dev.portcullis.cli.setup.InstalledJars;
import dev.portcullis.cli.setup.InstanceSetup;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new home of a backup and of the key files that were kept apart from it. Nothing begins
 * before the whole backup was read and every key was found to be the right one; what did not end
 * well is never started.
 */
public final class Restoration {
  private static final List<Zone> ZONES = List.of(Zone.VAULT, Zone.GATEWAY);

  private final Home home;
  private final Ports ports;
  private final @Nullable DatabaseServer outside;
  private final @Nullable String programs;
  private final InstantSource clock;
  private final Consumer<String> say;
  private final Accounts accounts = Accounts.detect();
  private final ZoneFiles files;
  private final InstanceSetup setup;

  /**
   * @param outside a PostgreSQL that somebody else runs; null for our own
   * @param programs the folder of our own one's programs; null for those that the home remembers
   * @param say takes one line for a person
   */
  public Restoration(
      Home home,
      Ports ports,
      @Nullable DatabaseServer outside,
      @Nullable String programs,
      InstantSource clock,
      Consumer<String> say) {
    this.home = home;
    this.ports = ports;
    this.outside = outside;
    this.programs = programs;
    this.clock = clock;
    this.say = say;
    this.files = new ZoneFiles(home, accounts);
    this.setup =
        new InstanceSetup(home, files, ports, false, Installation.load(home, Map.of()), clock);
  }

  /**
   * Reads the whole backup and holds the key files against it; writes nothing.
   *
   * @param home where it shall go, which need not be there yet
   * @param keys a copy of the old home's key files, laid out as in a home; null when they are in
   *     the new home already
   * @param say takes one line for a person
   * @return what can be restored
   */
  public static Preamble examine(
      Home home, Path backup, RecoveryHalf key, @Nullable Path keys, Consumer<String> say) {
    requireNew(home);
    say.accept("Reading " + backup);
    Preamble preamble = Backups.verify(backup, key, say);
    KeyFiles.require(keys == null ? home.root() : keys, preamble.keys());
    return preamble;
  }

  /**
   * Restores what was examined.
   *
   * @param keys as it was examined
   * @param checkout where the built jars are
   */
  public void restore(
      Preamble preamble, Path backup, RecoveryHalf key, @Nullable Path keys, Path checkout) {
    // Another restore may have come between.
    requireNew(home);
    accounts.requireReachable(home.root(), "The home");
    accounts.ensure();
    files.folders();
    if (keys != null) {
      copyKeys(keys);
    }
    KeyFiles.require(home.root(), preamble.keys());
    if (outside == null && !PortCheck.isFree(ports.postgres())) {
      throw new Refusal(PortCheck.describe(ports.postgres(), "PostgreSQL"));
    }
    if (outside == null) {
      // A mistyped folder leaves nothing that would have to be removed.
      postgres().preparePrograms();
    }
    HomeFiles.writePrivate(home.unfinishedRestore(), preamble.id() + "\n");
    ZONES.forEach(new InstalledJars(checkout, home)::install);
    Supervisor supervisor = new Supervisor(say, (zone, mark) -> {});
    try {
      DatabaseServer server = start(supervisor);
      fill(server, backup, key, preamble);
    } finally {
      supervisor.stop();
    }
    HomeFiles.writePrivate(home.databaseNote(), DatabaseServer.note(outside) + "\n");
    ports.keep(home);
    if (!KeyFiles.isSandbox(preamble.keys().keySet())) {
      // Without its settings, which no backup holds, up would make a sandbox of it.
      HomeFiles.writePrivate(home.liveNote(), "");
    }
    finish();
  }

  private static void requireNew(Home home) {
    if (Files.exists(home.databaseData()) || Files.exists(home.databaseNote())) {
      throw new Refusal(
          home.root() + " holds data already: restore into a new home, nothing was changed.");
    }
  }

  private void finish() {
    try {
      Files.delete(home.unfinishedRestore());
      HomeFiles.syncFolder(home.unfinishedRestore());
    } catch (IOException e) {
      throw HomeFiles.failure("finish the restore", e);
    }
  }

  private void copyKeys(Path from) {
    if (!Files.isDirectory(from)) {
      throw new Refusal(from + " is no folder with key files.");
    }
    for (String name : KeyFiles.in(from)) {
      String content = HomeFiles.read(from.resolve(name)).orElseThrow();
      Path to = home.root().resolve(name);
      Optional<String> there = HomeFiles.read(to);
      if (there.isPresent() && !there.get().equals(content)) {
        throw new Refusal(to + " is there already, and is another key than in " + from + ".");
      }
      Optional<Zone> zone =
          ZONES.stream().filter(each -> name.startsWith(each.label() + "/")).findFirst();
      if (zone.isPresent()) {
        files.secret(zone.get(), to, content);
      } else {
        HomeFiles.write(to, content.getBytes(StandardCharsets.UTF_8), "rw-------", null, null);
      }
    }
  }

  private DatabaseServer start(Supervisor supervisor) {
    if (outside != null) {
      outside.requireUsable();
      return outside;
    }
    say.accept("Making the database");
    String password = setup.databaseSuperuserPassword();
    PostgresProgram postgres = postgres();
    postgres.prepare(password);
    supervisor.start(List.of(postgres));
    return DatabaseServer.embedded(ports.postgres(), password);
  }

  private PostgresProgram postgres() {
    return new PostgresProgram(
        home, accounts, DatabasePrograms.of(home, programs), ports.postgres());
  }

  private void fill(DatabaseServer server, Path backup, RecoveryHalf key, Preamble preamble) {
    Databases databases = new Databases(server, home);
    for (Zone zone : ZONES) {
      if (!server.embedded()) {
        databases.requireUnused(zone);
      }
      databases.create(zone, setup.databasePassword(zone));
      databases.layTo(zone, preamble.version(zone));
    }
    say.accept("Restoring");
    try (BackupReader reader = BackupReader.openVerified(backup, key, preamble)) {
      for (Zone zone : Dump.ORDER) {
        load(zone, databases, reader);
      }
      if (reader.next().isPresent()) {
        throw new IOException("the backup holds more than two databases");
      }
    } catch (IOException e) {
      throw BackupReader.damaged(backup, e);
    } catch (SQLException e) {
      throw failure(e);
    }
    say.accept("Bringing the schemas to this version");
    ZONES.forEach(databases::lay);
    try {
      new Revived(databases).end(clock.instant());
      nameWhatCameBack(databases);
    } catch (SQLException e) {
      throw failure(e);
    }
    new Recovery(databases).begin(preamble, clock.instant());
  }

  private void nameWhatCameBack(Databases databases) throws SQLException {
    HomeFiles.writePrivate(home.cameBack(), "");
    try (Writer to = Files.newBufferedWriter(home.cameBack())) {
      CameBack.write(databases, to);
    } catch (IOException e) {
      throw HomeFiles.failure("write " + home.cameBack(), e);
    }
  }

  /** Each database's tables, and its sequences last. */
  private void load(Zone zone, Databases databases, BackupReader reader)
      throws SQLException, IOException {
    try (Load load = new Load(zone, databases.connectAsOwner(zone))) {
      load.requireHistory(reader.preamble().histories().getOrDefault(zone, List.of()));
      while (true) {
        BackupReader.Part part =
            reader.next().orElseThrow(() -> new IOException("a database is missing"));
        switch (part) {
          case BackupReader.Part.Table(var of, var table, var data) -> {
            requireSame(of, zone);
            say.accept(Progress.line(zone, table, load.table(table, data)));
          }
          case BackupReader.Part.Sequences(var of, var all) -> {
            requireSame(of, zone);
            load.sequences(all);
            load.finish(say);
            return;
          }
        }
      }
    }
  }

  private static void requireSame(Zone found, Zone expected) throws IOException {
    if (found != expected) {
      throw new IOException("the databases are mixed up");
    }
  }

  private static Refusal failure(SQLException e) {
    return new Refusal(
        "The database did not take the backup: %s."
            .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
        e);
  }
}
