package dev.portcullis.cli;

import dev.portcullis.cli.postgres.DatabasePrograms;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --database-programs} of commands that make or start a home's own database. */
final class DatabaseProgramsOption {
  @Option(
      names = "--database-programs",
      paramLabel = "FOLDER",
      description = {
        "Run the database with this machine's PostgreSQL, 15 or newer, such as"
            + " /usr/lib/postgresql/18/bin. The home remembers it; another folder of the same"
            + " version may be named later, or 'bundled' for what comes along."
      })
  private @Nullable String folder;

  /** What was given; null for nothing. */
  @Nullable String given() {
    return folder;
  }

  /**
   * What was given, held against the other option.
   *
   * @param databaseUrl an outside server's; null when none was given
   * @throws dev.portcullis.cli.home.Refusal if it is no absolute path, or both are given
   */
  @Nullable String besides(@Nullable String databaseUrl) {
    DatabasePrograms.require(folder, databaseUrl);
    return folder;
  }
}
