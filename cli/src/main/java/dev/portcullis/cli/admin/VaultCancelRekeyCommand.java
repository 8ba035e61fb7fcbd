package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vault cancel-rekey}. */
@Command(
    name = "cancel-rekey",
    description = "End a rekey where it is: the old shares hold, and the new ones count nowhere.")
final class VaultCancelRekeyCommand extends AdminCommand {

  @Parameters(paramLabel = "ID", description = "rky_...")
  private String id = "";

  @Override
  public Integer call() {
    Map<String, @Nullable Object> answer =
        signedIn(Zone.VAULT).post("custody/rekey/cancel", Map.of("rekey", id));
    print(answer, VaultRekeyCommand.standing(answer));
    return 0;
  }
}
