package dev.portcullis.cli.postgres;

import com.sun.management.OperatingSystemMXBean;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Commands;
import dev.portcullis.cli.process.Launch;
import dev.portcullis.cli.process.LogTail;
import dev.portcullis.cli.process.ProcessTable;
import dev.portcullis.cli.process.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The home's own PostgreSQL server: durable, on the loopback, every connection with a password. */
public final class PostgresProgram implements Program {
  /** The server's first role, which only the operator can sign in as. */
  public static final String SUPERUSER = "postgres";

  /** A crash's recovery that is broken off begins anew: it must be let end, on any disk. */
  private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(30);

  /** The last checkpoint writes all that is changed in memory. */
  public static final Duration FAST_SHUTDOWN = Duration.ofMinutes(2);

  /** The first version with locales of its own. */
  private static final int BUILTIN_LOCALES = 17;

  // The eighth line of postmaster.pid, which pg_ctl reads too (src/include/utils/pidfile.h).
  private static final int STATUS_LINE = 7;

  /** The lock lies in the zone's folder, where its account may have put anything. */
  private static final Pattern PROCESS = Pattern.compile("[0-9]{1,18}");

  private final Home home;
  private final Accounts accounts;
  private final Launch launch;
  private final ProcessTable table;
  private final DatabasePrograms programs;
  private final int port;
  private final LogTail tail;

  /** A server of the programs that the home remembers. */
  public PostgresProgram(Home home, Accounts accounts, int port) {
    this(home, accounts, DatabasePrograms.of(home, null), port);
  }

  public PostgresProgram(Home home, Accounts accounts, DatabasePrograms programs, int port) {
    this.programs = programs;
    this.home = home;
    this.accounts = accounts;
    this.launch = new Launch(home, accounts);
    this.table = new ProcessTable(home);
    this.port = port;
    this.tail = new LogTail(home.log(Zone.POSTGRES));
  }

  /**
   * Does the first half of {@link #prepare}, which a person's mistake may end.
   *
   * @return the programs' major version
   */
  public int preparePrograms() {
    stopLeftovers();
    return programs.prepare(launch, accounts);
  }

  /**
   * Unpacks the programs that come along, or looks at the machine's, and makes the data folder when
   * there is none.
   *
   * @param password the superuser's; used only when the data folder is made
   * @throws Refusal if the programs cannot be used, or not with this data
   */
  public void prepare(String password) {
    int version = preparePrograms();
    if (!Files.exists(home.databaseData())) {
      makeData(password, version);
    }
  }

