package dev.portcullis.vault;

import dev.portcullis.wire.audit.AppendOnly;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;

/** The form of the vault's tables. The vault only reads it; the command line lays it. */
final class Schema {

  private static final int KNOWN = 1;
  private static final int HEALTH_SECONDS = 2;

  private Schema() {}

  /**
   * Checks that the tables are those of this version, and that the vault's role can neither change
   * nor delete what is append-only (PCI DSS 10.3.2): whoever takes the vault over cannot either.
   *
   * @throws SQLException if they are not; one sentence
   */
  static void check(DataSource database) throws SQLException {
    int version;
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select max(version) from vault_schema")) {
      version = rows.next() ? rows.getInt(1) : 0;
    }
    if (version != KNOWN) {
      throw new SQLException(
          "The vault's database has schema version "
              + version
              + "; this vault works with version "
              + KNOWN
              + ".");
    }
    requireAppendOnly(database);
  }

  private static void requireAppendOnly(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(AppendOnly.CHANGEABLE)) {
      String tables = row.next() ? row.getString(1) : null;
      if (tables != null) {
        throw new SQLException(
            "The vault's database role could change what is append-only ("
                + tables
                + "); portcullis migrate takes those rights away, and the role must not own"
                + " tables.");
      }
    }
  }

  /** Why the database cannot be used now, or empty if it can. */
  static Optional<String> trouble(DataSource database) {
    try (Connection connection = database.getConnection()) {
      return connection.isValid(HEALTH_SECONDS)
          ? Optional.empty()
          : Optional.of("the database does not answer");
    } catch (SQLException e) {
      return Optional.of("the database cannot be reached");
    }
  }
}
