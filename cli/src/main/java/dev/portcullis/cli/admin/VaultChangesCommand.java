package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vault changes}: what somebody proposed and somebody else has to confirm; lists it. */
@Command(
    name = "changes",
    description = "List what waits for a second person, and what became of the rest.",
    subcommands = {
      VaultChangesCommand.Show.class,
      VaultChangesCommand.Confirm.class,
      VaultChangesCommand.Refuse.class
    })
final class VaultChangesCommand extends AdminCommand {

  @Override
  public Integer call() {
    Map<String, @Nullable Object> changes = signedIn(Zone.VAULT).get("changes");
    print(
        changes,
        data(changes).stream()
            .map(VaultChangesCommand::line)
            .collect(Collectors.joining(System.lineSeparator())));
    return 0;
  }

  private static String line(Map<String, @Nullable Object> change) {
    String decided = text(change, "decided_by");
    return "%s  %-8s %s %s  by %s%s"
        .formatted(
            text(change, "id"),
            text(change, "status"),
            text(change, "action"),
            text(change, "subject"),
            text(change, "proposed_by"),
            decided.isEmpty() ? "" : ", " + decided);
  }

  /** What the next person needs to know. */
  static String proposed(AdminCommand command, Map<String, @Nullable Object> change) {
    return "%s waits for another administrator, until %s:%n  %s"
        .formatted(
            text(change, "id"),
            time(change, "expires_at", "-"),
            command.options().home().home().command("vault changes confirm " + text(change, "id")));
  }

  private static String whole(Map<String, @Nullable Object> change) {
    String consequences = text(change, "consequences");
    return "%s%nsha256 %s%n%n%s%s"
        .formatted(
            line(change),
            text(change, "hash"),
            text(change, "content"),
            consequences.isEmpty() ? "" : "%n%n%s".formatted(consequences));
  }

  /** {@code vault changes show}. */
  @Command(name = "show", description = "Show all of one.")
  static final class Show extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "chg_...")
    private String id = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> change = signedIn(Zone.VAULT).get("changes/" + id);
      print(change, whole(change));
      return 0;
    }
  }

  /** {@code vault changes confirm}: shows all of it, and asks. */
  @Command(
      name = "confirm",
      description =
          "Confirm what somebody else proposed; it is made. Another administrator than who proposed"
              + " it has to.")
  static final class Confirm extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "chg_...")
    private String id = "";

    @picocli.CommandLine.Option(
        names = "--hash",
        paramLabel = "SHA256",
        description = "Confirm without asking, if it is this one, as changes show says.")
    private @Nullable String hash;

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      String confirmed = hash;
      if (confirmed == null) {
        Map<String, @Nullable Object> change = vault.get("changes/" + id);
        // Before all of it is read for nothing.
        if (change.get("obstacle") instanceof String obstacle) {
          throw new Refusal("You cannot confirm " + id + ": " + obstacle);
        }
        err().println(whole(change));
        if (!prompt().plain("Confirm (yes or no)").equals("yes")) {
          print("Nothing was confirmed.");
          return 1;
        }
        confirmed = text(change, "hash");
      }
      Map<String, @Nullable Object> made =
          vault.post("changes/" + id + "/confirm", Map.of("hash", confirmed));
      print(
          made,
          "%s %s: %s"
              .formatted(text(made, "action"), text(made, "subject"), text(made, "outcome")));
      return 0;
    }
  }

  /** {@code vault changes refuse}. */
  @Command(name = "refuse", description = "Refuse one, or take back your own.")
  static final class Refuse extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "chg_...")
    private String id = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> refused =
          signedIn(Zone.VAULT).post("changes/" + id + "/refuse", Map.of());
      print(refused, id + " is refused.");
      return 0;
    }
  }
}
