package dev.portcullis.cli;

import dev.portcullis.cli.backup.BackupKey;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --key} of commands that open a backup. */
final class BackupKeyOption {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private half of the backup key, as backup-key create wrote it.")
  private @Nullable Path file;

  BackupKey privateHalf() {
    if (file == null) {
      throw new Refusal("Name the private half of the backup key with --key FILE.");
    }
    Path named = file;
    return BackupKey.parsePrivate(
        HomeFiles.read(named).orElseThrow(() -> new Refusal("There is no " + named + ".")),
        named.toString());
  }
}
