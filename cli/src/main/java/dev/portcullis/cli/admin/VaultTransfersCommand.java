package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault transfers}: cards that came and went in bulk; lists them. */
@Command(
    name = "transfers",
    description = "List imports and exports of cards, and how far they are.",
    subcommands = {
      VaultTransfersCommand.Show.class,
      VaultTransfersCommand.Mapping.class,
      VaultTransfersCommand.Fetch.class,
      VaultTransfersCommand.Abandon.class
    })
final class VaultTransfersCommand extends AdminCommand {

  @Override
  public Integer call() {
    Map<String, @Nullable Object> transfers = signedIn(Zone.VAULT).get("transfers");
    print(
        transfers,
        data(transfers).stream()
            .map(TransferLines::line)
            .collect(Collectors.joining(System.lineSeparator())));
    return 0;
  }

  /** {@code vault transfers show}: exit code 1 while it has not ended well. */
  @Command(
      name = "show",
      description = "Show one with what was found and its reconciliation report.")
  static final class Show extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "trf_...")
    private String id = "";

    @Option(names = "--wait", description = "Wait until it has ended.")
    private boolean wait;

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      Map<String, @Nullable Object> transfer = vault.get("transfers/" + id);
      String before = "";
      while (wait && text(transfer, "status").equals("running")) {
        String now = text(transfer, "moved");
        if (!now.equals(before)) {
          err().println("  " + now + " of " + text(transfer, "total"));
          err().flush();
          before = now;
        }
        TransferLines.pause();
        transfer = vault.get("transfers/" + id);
      }
      print(transfer, TransferLines.of(transfer));
      return text(transfer, "status").equals("done") ? 0 : 1;
    }
  }

  /** {@code vault transfers mapping}: which old id became which payment method. */
  @Command(
      name = "mapping",
      description =
          "Write which line of an import became which payment method, or why none, as CSV.")
  static final class Mapping extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "trf_...")
    private String id = "";

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "A new file.")
    private @Nullable Path out;

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      Path file = fresh(out);
      long lines = 0;
      try (OutputStream writing = create(file)) {
        boolean more = true;
        long after = 0;
        while (more) {
          Map<String, @Nullable Object> page =
              vault.get("transfers/%s/lines?after=%d".formatted(id, after));
          String csv = text(page, "csv");
          writing.write(csv.getBytes(StandardCharsets.UTF_8));
          lines += csv.lines().count() - (after == 0 ? 1 : 0);
          after = number(page, "last");
          more = Boolean.TRUE.equals(page.get("has_more"));
        }
      } catch (IOException e) {
        throw HomeFiles.failure("write " + file, e);
      }
      print("%d lines are in %s.".formatted(lines, file));
      return 0;
    }
  }

  /** {@code vault transfers fetch}: an export's files, for one of its two people. */
  @Command(
      name = "fetch",
      description = "Fetch an export's encrypted files; only who proposed or confirmed it may.")
  static final class Fetch extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "trf_...")
    private String id = "";

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FOLDER",
        description = "Where to; files that are there already and whole are not fetched again.")
    private @Nullable Path out;

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      Map<String, @Nullable Object> transfer = vault.get("transfers/" + id);
      if (!(transfer.get("report") instanceof Map<?, ?> report)
          || !(report.get("parts") instanceof List<?> parts)) {
        throw new Refusal("The transfer " + id + " has no files (yet); see vault transfers show.");
      }
      Path folder = out;
      if (folder == null || !Files.isDirectory(folder)) {
        throw new Refusal(folder + " is no folder.");
      }
      for (Object each : parts) {
        fetch(vault, object(each), folder);
      }
      print("%d files are in %s.".formatted(parts.size(), folder));
      return 0;
    }

    private void fetch(AdminClient vault, Map<String, @Nullable Object> part, Path folder) {
      Path file = folder.resolve("%s-%05d.jsonl.pgp".formatted(id, number(part, "number")));
      try {
        if (Files.exists(file)) {
          requireDigest(file, Files.readAllBytes(file), part);
          return;
        }
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream writing = new DigestOutputStream(create(partial), digest)) {
          long size = number(part, "bytes");
          for (long at = 0; at < size; ) {
            Map<String, @Nullable Object> got =
                vault.get(
                    "transfers/%s/parts/%d?offset=%d".formatted(id, number(part, "number"), at));
            byte[] piece = Base64.getDecoder().decode(text(got, "data"));
            if (piece.length == 0) {
              throw new Refusal("The vault's file is shorter than its report says.");
            }
            writing.write(piece);
            at += piece.length;
            TransferLines.progress(err(), "bytes of " + file.getFileName(), at, size);
          }
        }
        requireSame(file, HexFormat.of().formatHex(digest.digest()), part);
        Files.move(partial, file);
      } catch (IOException e) {
        throw HomeFiles.failure("write " + file, e);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    private static void requireDigest(Path file, byte[] content, Map<String, @Nullable Object> part)
        throws NoSuchAlgorithmException {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      requireSame(file, HexFormat.of().formatHex(digest), part);
    }

    private static void requireSame(Path file, String digest, Map<String, @Nullable Object> part) {
      boolean same =
          MessageDigest.isEqual(
              digest.getBytes(StandardCharsets.US_ASCII),
              text(part, "sha256").getBytes(StandardCharsets.US_ASCII));
      if (!same) {
        throw new Refusal(file + " is not the file of the report: its SHA-256 is " + digest + ".");
      }
    }
  }

  /** {@code vault transfers abandon}. */
  @Command(
      name = "abandon",
      description = "End one where it is: what was imported stays, an export's files go.")
  static final class Abandon extends AdminCommand {

    @Parameters(paramLabel = "ID", description = "trf_...")
    private String id = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> ended =
          signedIn(Zone.VAULT).post("transfers/" + id + "/abandon", Map.of());
      print(ended, TransferLines.line(ended));
      return 0;
    }
  }

  private static Path fresh(@Nullable Path file) {
    if (file == null || Files.exists(file)) {
      throw new Refusal(file + " is there already; name a new file.");
    }
    return file;
  }

  /** Readable by its owner alone. */
  private static OutputStream create(Path file) {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.newOutputStream(file, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
