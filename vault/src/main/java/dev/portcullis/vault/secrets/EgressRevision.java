package dev.portcullis.vault.secrets;

import dev.portcullis.vault.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** Counts the changes of what may go out and with what, for every vault on this database. */
public final class EgressRevision {

  private EgressRevision() {}

  /** There is a change, within the transaction that makes it. */
  public static void raise(Connection connection) throws SQLException {
    Sql.update(connection, "update egress_revision set revision = revision + 1");
  }

  /** How many there were. */
  public static long of(Sql sql) {
    return sql.query("select revision from egress_revision", row -> row.getLong(1)).getFirst();
  }
}
