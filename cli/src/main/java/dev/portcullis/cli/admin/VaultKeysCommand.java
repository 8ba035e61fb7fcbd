package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault keys}: what is under which key, counted from the tables; and rotations. */
@Command(
    name = "keys",
    description = "Say how many records are under which keys, counted from the vault's tables.",
    subcommands = {VaultKeysCommand.Rotate.class, VaultKeysCommand.Rotations.class})
final class VaultKeysCommand extends AdminCommand {

  @Override
  public Integer call() {
    Map<String, @Nullable Object> statement = signedIn(Zone.VAULT).get("keys");
    print(statement, lines(statement));
    return 0;
  }

  private static String lines(Map<String, @Nullable Object> statement) {
    return String.join(
            "%n",
            "master key %s; data keys by master key: %s",
            "data keys under other master keys: %s",
            "retired data keys: %s, and records under them: %s",
            "records: %s")
        .formatted(
            text(statement, "master_key"),
            counts(statement, "data_keys_by_master_key"),
            text(statement, "data_keys_under_other_master_keys"),
            text(statement, "retired_data_keys"),
            text(statement, "records_under_retired_keys"),
            counts(statement, "records"));
  }

  private static String counts(Map<String, @Nullable Object> statement, String member) {
    return object(statement.get(member)).entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String line(Map<String, @Nullable Object> run) {
    return "%s  %-6s %-10s %s of %s moved, by %s, begun %s"
        .formatted(
            text(run, "id"),
            text(run, "kind"),
            text(run, "status"),
            text(run, "moved"),
            text(run, "total"),
            text(run, "started_by"),
            time(run, "created", "-"));
  }

  /** {@code vault keys rotations}. */
  @Command(name = "rotations", description = "Say which rotations there were, and how they stand.")
  static final class Rotations extends AdminCommand {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> runs = signedIn(Zone.VAULT).get("rotations");
      print(
          runs,
          data(runs).stream()
              .map(VaultKeysCommand::line)
              .collect(Collectors.joining(System.lineSeparator())));
      return 0;
    }
  }

  /** {@code vault keys rotate}: begins one and waits for its end, which comes without it too. */
  @Command(
      name = "rotate",
      description =
          "Rotate the master key (wrap every data key by the one that is configured now), data keys"
              + " (seal everything anew and destroy them) or the fingerprint key (know every card"
              + " by a new one). It goes on without this command.")
  static final class Rotate extends AdminCommand {

    private static final long PAUSE_SECONDS = 2;

    @Parameters(paramLabel = "KIND", description = "master, data or fingerprint")
    private String kind = "";

    @Option(names = "--account", paramLabel = "ID", description = "Only this account's data keys.")
    private @Nullable String account;

    @Option(names = "--no-wait", description = "Begin it and end.")
    private boolean noWait;

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("kind", kind);
      if (account != null) {
        body.put("account", account);
      }
      Map<String, @Nullable Object> run = vault.post("rotations", body);
      String before = "";
      while (!noWait && text(run, "status").equals("running")) {
        String now = text(run, "moved");
        if (!now.equals(before)) {
          err().println("  " + now + " of " + text(run, "total") + " moved");
          err().flush();
          before = now;
        }
        pause();
        run = current(vault, text(run, "id"));
      }
      print(
          run,
          run.get("statement") instanceof Map<?, ?> statement
              ? line(run) + System.lineSeparator() + lines(object(statement))
              : line(run));
      return text(run, "status").equals("incomplete") ? 1 : 0;
    }

    private static Map<String, @Nullable Object> current(AdminClient vault, String id) {
      for (Map<String, @Nullable Object> run : data(vault.get("rotations"))) {
        if (text(run, "id").equals(id)) {
          return run;
        }
      }
      throw new Refusal("The vault does not know the rotation any more.");
    }

    private static void pause() {
      try {
        new CountDownLatch(1).await(PAUSE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Refusal("Interrupted; the rotation goes on.", e);
      }
    }
  }
}
