package dev.portcullis.vault.forward;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/** The forward policies that two administrators have installed; every version is kept. */
public final class PolicyStore {

  private static final long LOCK = 7_110_026L;

  private final Sql sql;

  public PolicyStore(DataSource database) {
    this.sql = new Sql(database);
  }

  /**
   * A policy as it stands.
   *
   * @param content its JSON
   * @param change the one that installed it, or empty
   */
  record Installed(
      String name,
      int version,
      String content,
      String installedBy,
      String confirmedBy,
      Instant installedAt,
      String change) {

    /** What two people must have confirmed for it to be used. */
    Confirmations.Claim claim() {
      return new Confirmations.Claim(
          change,
          PolicyChanges.INSTALL,
          name,
          Change.hash(PolicyChanges.INSTALL, name, content),
          installedBy,
          confirmedBy);
    }
  }

  /** The newest version of each that is not taken away. */
  List<Installed> current() {
    return sql
        .query(
            "select distinct on (name) * from forward_policy order by name, version desc",
            row ->
                new Installed(
                    row.getString("name"),
                    row.getInt("version"),
                    Objects.requireNonNullElse(row.getString("content"), ""),
                    row.getString("installed_by"),
                    row.getString("confirmed_by"),
                    Sql.instant(row, "installed_at"),
                    Objects.requireNonNullElse(row.getString("change"), "")))
        .stream()
        .filter(policy -> !policy.content().isEmpty())
        .toList();
  }

  /**
   * The next version of that name.
   *
   * @param change by which it is installed or taken away
   * @param content empty to take it away
   */
  static int insert(
      Connection connection, Change change, String content, String confirmedBy, Instant at)
      throws SQLException {
    String name = change.subject();
    // One at a time: versions follow one another.
    Sql.query(connection, "select pg_advisory_xact_lock(" + LOCK + ")", _ -> LOCK);
    int version =
        Sql.query(
                connection,
                "select coalesce(max(version), 0) + 1 from forward_policy where name = ?",
                row -> row.getInt(1),
                name)
            .getFirst();
    Sql.update(
        connection,
        "insert into forward_policy (name, version, content, installed_by, confirmed_by,"
            + " installed_at, change) values (?, ?, nullif(?, ''), ?, ?, ?, ?)",
        name,
        version,
        content,
        change.proposedBy(),
        confirmedBy,
        at,
        change.id());
    return version;
  }
}
