package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceLock;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.postgres.DatabaseServer;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code up}: starts an instance and keeps it until Ctrl-C, or hands that to a supervisor. */
@Command(
    name = "up",
    description = "Start everything; Ctrl-C drains and stops it.",
    footer =
        "Exit code 0 when everything runs, also where the vault is sealed or payments are paused,"
            + " which its last lines say; 1 when it could not be started.",
    sortOptions = false)
final class UpCommand implements Callable<Integer> {
  private static final long NEEDED_BYTES = 300L << 20;

  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The API's port; ten more follow it (as the last time, or 4242).")
  private @Nullable Integer port;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description = {
        "An outside PostgreSQL, 15 or newer: postgresql://ADMIN@HOST:PORT/postgres"
            + "?sslmode=verify-full. ADMIN may make roles and databases; its password comes from"
            + " PORTCULLIS_DATABASE_PASSWORD or a .pgpass file."
      })
  private @Nullable String databaseUrl;

  @Mixin private DatabaseProgramsOption programs = new DatabaseProgramsOption();

  @Option(names = "--tls", description = "Serve both public origins over TLS.")
  private boolean tls;

  @Option(names = "--detach", description = "Return when everything is ready, and keep it running.")
  private boolean detach;

  /** Given to the supervisor by {@code --detach}: whoever started it shows the screen. */
  @Option(names = "--supervised", hidden = true)
  private boolean supervised;

  @Override
  public Integer call() throws IOException {
    PrintWriter out =
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    String folder = programs.besides(databaseUrl);
    Ports ports = Ports.of(home.trusted(), port);
    Home place = home.make();
    requireSpace(place);
    if (detach) {
      return new Detached(place, out).start(arguments(place, ports));
    }
    Optional<InstanceLock> lock = InstanceLock.take(place.lock());
    if (lock.isEmpty()) {
      throw new Refusal(alreadyRunning(place));
    }
    Instance instance =
        new Instance(place, ports, tls, outside(), folder, Clock.systemUTC(), out::println);
    Runnable drain =
        () -> {
          instance.stop();
          lock.get().release();
          out.println("Stopped.");
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("drain").unstarted(drain));
    try {
      instance.start(checkout());
    } catch (RuntimeException e) {
      if (!instance.isStopping() && !isShuttingDown()) {
        throw e;
      }
      // The stop took away what the start stood on; that is no news.
      instance.awaitStopped();
      return 0;
    }
    if (!supervised) {
      out.print(new Screen(instance.state(), checkout(), Standing.of(place)).text());
      out.println("Ctrl-C stops all of it; the data stays in " + place.root() + ".");
    }
    instance.awaitStopped();
    return 0;
  }

  /** Whether Ctrl-C was heard, whose hook may not have come to its turn yet. */
  private static boolean isShuttingDown() {
    Thread probe = Thread.ofPlatform().unstarted(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      return !Runtime.getRuntime().removeShutdownHook(probe);
    } catch (IllegalStateException _) {
      return true;
    }
  }

  /** Refuses a disk that is full, before anything that starts would fall silent on it. */
  static void requireSpace(Home home) {
    try {
      long free = Files.getFileStore(home.root()).getUsableSpace();
      if (free < NEEDED_BYTES) {
        throw new Refusal(
            "The disk is full: %s has %d MB left and at least %d MB are needed; free some space."
                .formatted(home.root(), free >> 20, NEEDED_BYTES >> 20));
      }
    } catch (IOException e) {
      throw HomeFiles.failure("look at the disk of " + home.root(), e);
    }
  }

  private List<String> arguments(Home place, Ports ports) {
    List<String> arguments = new ArrayList<>();
    arguments.add("up");
    arguments.add("--supervised");
    arguments.addAll(List.of("--home", place.root().toString()));
    arguments.addAll(List.of("--port", Integer.toString(ports.base())));
    if (databaseUrl != null) {
      arguments.addAll(List.of("--database-url", databaseUrl));
    }
    String folder = programs.given();
    if (folder != null) {
      arguments.addAll(List.of("--database-programs", folder));
    }
    if (tls) {
      arguments.add("--tls");
    }
    return arguments;
  }

  private @Nullable DatabaseServer outside() {
    return databaseUrl == null
        ? null
        : DatabaseServer.outside(databaseUrl, System.getenv("PORTCULLIS_DATABASE_PASSWORD"));
  }

  static String alreadyRunning(Home home) {
    Optional<InstanceState> state = InstanceState.load(home);
    String where =
        state.map(s -> " (API " + s.facts().getOrDefault("api", "starting") + ")").orElse("");
    return "Portcullis already runs in %s%s; stop it with %s."
        .formatted(home.root(), where, home.command("stop"));
  }

  /** The checkout that the launcher stands in. */
  static Path checkout() {
    String checkout = System.getProperty("portcullis.checkout");
    if (checkout == null) {
      throw new Refusal("Start this command with the ./portcullis script of a checkout.");
    }
    return Path.of(checkout);
  }
}