  /** The data folder appears under its name only when it is whole. */
  private void makeData(String password, int version) {
    Path folder = home.zone(Zone.POSTGRES);
    Path fresh = folder.resolve("data.new");
    String account = accounts.of(Zone.POSTGRES);
    Commands.run(List.of("rm", "-rf", fresh.toString()));
    HomeFiles.folder(fresh, "rwx------", account, account);
    Path staged = folder.resolve("initdb-password");
    HomeFiles.write(
        staged, password.getBytes(StandardCharsets.US_ASCII), "rw-------", account, account);
    try {
      List<String> command = new ArrayList<>();
      command.add(programs.program("initdb").toString());
      command.addAll(List.of("--pgdata=" + fresh, "--pwfile=" + staged));
      command.addAll(form(version));
      Commands.Outcome outcome = launch.run(Zone.POSTGRES, command);
      if (outcome.exitCode() != 0) {
        throw new Refusal(reason(outcome));
      }
      Files.move(fresh, home.databaseData(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw HomeFiles.failure("make " + home.databaseData(), e);
    } finally {
      Commands.run(List.of("rm", "-f", staged.toString()));
    }
  }

  /**
   * What the data is made as. Its sort order never changes with the system's libraries.
   *
   * @param version the programs' major one
   */
  static List<String> form(int version) {
    List<String> form =
        new ArrayList<>(
            List.of(
                "--username=" + SUPERUSER,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums"));
    form.addAll(
        version < BUILTIN_LOCALES
            ? List.of("--locale-provider=libc")
            : List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
    return form;
  }

  private static String reason(Commands.Outcome outcome) {
    if (outcome.output().contains("No space left on device")) {
      return "The disk is full: PostgreSQL could not make its data folder; free some space.";
    }
    String last =
        outcome
            .output()
            .lines()
            .filter(line -> line.contains("error"))
            .findFirst()
            .orElse(outcome.firstLine());
    return "PostgreSQL could not make its data folder: " + last;
  }

  @Override
  public Zone zone() {
    return Zone.POSTGRES;
  }

  @Override
  public Process start() throws IOException {
    stopLeftovers();
    removeStaleLock();
    List<String> command = new ArrayList<>();
    command.add(programs.program("postgres").toString());
    command.addAll(List.of("-D", home.databaseData().toString()));
    settings(port, memory())
        .forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    tail.begin();
    return launch.start(zone(), command, Launch.PLAIN);
  }

  private static long memory() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /**
   * Durability is stated, not left to a default or to a file that somebody may edit.
   *
   * @param memory the machine's or the container's, bytes
   */
  static Map<String, String> settings(int port, long memory) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("port", Integer.toString(port));
    // The loopback with a password is the only way in; a socket file would be a second one.
    settings.put("unix_socket_directories", "");
    settings.put("password_encryption", "scram-sha-256");
    settings.put("fsync", "on");
    settings.put("synchronous_commit", "on");
    settings.put("full_page_writes", "on");
    settings.put("shared_buffers", cache(memory) + "MB");
    settings.put("max_connections", "120");
    // The first change of a page after a checkpoint writes the whole page once more, so that there
    // is none before its time, or before the log is large: recovery after a crash reads all of it.
    settings.put("checkpoint_timeout", "15min");
    settings.put("max_wal_size", "4GB");
    // A commit that finds no file of the log ready makes one, and all others wait for it. So the
    // files of a busy hour stay for the next one, however quiet it is in between.
    settings.put("min_wal_size", "1GB");
    // To vacuum or analyze a table takes less of the processors and the disk, and longer.
    settings.put("autovacuum_vacuum_cost_limit", "50");
    settings.put("jit", "off");
    settings.put("timezone", "UTC");
    settings.put("cluster_name", "portcullis");
    // A failed statement's text could carry what must never stand in a log.
    settings.put("log_statement", "none");
    settings.put("log_min_error_statement", "panic");
    settings.put("log_parameter_max_length", "0");
    settings.put("log_line_prefix", "%m [%p] ");
    return settings;
  }

  /**
   * What PostgreSQL keeps of the tables, in MB: a sixteenth of the memory, since all the zones and
   * whatever else the machine does share it. A payment that has to read or to make room waits.
   */
  private static long cache(long memory) {
    return Math.clamp(memory / 16 / 1_048_576, 64, 512);
  }

  /** Ends a server that outlived its supervisor, and every child of one that was killed. */
  public void stopLeftovers() {
    Optional<Long> postmaster = lockHolder();
    List<ProcessHandle> left = table.of(Zone.POSTGRES);
    left.stream()
        .filter(handle -> postmaster.isPresent() && handle.pid() == postmaster.get())
        .forEach(handle -> ProcessTable.stop(handle, stopSignal(), stopGrace()));
    // Children of a dead postmaster hold its shared memory; none may live when the next starts.
    table
        .of(Zone.POSTGRES)
        .forEach(handle -> ProcessTable.stop(handle, "QUIT", Duration.ofSeconds(5)));
  }

  /**
   * After a reboot the process id in the lock file may belong to anything. With no process of this
   * server alive, the file is stale for certain, and PostgreSQL would refuse to start over it.
   */
  private void removeStaleLock() throws IOException {
    if (table.of(Zone.POSTGRES).isEmpty()) {
      Files.deleteIfExists(lockFile());
    }
  }

  private Path lockFile() {
    return home.databaseData().resolve("postmaster.pid");
  }

  private Optional<Long> lockHolder() {
    return lockLines().stream()
        .findFirst()
        .map(String::strip)
        .filter(line -> PROCESS.matcher(line).matches())
        .map(Long::valueOf);
  }

  private List<String> lockLines() {
    return HomeFiles.readOfZone(lockFile()).map(text -> text.lines().toList()).orElse(List.of());
  }

  @Override
  public boolean isReady(Process process) {
    List<String> lines = lockLines();
    return lines.size() > STATUS_LINE
        && lines.getFirst().strip().equals(Long.toString(process.pid()))
        && lines.get(STATUS_LINE).strip().equals("ready");
  }

  /** A fast shutdown: open connections are closed, everything committed is on the disk. */
  @Override
  public String stopSignal() {
    return "INT";
  }

  @Override
  public Duration readyLimit() {
    return LONGEST_RECOVERY;
  }

  @Override
  public Duration stopGrace() {
    return FAST_SHUTDOWN;
  }

  @Override
  public String lastWords() {
    return tail.text();
  }
}
