package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.tls.TlsFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the custody of the vault's master key stands, in lines for a person. */
public final class CustodyLines {

  private CustodyLines() {}

  /** What a sealed vault waits for, and the command that goes on; nobody need be signed in. */
  public static String ofSealed(Home home) {
    try {
      return of(AdminClient.of(home, Zone.VAULT).post("custody/status", Map.of()), home);
    } catch (Refusal | TlsFileException e) {
      return "The vault is SEALED (" + e.getMessage() + "): " + home.command("vault status");
    }
  }

  /** After a share was given. */
  static String given(Map<String, @Nullable Object> custody, Home home) {
    boolean sealed = Boolean.TRUE.equals(custody.get("sealed"));
    String repeated =
        sealed
            ? "This share was given already and counts once: it takes another custodian's."
            : "The vault is open already; the share was not needed.";
    return Boolean.TRUE.equals(custody.get("repeated"))
        ? repeated + System.lineSeparator() + of(custody, home)
        : of(custody, home);
  }

  /** Whether the current master key has been made. */
  static boolean isMade(Map<String, @Nullable Object> custody) {
    return custody.get("keys") instanceof List<?> keys
        && !keys.isEmpty()
        && Boolean.TRUE.equals(AdminCommand.object(keys.getFirst()).get("initialised"));
  }

  static String of(Map<String, @Nullable Object> custody, Home home) {
    if (!(custody.get("keys") instanceof List<?> keys) || keys.isEmpty()) {
      return "The vault's master key is not held by custodians.";
    }
    List<String> lines = new ArrayList<>();
    keys.forEach(key -> lines.add(line(AdminCommand.object(key), home)));
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(Map<String, @Nullable Object> key, Home home) {
    String name = "The master key " + AdminCommand.text(key, "name");
    if (!Boolean.TRUE.equals(key.get("initialised"))) {
      return name
          + " has not been made yet: "
          + home.command("vault init --shares N --threshold K --setup-code-file FILE")
          + ", or, where people are enrolled, "
          + home.command("vault init --custodian NAME --custodian NAME --threshold K");
    }
    String terms =
        "%s of %s shares of the set %s"
            .formatted(
                AdminCommand.text(key, "threshold"),
                AdminCommand.text(key, "shares"),
                AdminCommand.text(key, "set"));
    return Boolean.TRUE.equals(key.get("open"))
        ? name + " is open (" + terms + ")."
        : "%s is SEALED: it takes %s; given so far: %s. Each custodian: %s"
            .formatted(name, terms, AdminCommand.text(key, "given"), home.command("vault unseal"));
  }
}
