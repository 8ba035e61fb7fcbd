package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vault take-share}: a custodian takes the new share that is theirs. */
@Command(
    name = "take-share",
    description = "Take your new share after a rekey; it is shown once, to you alone.")
final class VaultTakeShareCommand extends AdminCommand {

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write it into this new file; otherwise it is shown at the terminal.")
  private @Nullable Path out;

  @Option(
      names = "--received",
      paramLabel = "TICKET",
      description = "Take none: say again that yours arrived, where the answer was lost.")
  private @Nullable String ticket;

  @Override
  public Integer call() {
    if (ticket != null) {
      received(signedIn(Zone.VAULT), ticket);
    } else {
      take();
    }
    return 0;
  }

  private void take() {
    Path file = out == null ? null : out.toAbsolutePath();
    // Asked before it is taken: afterwards there is nowhere to put it.
    if (file == null && Prompt.terminal().isEmpty()) {
      throw new Refusal("There is no terminal to show the share at; use --out.");
    }
    if (file != null && file.toFile().exists()) {
      throw new Refusal(file + " is there already; name a new file.");
    }
    Prompt prompt = prompt();
    AdminClient vault = signedIn(Zone.VAULT);
    Map<String, @Nullable Object> taken = vault.post("custody/rekey/take", Map.of());
    if (!(taken.get("shares") instanceof List<?> shares) || shares.size() != 1) {
      throw new Refusal("The answer is not what was expected.");
    }
    String share = String.valueOf(shares.getFirst());
    String set = text(taken, "set");
    if (file == null) {
      prompt.shown("Your share, of the set %s:%n%n  %s%n".formatted(set, share));
      prompt.pause("When it is written down, press Enter; the screen is cleared.");
      prompt.clear();
    } else {
      HomeFiles.writePrivate(file, share + "\n");
    }
    try {
      received(vault, text(taken, "ticket"));
    } catch (Refusal e) {
      throw new Refusal(
          "%s You have your share, of the set %s; keep it with the one before. Whether the vault knows that it arrived is not known: say so again with vault take-share --received %s. Which set counts, vault status says."
              .formatted(e.getMessage(), set, text(taken, "ticket")),
          e);
    }
  }

  private void received(AdminClient vault, String of) {
    Map<String, @Nullable Object> answer =
        vault.post("custody/rekey/received", Map.of("ticket", of));
    print(
        answer,
        answer.get("rekey") == null
            ? "All have their shares: the new ones count. "
                + CustodyLines.of(answer, options().home().home())
            : VaultRekeyCommand.standing(answer));
  }
}
