package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/**
 * Both databases as they are at one moment each. The gateway's snapshot is taken first: whatever
 * card it knows by then, the vault's later one holds.
 */
final class Dump implements AutoCloseable {
  static final List<Zone> ORDER = List.of(Zone.GATEWAY, Zone.VAULT);

  private final Map<Zone, Connection> connections = new LinkedHashMap<>();

  /** Takes both snapshots. */
  Dump(Databases databases) {
    try {
      for (Zone zone : ORDER) {
        Connection connection = databases.connectToAll(zone);
        connections.put(zone, connection);
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        now(connection);
      }
    } catch (SQLException e) {
      close();
      throw failure(e);
    }
  }

  private static Instant now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT now()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  /** When the gateway's snapshot was taken, by the database's clock. */
  Instant at() throws SQLException {
    return now(connection(Zone.GATEWAY));
  }

  private Connection connection(Zone zone) {
    Connection connection = connections.get(zone);
    if (connection == null) {
      throw new IllegalStateException("no snapshot of the " + zone.label());
    }
    return connection;
  }

  /** The newest signed head of the vault's audit trail, where there is one. */
  Optional<String> auditHead() throws SQLException {
    if (!hasHeads()) {
      return Optional.empty();
    }
    try (Statement statement = connection(Zone.VAULT).createStatement();
        ResultSet row =
            statement.executeQuery("SELECT head FROM audit_head ORDER BY size DESC LIMIT 1")) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }

  /** The keys that may have signed heads, oldest first. */
  List<HeadKey> auditKeys() throws SQLException {
    if (!hasHeads()) {
      return List.of();
    }
    List<byte[]> encoded = new ArrayList<>();
    try (Statement statement = connection(Zone.VAULT).createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT public_key FROM audit_key WHERE public_key IS NOT NULL"
                    + " ORDER BY generation")) {
      while (rows.next()) {
        encoded.add(rows.getBytes(1));
      }
    }
    return HeadKey.allOf(encoded);
  }

  /** Whether that head is there. */
  boolean hasHead(SignedHead head) throws SQLException {
    if (!hasHeads()) {
      return false;
    }
    try (PreparedStatement statement =
        connection(Zone.VAULT)
            .prepareStatement("SELECT 1 FROM audit_head WHERE size = ? AND head = ?")) {
      statement.setLong(1, head.size());
      statement.setString(2, head.text());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** The vault of an older version has none. */
  private boolean hasHeads() throws SQLException {
    try (Statement statement = connection(Zone.VAULT).createStatement();
        ResultSet there = statement.executeQuery("SELECT to_regclass('audit_head') IS NOT NULL")) {
      there.next();
      return there.getBoolean(1);
    }
  }

  /** What migrations each database has. */
  Map<Zone, List<Preamble.Migration>> histories() throws SQLException {
    Map<Zone, List<Preamble.Migration>> histories = new LinkedHashMap<>();
    for (Zone zone : ORDER) {
      histories.put(zone, Catalogue.history(connection(zone)));
    }
    return histories;
  }

  /** Writes everything, to the end. */
  void write(BackupWriter writer, Consumer<String> say) throws IOException, SQLException {
    for (Zone zone : ORDER) {
      Connection connection = connection(zone);
      for (TableName table : Catalogue.tables(connection)) {
        BackupWriter.TableOut out = writer.table(zone, table);
        connection.unwrap(PGConnection.class).getCopyAPI().copyOut(table.copyOut(), out);
        say.accept(Progress.line(zone, table, out.finish()));
      }
      // A sequence knows no snapshot. Read last, it is never behind the rows that used it.
      writer.sequences(zone, Catalogue.sequences(connection));
    }
    writer.end();
  }

  static Refusal failure(SQLException e) {
    return new Refusal(
        "The database could not be read: %s."
            .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
        e);
  }

  @Override
  public void close() {
    for (Connection connection : connections.values()) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw failure(e);
      }
    }
  }
}
