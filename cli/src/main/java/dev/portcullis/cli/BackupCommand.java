package dev.portcullis.cli;

import dev.portcullis.cli.backup.Backups;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code backup}: both databases into one encrypted file, while everything goes on. Prints the
 * file's path when it is whole. Exit code 0 then, 1 otherwise.
 */
@Command(
    name = "backup",
    description = "Back both databases up into an encrypted file, while everything goes on.",
    subcommands = BackupVerifyCommand.class)
final class BackupCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private DatabaseOption database = new DatabaseOption();

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Where the file goes: another disk than the home's.")
  private @Nullable Path folder;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "0",
      description = "Remove this home's older backups from the folder but for the newest N.")
  private int keep;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (folder == null || keep < 0) {
      throw new Refusal("Say where to with --to FOLDER, and with --keep how many stay.");
    }
    Home place = home.trusted();
    Path made =
        new Backups(place, database.of(place), Clock.systemUTC(), this::progress)
            .make(folder.toAbsolutePath().normalize(), keep);
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(made);
      out.flush();
    }
    return 0;
  }

  private void progress(String line) {
    Lines.toErr(spec, line);
  }
}
