package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault shred}: the cards of an account open no more. */
@Command(
    name = "shred",
    description =
        "Destroy the keys of an account's cards, for ever: none of them opens any more, and the"
            + " account takes no more cards.")
final class VaultShredCommand extends AdminCommand {

  /** Whose money. */
  enum Mode {
    TEST,
    LIVE
  }

  @Parameters(paramLabel = "ACCOUNT", description = "The account's id.")
  private String account = "";

  @Option(
      names = "--mode",
      required = true,
      paramLabel = "MODE",
      description = "test or live; the other mode's cards stay.")
  private Mode mode = Mode.TEST;

  @Option(
      names = "--confirm",
      required = true,
      paramLabel = "ACCOUNT",
      description = "The account's id once more: there is no way back.")
  private String confirmed = "";

  @Override
  public Integer call() {
    if (!confirmed.equals(account)) {
      throw new Refusal("--confirm must name the same account: there is no way back.");
    }
    Map<String, @Nullable Object> answer =
        signedIn(Zone.VAULT)
            .post("accounts/" + account + "/shred", Map.of("livemode", mode == Mode.LIVE));
    print(answer, VaultChangesCommand.proposed(this, answer));
    return 0;
  }
}
