package dev.portcullis.systemtest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One instance of the product, started the way a person starts it: {@code ./portcullis up --detach}
 * with a home folder and a port of its own.
 */
final class Portcullis implements AutoCloseable {
  static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int PORTS = 12;
  private static final int PROCESSES = 4;
  private static final int PORTS_OF_A_PROCESS = 1_800;

  /** Held as long as this process runs: no two that run tests look for free ports in the same. */
  private static final List<FileLock> HELD = new ArrayList<>();

  private static final int FIRST_PORT = 24_242 + slot() * PORTS_OF_A_PROCESS;

  private final Path home;
  private final int port;
  private final Map<String, String> environment;
  private final List<String> options;
  private Status last;

  private Portcullis(Path home, int port, Map<String, String> environment, List<String> options) {
    this.home = home;
    this.port = port;
    this.environment = environment;
    this.options = options;
    this.last = up();
  }

  /** A fresh instance with a fresh home. */
  static Portcullis start() {
    return start(Map.of());
  }

  /**
   * A fresh instance with a fresh home.
   *
   * @param environment added to the environment of {@code up}
   * @param options more options of {@code up}
   */
  static Portcullis start(Map<String, String> environment, String... options) {
    return start(freshFolder("portcullis-home"), environment, options);
  }

  /** A fresh instance in a folder that is there; it is deleted when the instance is closed. */
  static Portcullis start(Path home, Map<String, String> environment, String... options) {
    return new Portcullis(home, freePort(), environment, List.of(options));
  }

