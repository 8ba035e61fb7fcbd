package dev.portcullis.cli.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The folder of one instance.
 *
 * <p>Its folders belong to the operator, so that a zone that was taken over can neither change its
 * own settings nor plant a link where the operator will write. A zone reads its folder through its
 * group and owns nothing but its secrets' contents, its log, its temporary files and its data.
 *
 * @param root absolute and normalized
 */
public record Home(Path root) {

  /** What no shell reads anything into. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@+-]+");

  public Home {
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException("the home must be an absolute path");
    }
  }

  /** Where an instance lives when nobody says otherwise. */
  public static Home standard(boolean superuser, Path userHome) {
    return new Home(superuser ? Path.of("/var/lib/portcullis") : userHome.resolve(".portcullis"));
  }

  /** The home at a path; links in it are followed, since the process table knows real paths. */
  public static Home at(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return new Home(Files.exists(absolute) ? absolute.toRealPath() : absolute);
    } catch (IOException e) {
      throw HomeFiles.failure("open " + absolute, e);
    }
  }

  public Path zone(Zone zone) {
    return root.resolve(zone.label());
  }

  public Path secret(Zone zone, String name) {
    return zone(zone).resolve("secrets").resolve(name);
  }

  public Path tls(Zone zone, String name) {
    return zone(zone).resolve("tls").resolve(name);
  }

  public Path temporary(Zone zone) {
    return zone(zone).resolve("tmp");
  }

  public Path log(Zone zone) {
    return zone(zone).resolve("log").resolve(zone.label() + ".log");
  }

  public Path properties(Zone zone) {
    return zone(zone).resolve(zone.label() + ".properties");
  }

  /** The jars that a zone runs from. */
  public Path jars(Zone zone) {
    return root.resolve("lib").resolve(zone.label());
  }

  public Path authority() {
    return root.resolve("ca");
  }

  /** What only the operator may read and no zone needs: the sandbox keys, the server's password. */
  public Path operator() {
    return root.resolve("operator");
  }

  /** The half of the backup key that makes backups. */
  public Path backupKey() {
    return operator().resolve("backup-key.json");
  }

  /** Which backups were made last, as JSON; for whoever looks how old the newest one is. */
  public Path backupHistory() {
    return operator().resolve("backups.json");
  }

  /** It is there in a home for live payments, which never becomes a sandbox by itself. */
  public Path liveNote() {
    return operator().resolve("live");
  }

  /** What a restore brought back, for people to compare with what they know. */
  public Path cameBack() {
    return operator().resolve("restored.txt");
  }

  /** It is there while a restore is under way, and stays when that did not end well. */
  public Path unfinishedRestore() {
    return operator().resolve("restore-unfinished");
  }

  /** Which database the home's data lies in; there once there is data. */
  public Path databaseNote() {
    return operator().resolve("database");
  }

  /** The folder of the machine's own PostgreSQL programs; there once such were named. */
  public Path databaseProgramsNote() {
    return operator().resolve("database-programs");
  }

  /** The base of its ports, as it was last started. */
  public Path portNote() {
    return operator().resolve("port");
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path state() {
    return run().resolve("state.json");
  }

  public Path lock() {
    return run().resolve("lock");
  }

  /** What {@code up --detach} said while it started. */
  public Path supervisorLog() {
    return run().resolve("up.log");
  }

  /** Where files of cards lie, encrypted, while they come and go. */
  public Path transfers() {
    return zone(Zone.VAULT).resolve("transfers");
  }

  /** Where the vault keeps the newest head of its audit trail. */
  public Path keptHead() {
    return zone(Zone.VAULT).resolve("audit");
  }

  public Path ledger() {
    return zone(Zone.SIMULATOR).resolve("ledger");
  }

  public Path databaseData() {
    return zone(Zone.POSTGRES).resolve("data");
  }

  /**
   * A command for this home, as a person pastes it into a shell.
   *
   * @param words the command and its arguments, without {@code --home}
   */
  public String command(String words) {
    String folder = root.toString();
    return "./portcullis "
        + words
        + " --home "
        + (PLAIN.matcher(folder).matches() ? folder : "'" + folder.replace("'", "'\\''") + "'");
  }

  /** A program of the database server that comes along. */
  public Path databaseProgram(String name) {
    return zone(Zone.POSTGRES).resolve("bin").resolve(name);
  }
}
