package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vault give-share}: a custodian gives an old share for a rekey, in their own session. */
@Command(
    name = "give-share",
    description =
        "Give your old share for the rekey that is under way, after seeing for whom it is.")
final class VaultGiveShareCommand extends AdminCommand {

  @Option(
      names = "--rekey",
      paramLabel = "ID",
      description = "Give it without asking, if it is for this one (rky_...).")
  private @Nullable String id;

  @Mixin private ShareOption share = new ShareOption();

  @Override
  public Integer call() {
    Prompt prompt = prompt();
    AdminClient vault = signedIn(Zone.VAULT);
    String given = id;
    if (given == null) {
      Map<String, @Nullable Object> now = vault.post("custody/rekey/status", Map.of());
      if (now.get("rekey") == null) {
        throw new Refusal("No rekey is under way; vault rekey begins one.");
      }
      err().println(VaultRekeyCommand.standing(now));
      if (!prompt.plain("Give your share for it (yes or no)").equals("yes")) {
        print("Nothing was given.");
        return 1;
      }
      given = text(object(now.get("rekey")), "id");
    }
    Map<String, @Nullable Object> answer =
        vault.post(
            "custody/rekey/shares",
            Map.of("rekey", given, "share", share.read(prompt, "Old share")));
    print(answer, VaultRekeyCommand.standing(answer));
    return 0;
  }
}
