package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault export}: proposes to hand an account's cards over to somebody. */
@Command(
    name = "export",
    description =
        "Propose to export an account's cards, encrypted to somebody's OpenPGP key; another"
            + " administrator confirms, and vault transfers fetch gets the files.")
final class VaultExportCommand extends AdminCommand {

  private static final long LONGEST_KEY = 64 << 10;

  @Parameters(paramLabel = "ACCOUNT", description = "The account's id.")
  private String account = "";

  @Option(names = "--mode", required = true, paramLabel = "MODE", description = "test or live.")
  private TransferMode mode = TransferMode.TEST;

  @Option(
      names = "--purpose",
      required = true,
      paramLabel = "TEXT",
      description = "What for, as the audit trail keeps it.")
  private String purpose = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "The recipient's public OpenPGP key, as text.")
  private @Nullable Path recipient;

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "Only cards that were made then (UTC) or later.")
  private @Nullable LocalDate from;

  @Option(
      names = "--before",
      paramLabel = "DATE",
      description = "Only cards that were made before then (UTC).")
  private @Nullable LocalDate before;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("account", account);
    body.put("livemode", mode.isLive());
    body.put("purpose", purpose);
    body.put("recipient_key", key());
    put(body, "created_from", from);
    put(body, "created_before", before);
    Map<String, @Nullable Object> proposed = signedIn(Zone.VAULT).post("transfers/exports", body);
    print(
        proposed,
        String.join(
            System.lineSeparator(),
            TransferLines.line(proposed),
            "Compare the recipient's fingerprint with them by another way: "
                + VaultImportKeyCommand.spaced(text(proposed, "recipient")),
            VaultChangesCommand.proposed(this, object(proposed.get("proposal")))));
    return 0;
  }

  private String key() {
    Path file = recipient;
    try {
      if (file == null || Files.size(file) > LONGEST_KEY) {
        throw new Refusal(file + " is no public OpenPGP key: it is too long.");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw HomeFiles.failure("read " + file, e);
    }
  }

  private static void put(
      Map<String, @Nullable Object> body, String name, @Nullable LocalDate date) {
    if (date != null) {
      body.put(name, date.atStartOfDay(ZoneOffset.UTC).toEpochSecond());
    }
  }
}
