package dev.portcullis.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code backup-key}: the key that backups are made for; alone, it shows its commands. */
@Command(
    name = "backup-key",
    description = "Make the key that backups are encrypted for.",
    subcommands = BackupKeyCreateCommand.class)
final class BackupKeyCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
