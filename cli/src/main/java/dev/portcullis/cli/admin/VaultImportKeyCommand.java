package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code vault import-key}: what others encrypt cards for this vault by. */
@Command(
    name = "import-key",
    description =
        "Print the vault's public OpenPGP key, by which whoever has your cards encrypts them; tell"
            + " them its fingerprint by another way.")
final class VaultImportKeyCommand extends AdminCommand {

  @Override
  public Integer call() {
    Map<String, @Nullable Object> key = signedIn(Zone.VAULT).post("import_key", Map.of());
    if (!json()) {
      err().println("Fingerprint: " + spaced(text(key, "fingerprint")));
      err().flush();
    }
    print(key, text(key, "armoured").stripTrailing());
    return 0;
  }

  /** A fingerprint as people compare it, four digits at a time. */
  static String spaced(String fingerprint) {
    return fingerprint.toUpperCase(java.util.Locale.ROOT).replaceAll("(.{4})(?=.)", "$1 ");
  }
}
