package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault import}: hands an encrypted file in, has it looked at, and proposes it. */
@Command(
    name = "import",
    description =
        "Hand in a file of cards that was encrypted by the vault's import key, have it looked at,"
            + " and propose to import it; another administrator confirms.")
final class VaultImportCommand extends AdminCommand {

  private static final int PIECE = 128 << 10;

  @Parameters(index = "0", paramLabel = "ACCOUNT", description = "The account's id.")
  private String account = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The encrypted file.")
  private @Nullable Path file;

  @Option(names = "--mode", required = true, paramLabel = "MODE", description = "test or live.")
  private TransferMode mode = TransferMode.TEST;

  @Option(
      names = "--purpose",
      required = true,
      paramLabel = "TEXT",
      description = "What for, as the audit trail keeps it.")
  private String purpose = "";

  @Override
  public Integer call() {
    Path source = Objects.requireNonNull(file);
    HomeFiles.requireReadable(source);
    AdminClient vault = signedIn(Zone.VAULT);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("account", account);
    body.put("livemode", mode.isLive());
    body.put("purpose", purpose);
    String path = "transfers/" + text(vault.post("transfers/imports", body), "id");
    Map<String, @Nullable Object> looked = waited(vault, path, handIn(vault, path, source));
    if (!text(looked, "status").equals("checked")) {
      print(looked, TransferLines.of(looked));
      return 1;
    }
    Map<String, @Nullable Object> proposed = vault.post(path + "/propose", Map.of());
    print(
        proposed,
        TransferLines.of(proposed)
            + System.lineSeparator()
            + VaultChangesCommand.proposed(this, object(proposed.get("proposal"))));
    return 0;
  }

  private Map<String, @Nullable Object> handIn(AdminClient vault, String path, Path source) {
    try (InputStream in = Files.newInputStream(source)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long size = Files.size(source);
      long sent = 0;
      byte[] piece = in.readNBytes(PIECE);
      while (piece.length > 0) {
        digest.update(piece);
        vault.post(
            path + "/content",
            Map.of("offset", sent, "data", Base64.getEncoder().encodeToString(piece)));
        sent += piece.length;
        TransferLines.progress(err(), "bytes handed in", sent, size);
        piece = in.readNBytes(PIECE);
      }
      return vault.post(
          path + "/received",
          Map.of("bytes", sent, "sha256", HexFormat.of().formatHex(digest.digest())));
    } catch (IOException e) {
      throw HomeFiles.failure("read " + source, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Map<String, @Nullable Object> waited(
      AdminClient vault, String path, Map<String, @Nullable Object> received) {
    Map<String, @Nullable Object> transfer = received;
    while (text(transfer, "status").equals("checking")) {
      TransferLines.pause();
      transfer = vault.get(path);
    }
    return transfer;
  }
}
