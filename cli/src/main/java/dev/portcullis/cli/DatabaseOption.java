package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.postgres.Databases;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --database-url} of commands that work on a home's databases. */
final class DatabaseOption {
  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description = {
        "The outside PostgreSQL that up was given, if it was; its password comes from"
            + " PORTCULLIS_DATABASE_PASSWORD or a .pgpass file."
      })
  private @Nullable String url;

  /** The URL as it was given; null for the home's own server. */
  @Nullable String url() {
    return url;
  }

  /** The outside server, or null for the home's own. */
  @Nullable DatabaseServer outside() {
    return url == null
        ? null
        : DatabaseServer.outside(url, System.getenv("PORTCULLIS_DATABASE_PASSWORD"));
  }

  /** The databases of a home that has some; our own server must run. */
  Databases of(Home home) {
    DatabaseServer outside = outside();
    String note =
        HomeFiles.read(home.databaseNote())
            .map(String::strip)
            .orElseThrow(
                () ->
                    new Refusal("There is no data in " + home.root() + "; choose another --home."));
    if (!note.equals(DatabaseServer.note(outside))) {
      throw new Refusal(
          note.equals("embedded")
              ? "This home's data is in its own database: leave --database-url out."
              : "This home's data is in the database at "
                  + note
                  + ": name it with --database-url, as for up.");
    }
    return new Databases(outside == null ? own(home) : outside, home);
  }

  private static DatabaseServer own(Home home) {
    InstanceReport report = InstanceReport.of(home);
    InstanceState state =
        report
            .state()
            .filter(_ -> report.alive().containsKey("postgres"))
            .orElseThrow(
                () ->
                    new Refusal(
                        "The database of %s does not run; start it with %s."
                            .formatted(home.root(), home.command("up"))));
    String password =
        HomeFiles.read(home.operator().resolve("postgres-password"))
            .map(String::strip)
            .orElseThrow(() -> new Refusal("The database's password is not in the home."));
    return DatabaseServer.embedded(state.ports().postgres(), password);
  }
}
