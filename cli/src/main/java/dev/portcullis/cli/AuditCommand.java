package dev.portcullis.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code audit}: what concerns the vault's audit trail; alone, it shows its commands. */
@Command(
    name = "audit",
    description = "Look at the vault's audit trail.",
    subcommands = AuditVerifyCommand.class)
final class AuditCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