  /**
   * A folder that other accounts can walk through: the zones have accounts of their own, and the
   * usual place for temporary folders may be closed to them.
   */
  static Path freshFolder(String name) {
    try {
      Path folder = Files.createTempDirectory(Path.of("/var/tmp"), name);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int slot() {
    for (int slot = 0; slot < PROCESSES; slot++) {
      Path file = Path.of(System.getProperty("java.io.tmpdir"), "portcullis-ports-" + slot);
      try {
        FileLock lock =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).tryLock();
        if (lock != null) {
          HELD.add(lock);
          return slot;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new AssertionError("more than " + PROCESSES + " processes run these tests");
  }

  /** A base port with all the ports of an instance free behind it. */
  static int freePort() {
    for (int base = FIRST_PORT; base < FIRST_PORT + PORTS_OF_A_PROCESS - PORTS; base += PORTS) {
      boolean free = true;
      for (int port = base; port < base + PORTS; port++) {
        free &= isFree(port);
      }
      if (free) {
        return base;
      }
    }
    throw new AssertionError("no twelve free ports in a row");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** The checkout that the launcher stands in. */
  static Path checkout() {
    String given = System.getProperty("portcullis.checkout");
    Path start = given == null ? Path.of("").toAbsolutePath() : Path.of(given);
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("portcullis"))) {
        return folder;
      }
    }
    throw new AssertionError("there is no ./portcullis in " + start + " or above it");
  }

  /** Runs the launcher with this instance's home. */
  CommandResult run(Duration limit, String... arguments) {
    return launch(limit, environment, withHome(arguments));
  }

  private List<String> withHome(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--home", home.toString()));
    return all;
  }

  /** Runs the launcher without a build: Maven has just built what it starts. */
  static CommandResult launch(
      Duration limit, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(checkout().resolve("portcullis").toString());
    command.addAll(arguments);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PORTCULLIS_BUILD", "never");
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.putAll(environment);
    return Commands.run(limit, all, command);
  }

  /** Starts it, or starts it again, and waits until it is ready. */
  Status up() {
    try {
      tryUp().succeeded();
      return status();
    } catch (AssertionError e) {
      AssertionError telling = new AssertionError(e.getMessage() + "\n" + lastWords(), e);
      if (last == null) {
        // The constructor fails, so nobody will close this instance.
        killLeftovers();
      }
      throw telling;
    }
  }

  /** Starts it as {@link #up()} does, whatever comes of it. */
  CommandResult tryUp() {
    List<String> arguments = new ArrayList<>(List.of("up", "--detach"));
    arguments.addAll(List.of("--port", Integer.toString(port)));
    arguments.addAll(options);
    return run(START_LIMIT, arguments.toArray(String[]::new));
  }

  /** What it says of itself; its exit code is 1 while not everything is up. */
  Status status() {
    CommandResult answer = run(Duration.ofSeconds(30), "status", "--json");
    if (answer.exitCode() > 1) {
      answer.succeeded();
    }
    last = Status.parse(answer.out());
    return last;
  }

  /** The status, as soon as every process is healthy. */
  Status awaitHealthy() {
    return await("every process is healthy")
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(250))
        .until(this::status, Status::allUp);
  }

  CommandResult stop() {
    return run(Duration.ofSeconds(60), "stop");
  }

  /** Ends a zone's process as a power cut would, and returns its id once it is gone. */
  long killNine(String zone) {
    long pid = status().pid(zone);
    killNine(pid);
    return pid;
  }

  /** What a zone's process has in memory now (Linux, proc(5), VmRSS). */
  int residentMegabytes(String zone) throws IOException {
    Path status = Path.of("/proc", Long.toString(status().pid(zone)), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  static void killNine(long pid) {
    Commands.run(Duration.ofSeconds(10), "kill", "-9", Long.toString(pid));
    await("process " + pid + " is gone")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  /** Ends every process of this instance, the one that watches over the others first. */
  void killEverything() {
    List<ProcessHandle> ours = processes();
    ours.stream()
        .filter(p -> commandLine(p).contains("dev.portcullis.cli"))
        .forEach(Portcullis::kill);
    // What the watcher may have started again meanwhile is caught by the second look.
    for (int look = 0; look < 3; look++) {
      processes().forEach(Portcullis::kill);
    }
    await("no process of this instance is left")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> processes().isEmpty());
  }

  private static void kill(ProcessHandle process) {
    Commands.run(Duration.ofSeconds(10), "kill", "-9", Long.toString(process.pid()));
  }

  /** Every process whose command line names this home. */
  List<ProcessHandle> processes() {
    return processesOf(home);
  }

  static List<ProcessHandle> processesOf(Path home) {
    long self = ProcessHandle.current().pid();
    return ProcessHandle.allProcesses()
        .filter(p -> p.pid() != self)
        .filter(ProcessHandle::isAlive)
        .filter(p -> commandLine(p).contains(home.toString()) || isDatabaseChild(p, home))
        .toList();
  }

  /** A database server's children rename themselves; their parent tells whose they are. */
  private static boolean isDatabaseChild(ProcessHandle process, Path home) {
    return commandLine(process).startsWith("postgres:")
        && process
            .parent()
            .map(parent -> commandLine(parent).contains(home.toString()))
            .orElse(false);
  }

  private static String commandLine(ProcessHandle process) {
    try {
      byte[] raw = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
      return new String(raw, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException gone) {
      return process.info().commandLine().orElse("");
    }
  }

  private void killLeftovers() {
    for (int look = 0; look < 3; look++) {
      processes().forEach(Portcullis::kill);
    }
  }

  Path home() {
    return home;
  }

  int port() {
    return port;
  }

  /** The status last seen; {@link #status()} asks anew. */
  Status lastStatus() {
    return last;
  }

  /** A figure of a zone's, as its management listener shows it now. */
  double metric(int listener, String name) {
    try {
      String url = "http://127.0.0.1:" + (port + listener) + "/metrics";
      double[] values =
          Http.send(Http.request(url))
              .body()
              .lines()
              .filter(
                  line ->
                      line.startsWith(name + " ")
                          || line.startsWith(name + "{")
                          || (name.endsWith("}") && line.startsWith(name)))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
              .toArray();
      if (values.length == 0) {
        // A figure by another name would be within any bound.
        throw new AssertionError("there is no figure " + name);
      }
      return Arrays.stream(values).sum();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String api() {
    return last.api();
  }

  String cards() {
    return last.cards();
  }

  String secretKey() {
    return last.secretKey();
  }

  String secret(String zone, String name) {
    try {
      return Files.readString(home.resolve(zone).resolve("secrets").resolve(name)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SimulatorControl simulator() {
    return new SimulatorControl(port + 2, secret("simulator", "control-key"));
  }

  /** The ends of all logs, for a failure's message. */
  String lastWords() {
    StringBuilder words = new StringBuilder();
    for (String log :
        List.of(
            "run/up.log",
            "gateway/log/gateway.log",
            "vault/log/vault.log",
            "simulator/log/simulator.log",
            "postgres/log/postgres.log")) {
      Path file = home.resolve(log);
      if (Files.exists(file)) {
        words.append("--- ").append(log).append('\n');
        try {
          List<String> lines =
              new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
          lines.stream()
              .skip(Math.max(0, lines.size() - 15))
              .forEach(line -> words.append(line).append('\n'));
        } catch (IOException e) {
          words.append(e).append('\n');
        }
      }
    }
    return words.toString();
  }

  @Override
  public void close() {
    CommandResult stopped = stop();
    List<String> left = processes().stream().map(Portcullis::commandLine).toList();
    killLeftovers();
    delete(home);
    if (stopped.exitCode() != 0 || !left.isEmpty()) {
      throw new AssertionError("stop left processes: " + left + "\n" + stopped.said());
    }
  }

  /** Deletes a folder of a test with all that is in it. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
