package dev.portcullis.cli.postgres;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.TrustedPath;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Commands;
import dev.portcullis.cli.process.Launch;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL programs that a home's own server runs with: those that come along, or the
 * machine's, which its distribution mends and has built for speed. A home remembers the last ones
 * named.
 */
public final class DatabasePrograms {
  /** Names the programs that come along. */
  public static final String BUNDLED = "bundled";

  private static final List<String> NEEDED = List.of("initdb", "postgres");

  /** To say its version, for a program on a slow disk. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Such as {@code postgres (PostgreSQL) 15.13 (Debian 15.13-1)}, or {@code 19beta1}. */
  private static final Pattern VERSION =
      Pattern.compile("\\((?:PostgreSQL|EnterpriseDB)\\) ([0-9]{1,3})(?![0-9])");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

  private final Home home;
  private final Optional<Path> folder;
  private final Duration limit;

  private DatabasePrograms(Home home, Optional<Path> folder, Duration limit) {
    this.home = home;
    this.folder = folder;
    this.limit = limit;
  }

  /**
   * The programs of a home.
   *
   * @param given a folder or {@link #BUNDLED}; null for those that the home remembers
   * @throws Refusal if it is no absolute path
   */
  public static DatabasePrograms of(Home home, @Nullable String given) {
    String named =
        given == null
            ? HomeFiles.read(home.databaseProgramsNote()).map(String::strip).orElse(BUNDLED)
            : given;
    return new DatabasePrograms(home, folder(named), LIMIT);
  }

  /**
   * Refuses what no home can have: a path that is not absolute, or both ways to another PostgreSQL.
   *
   * @param given as for {@link #of}; null when nothing was
   * @param databaseUrl an outside server's; null when none was
   */
  public static void require(@Nullable String given, @Nullable String databaseUrl) {
    if (given == null) {
      return;
    }
    if (databaseUrl != null) {
      throw new Refusal(
          "--database-programs is for the database that Portcullis runs itself; leave it or"
              + " --database-url out.");
    }
    folder(given);
  }

  private static Optional<Path> folder(String named) {
    if (named.equals(BUNDLED)) {
      return Optional.empty();
    }
    // The note is a line.
    return Optional.of(
        path(named)
            .filter(Path::isAbsolute)
            .filter(_ -> named.chars().noneMatch(Character::isISOControl))
            .map(Path::normalize)
            .orElseThrow(
                () ->
                    new Refusal(
                        "--database-programs must be an absolute path such as"
                            + " /usr/lib/postgresql/18/bin, or '%s' for the programs that come along."
                                .formatted(BUNDLED))));
  }

