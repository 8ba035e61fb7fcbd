package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vault rekey}: old shares make new ones, which their custodians take themselves. */
@Command(
    name = "rekey",
    description =
        "Give the master key new shares, by as many old ones as open it. Each custodian takes"
            + " theirs with vault take-share; the old ones hold until all have.")
final class VaultRekeyCommand extends AdminCommand {

  @Option(
      names = "--custodian",
      paramLabel = "NAME",
      required = true,
      description = "Who gets a new share, enrolled in the vault; once for each, 2 to 20.")
  private List<String> custodians = List.of();

  @Option(
      names = "--threshold",
      paramLabel = "K",
      required = true,
      description = "How many of them open the vault, 2 or more.")
  private int threshold;

  @Option(
      names = "--share-file",
      paramLabel = "FILE",
      description = "An old share is this file's first line; once for each (- for standard input).")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    Prompt prompt = prompt();
    AdminClient vault = signedIn(Zone.VAULT);
    Map<String, @Nullable Object> answer =
        vault.post("custody/rekey", Map.of("custodians", custodians, "threshold", threshold));
    for (int given = 0; number(answer, "rekey_shares_missing") > 0; given++) {
      String what = "Old share (" + text(answer, "rekey_shares_missing") + " missing)";
      String file = files.isEmpty() ? null : files.get(Math.min(given, files.size() - 1));
      if (file != null && !file.equals("-") && given >= files.size()) {
        throw new Refusal("More old shares are needed; nothing was changed.");
      }
      String share = prompt.secret(what, file, "--share-file");
      answer = vault.post("custody/rekey/shares", Map.of("share", share));
    }
    print(answer, waiting(answer));
    return 0;
  }

  /** Who has still to take a share, or that the new ones count. */
  static String waiting(Map<String, @Nullable Object> answer) {
    return answer.get("rekey_waits_for") instanceof List<?> names && !names.isEmpty()
        ? "The old shares hold until these have taken theirs (vault take-share, within a day): "
            + String.join(", ", names.stream().map(String::valueOf).toList())
        : "All have their shares: the new ones count, and the old ones open nothing any more.";
  }
}
