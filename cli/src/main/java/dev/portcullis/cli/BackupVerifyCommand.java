package dev.portcullis.cli;

import dev.portcullis.cli.backup.Backups;
import dev.portcullis.cli.backup.Preamble;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backup verify}: reads a backup wholly. Exit code 0 when it is whole, 1 otherwise. */
@Command(name = "verify", description = "Read a backup wholly, without restoring it.")
final class BackupVerifyCommand implements Callable<Integer> {
  @Mixin private BackupKeyOption key = new BackupKeyOption();

  @Parameters(paramLabel = "FILE", description = "The backup.")
  private Path file = Path.of("");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Preamble preamble = Backups.verify(file, key.recoveryHalf(), line -> Lines.toErr(spec, line));
    Lines.toOut(
        spec,
        "%s is whole: backup %s of %s, %s."
            .formatted(file, preamble.id(), preamble.instance(), preamble.at()));
    return 0;
  }
}