  /** Empty for what no path can be, such as letters that the system's locale lacks. */
  private static Optional<Path> path(String named) {
    try {
      return Optional.of(Path.of(named));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The same programs, which may take that long to say their version. */
  DatabasePrograms within(Duration other) {
    return new DatabasePrograms(home, folder, other);
  }

  Path program(String name) {
    return folder.map(each -> each.resolve(name)).orElse(home.databaseProgram(name));
  }

  /** For the end of a sentence to a person: nothing where they come along. */
  public String words() {
    return folder.map(each -> " with the programs in " + each).orElse("");
  }

  /**
   * Unpacks what comes along, or looks at the machine's, and remembers it. None of them may run
   * meanwhile.
   *
   * @return their major version
   * @throws Refusal if they cannot be trusted or run, are too old, or of another version than the
   *     home's data
   */
  int prepare(Launch launch, Accounts accounts) {
    if (folder.isPresent()) {
      requireTrusted(folder.get(), accounts);
    } else {
      new PostgresBinaries(home).install();
    }
    int version = version(launch);
    requireDatas(version);
    remember();
    return version;
  }

  private void requireTrusted(Path at, Accounts accounts) {
    // What runs in the data's folder is known by that, where several homes share programs.
    if (!Files.isSymbolicLink(Path.of("/proc/self/cwd"))) {
      throw new Refusal(
          "--database-programs needs a system that shows in /proc where a process works, as Linux"
              + " does; leave it out.");
    }
    TrustedPath trusted = TrustedPath.toPrograms(Accounts.user());
    Path real = trusted.followToOwnOrRoots(at);
    if (!Files.isDirectory(real)) {
      throw new Refusal(
          "%s is not a folder; name the one with PostgreSQL's programs with --database-programs."
              .formatted(at));
    }
    accounts.requireReachable(real, "PostgreSQL");
    Set<Path> folders = new HashSet<>();
    for (String name : NEEDED) {
      Path program = at.resolve(name);
      if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
        throw new Refusal(
            "There is no program %s in %s: install your distribution's PostgreSQL server, or name the folder that has it with --database-programs."
                .formatted(name, at));
      }
      Path file = trusted.followToOwnOrRoots(program);
      accounts.requireReachable(file, "PostgreSQL");
      // A server is known by its program's name too.
      if (!Path.of(name).equals(file.getFileName())) {
        throw new Refusal(
            "%s leads to %s, which goes by another name; name the folder of PostgreSQL's own programs with --database-programs."
                .formatted(program, file));
      }
      folders.add(file.resolveSibling(""));
    }
    // initdb runs the server that lies beside it.
    if (folders.size() > 1) {
      throw new Refusal(
          "The programs in %s lead to more than one folder; name the folder of PostgreSQL's own programs with --database-programs."
              .formatted(at));
    }
  }

  /** Asked as the account that they will run as. */
  private int version(Launch launch) {
    int version = version(launch, "postgres");
    if (version < DatabaseServer.OLDEST_VERSION) {
      throw new Refusal(
          "%s is PostgreSQL %d; %d or newer is needed: name the folder of another with --database-programs."
              .formatted(program("postgres"), version, DatabaseServer.OLDEST_VERSION));
    }
    if (version(launch, "initdb") != version) {
      throw new Refusal(
          "%s and %s are of different versions; name the folder of one PostgreSQL with --database-programs."
              .formatted(program("postgres"), program("initdb")));
    }
    return version;
  }

  private int version(Launch launch, String name) {
    Commands.Outcome outcome =
        launch.run(Zone.POSTGRES, List.of(program(name).toString(), "--version"), limit);
    Matcher found = VERSION.matcher(outcome.output());
    if (outcome.exitCode() != 0 || !found.find()) {
      throw new Refusal(
          "%s --version did not say PostgreSQL's version within %d s (%s): see that %s may run it, or name another folder with --database-programs."
              .formatted(
                  program(name),
                  limit.toSeconds(),
                  outcome.firstLine(),
                  launch.account(Zone.POSTGRES)));
    }
    return Integer.parseInt(found.group(1));
  }

  /** PostgreSQL reads no data of another major version. */
  private void requireDatas(int version) {
    Optional<String> noted =
        HomeFiles.readOfZone(home.databaseData().resolve("PG_VERSION")).map(String::strip);
    if (noted.isEmpty() && !Files.exists(home.databaseData())) {
      return;
    }
    String data =
        noted
            .filter(text -> NUMBER.matcher(text).matches())
            .orElseThrow(
                () ->
                    new Refusal(
                        "%s does not say of which version it is, as PostgreSQL's data does. Is its disk mounted? If it is lost, restore a backup into a new home."
                            .formatted(home.databaseData())));
    if (!data.equals(Integer.toString(version))) {
      throw new Refusal(
          "The data in %s is of PostgreSQL %s, and %s is %d, which cannot read it. Go on with programs of version %s: --database-programs FOLDER%s. To change the version, make a backup with those, and restore it into a new home with the others."
              .formatted(
                  home.databaseData(),
                  data,
                  program("postgres"),
                  version,
                  data,
                  folder.isPresent() ? ", or '" + BUNDLED + "' if what comes along is" : ""));
    }
  }

  /** Only what was looked at: a mistyped folder is not what the home keeps to. */
  private void remember() {
    if (folder.isPresent()) {
      HomeFiles.writePrivate(home.databaseProgramsNote(), folder.get() + "\n");
    } else {
      HomeFiles.delete(home.databaseProgramsNote());
    }
  }
}
