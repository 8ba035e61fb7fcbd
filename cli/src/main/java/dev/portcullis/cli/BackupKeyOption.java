package dev.portcullis.cli;

import dev.portcullis.cli.backup.RecoveryHalf;
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
      description = "The recovery half of the backup key, as backup-key create wrote it.")
  private @Nullable Path file;

  RecoveryHalf recoveryHalf() {
    if (file == null) {
      throw new Refusal("Name the recovery half of the backup key with --key FILE.");
    }
    Path named = file;
    return RecoveryHalf.parse(
        HomeFiles.read(named).orElseThrow(() -> new Refusal("There is no " + named + ".")),
        named.toString());
  }
}
