package dev.portcullis.vault.forward;

import dev.portcullis.vault.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/** The forward policies that two administrators have installed; every version is kept. */
public final class PolicyStore {

  private final Sql sql;

  public PolicyStore(DataSource database) {
    this.sql = new Sql(database);
  }

  /**
   * A policy as it stands.
   *
   * @param content its JSON
   */
  record Installed(
      String name,
      int version,
      String content,
      String installedBy,
      String confirmedBy,
      Instant installedAt) {}

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
                    Sql.instant(row, "installed_at")))
        .stream()
        .filter(policy -> !policy.content().isEmpty())
        .toList();
  }

  /** The next version of that name; an empty content takes the policy away. */
  static int insert(
      Connection connection,
      String name,
      String content,
      String installedBy,
      String confirmedBy,
      Instant at)
      throws SQLException {
    Sql.update(connection, "lock table forward_policy in share row exclusive mode");
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
            + " installed_at) values (?, ?, nullif(?, ''), ?, ?, ?)",
        name,
        version,
        content,
        installedBy,
        confirmedBy,
        at);
    return version;
  }
}
