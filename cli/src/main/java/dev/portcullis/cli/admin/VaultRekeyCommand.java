package dev.portcullis.cli.admin;

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
        "Ask for new shares of the master key. Each custodian gives an old one with vault"
            + " give-share, until as many are there as open it; then those who are named here take"
            + " theirs with vault take-share. The old ones hold until all have.")
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
      names = ShareOption.NAME,
      paramLabel = "FILE",
      description =
          "Give old shares at once: one is this file's first line; once for each (- for standard"
              + " input).")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    Prompt prompt = prompt();
    AdminClient vault = signedIn(Zone.VAULT);
    Map<String, @Nullable Object> answer =
        vault.post("custody/rekey", Map.of("custodians", custodians, "threshold", threshold));
    String id = text(object(answer.get("rekey")), "id");
    for (String file : files) {
      String share = prompt.secret("Old share", file, ShareOption.NAME);
      answer = vault.post("custody/rekey/shares", Map.of("rekey", id, "share", share));
    }
    print(answer, standing(answer));
    return 0;
  }

  /** What is under way, and what it waits for. */
  static String standing(Map<String, @Nullable Object> answer) {
    boolean made = CustodyLines.isMade(answer);
    if (answer.get("rekey") == null) {
      return made
          ? "No rekey is under way: the shares that count now hold."
          : "No shares are under way, and the master key has not been made.";
    }
    Map<String, @Nullable Object> rekey = object(answer.get("rekey"));
    String what =
        "The %s %s, begun by %s: new shares for %s, %s of which open the vault."
            .formatted(
                made ? "rekey" : "new master key",
                text(rekey, "id"),
                text(rekey, "begun_by"),
                names(rekey.get("custodians")),
                text(rekey, "threshold"));
    long missing = number(answer, "rekey_shares_missing");
    return what
        + System.lineSeparator()
        + (missing > 0
            ? "Old shares that it waits for: %d. Who has one gives it with vault give-share."
                .formatted(missing)
            : (made ? "The old shares hold until" : "It counts once")
                + " these have taken theirs (vault take-share, within a day): "
                + names(answer.get("rekey_waits_for")));
  }

  private static String names(@Nullable Object list) {
    return list instanceof List<?> names
        ? String.join(", ", names.stream().map(String::valueOf).toList())
        : "";
  }
}
