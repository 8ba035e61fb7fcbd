package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.setup.Installation;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bench}: measures a throwaway instance, or the running one of {@code --home}. */
@Command(
    name = "bench",
    description =
        "Measure a throwaway instance, or with --home a running one: payments, or with 'lists' how"
            + " lists and searches take to many payments, or with 'flood' how one key's payments"
            + " take to others' attacks, or with 'vault' the vault alone, or with 'webhooks' how"
            + " soon and how many endpoints are told.")
final class BenchCommand implements Callable<Integer> {

  /** Apart from the usual ports, so that an instance in use goes on. */
  private static final String THROWAWAY_PORT = "14242";

  /** What may be read in a second, so that ten times that is no test of the client. */
  private static final String FOR_FLOOD =
      "gateway.limits.test.key.reads=50\ngateway.limits.address.reads=50\n";

  /** Cards come in as fast as they can, for minutes. */
  private static final String FOR_VAULT =
      "vault.limits.key.stores=1000000\nvault.limits.account.stores=1000000\n";

  @Mixin private HomeOption home = new HomeOption();
  @Mixin private DatabaseProgramsOption programs = new DatabaseProgramsOption();

  @Parameters(
      arity = "0..3",
      paramLabel =
          "SECONDS | lists PAYMENTS | flood SECONDS | webhooks SECONDS | vault CARDS ACCOUNTS",
      description = {
        "For how many seconds each part is measured, 20 unless given;",
        "or with how many payments the lists are, 1000000 unless given;",
        "or with how many cards, and of how many accounts, the vault's memory is looked at, none"
            + " unless given."
      })
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    String folder = programs.besides(null);
    if (home.isGiven() && folder != null) {
      throw new Refusal(
          "With --home the database runs already; leave --database-programs or --home out.");
    }
    return home.isGiven() ? measure(home.home()) : measureThrowaway(home.throwaway(), folder);
  }

  private int measureThrowaway(Home place, @Nullable String folder)
      throws IOException, InterruptedException {
    String root = place.root().toString();
    if (Files.exists(place.root())) {
      throw new Refusal(
          "An earlier measurement left "
              + root
              + ": stop what runs there ("
              + place.command("stop")
              + ") and remove it.");
    }
    String limits =
        arguments.contains("flood") ? FOR_FLOOD : arguments.contains("vault") ? FOR_VAULT : "";
    if (!limits.isEmpty()) {
      HomeFiles.folder(place.root(), "rwx--x--x", null, null);
      HomeFiles.writePrivate(Installation.file(place), limits);
    }
    try {
      List<String> up =
          new ArrayList<>(List.of("up", "--detach", "--home", root, "--port", THROWAWAY_PORT));
      if (folder != null) {
        up.addAll(List.of("--database-programs", folder));
      }
      int started = Main.commandLine().execute(up.toArray(String[]::new));
      return started == 0 ? measure(place) : started;
    } finally {
      Main.commandLine().execute("stop", "--home", root);
      HomeFiles.deleteTree(place.root());
    }
  }

  private int measure(Home place) throws IOException, InterruptedException {
    InstanceReport report = InstanceReport.of(place);
    if (!report.ready()) {
      throw new Refusal(
          "Nothing to measure in "
              + place.root()
              + ": start it first with "
              + place.command("up --detach")
              + ".");
    }
    Map<String, @Nullable Object> status = report.tree(place);
    if (arguments.contains("flood") && Boolean.TRUE.equals(status.get("tls"))) {
      throw new Refusal("The flood's slow senders speak plain HTTP: measure it without --tls.");
    }
    Path file = place.run().resolve("bench-status.json");
    HomeFiles.writePrivate(file, Json.writeString(status));
    Path bench = UpCommand.checkout().resolve("bench").resolve("target");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", bench.resolve("classes") + ":" + bench.resolve("lib") + "/*"));
    command.addAll(List.of("dev.portcullis.bench.BenchMain", file.toString()));
    command.addAll(arguments);
    ProcessBuilder process = new ProcessBuilder(command).inheritIO();
    giveDatabase(status, process.environment());
    process.environment().put("PORTCULLIS_BENCH_HOME", place.root().toString());
    return process.start().waitFor();
  }

  /** By the environment: a password on a command line is seen by everybody on the machine. */
  private static void giveDatabase(
      Map<String, @Nullable Object> status, Map<String, String> environment) throws IOException {
    if (status.get("databases") instanceof Map<?, ?> databases
        && databases.get("administrator_password_file") instanceof String passwordFile) {
      environment.put("PORTCULLIS_BENCH_DATABASE_URL", String.valueOf(databases.get("gateway")));
      environment.put(
          "PORTCULLIS_BENCH_VAULT_DATABASE_URL", String.valueOf(databases.get("vault")));
      environment.put(
          "PORTCULLIS_BENCH_DATABASE_USER", String.valueOf(databases.get("administrator")));
      environment.put(
          "PORTCULLIS_BENCH_DATABASE_PASSWORD", Files.readString(Path.of(passwordFile)).strip());
    } else {
      throw new Refusal("The floor is measured on the database that comes along, not on another.");
    }
  }
}
