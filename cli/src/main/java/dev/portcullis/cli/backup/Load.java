package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/**
 * Fills one database that its migrations have just made, in one transaction: all of it is there
 * afterwards, or none. What guards the tables in operation (append-only triggers, row-level
 * security that binds the owner too) would keep the owner itself from putting old rows back, so it
 * is lifted within the transaction, by the owner's own right and no superuser's, and put back as it
 * was.
 */
final class Load implements AutoCloseable {
  private static final String TRIGGERS =
      "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = ?::regclass AND NOT tgisinternal";
  private static final String FORCED =
      "SELECT relforcerowsecurity FROM pg_class WHERE oid = ?::regclass";

  private final Zone zone;
  private final Connection connection;
  private final Map<String, TableName> expected = new HashMap<>();
  private final Map<TableName, RowsDigest.Count> loaded = new HashMap<>();
  private final List<String> guardsBack = new ArrayList<>();

  /**
   * @param connection acts as the owner; is closed with this
   */
  Load(Zone zone, Connection connection) throws SQLException {
    this.zone = zone;
    this.connection = connection;
    connection.setAutoCommit(false);
    List<TableName> tables = Catalogue.tables(connection);
    for (TableName table : tables) {
      expected.put(table.quoted(), table);
      liftGuards(table);
    }
    // Migrations write rows too: each is in the backup, as it was by then.
    for (TableName table : tables.reversed()) {
      execute("DELETE FROM " + table.quoted());
    }
  }

  private void liftGuards(TableName table) throws SQLException {
    String alter = "ALTER TABLE " + table.quoted();
    try (PreparedStatement triggers = connection.prepareStatement(TRIGGERS)) {
      triggers.setString(1, table.quoted());
      try (ResultSet rows = triggers.executeQuery()) {
        while (rows.next()) {
          guardBack(alter, rows.getString(1), rows.getString(2));
        }
      }
    }
    execute(alter + " DISABLE TRIGGER USER");
    try (PreparedStatement forced = connection.prepareStatement(FORCED)) {
      forced.setString(1, table.quoted());
      try (ResultSet row = forced.executeQuery()) {
        if (row.next() && row.getBoolean(1)) {
          guardsBack.add(alter + " FORCE ROW LEVEL SECURITY");
          execute(alter + " NO FORCE ROW LEVEL SECURITY");
        }
      }
    }
  }

  /** By pg_trigger.tgenabled: O on, A always, R on replicas, D off. */
  private void guardBack(String alter, String trigger, String enabled) {
    String name = TableName.quote(trigger);
    switch (enabled) {
      case "O" -> guardsBack.add(alter + " ENABLE TRIGGER " + name);
      case "A" -> guardsBack.add(alter + " ENABLE ALWAYS TRIGGER " + name);
      case "R" -> guardsBack.add(alter + " ENABLE REPLICA TRIGGER " + name);
      default -> guardsBack.add(alter + " DISABLE TRIGGER " + name);
    }
  }

  /** Refuses a schema whose migrations are not those that the backup's had. */
  void requireHistory(List<Preamble.Migration> history) throws SQLException {
    if (!Catalogue.history(connection).equals(history)) {
      throw new Refusal(
          "This version of Portcullis has not the migrations that the backup's %s had at version %s: restore with the version that made it, and upgrade then."
              .formatted(zone.label(), history.getLast().version()));
    }
  }

  RowsDigest.Count table(TableName table, BackupReader.TableIn data)
      throws SQLException, IOException {
    if (!table.equals(expected.get(table.quoted()))) {
      throw new Refusal(
          "The backup's table %s is not what this version's migrations make at the same version."
              .formatted(table.shown()));
    }
    connection.unwrap(PGConnection.class).getCopyAPI().copyIn(table.copyIn(), data);
    RowsDigest.Count read = data.drain();
    loaded.put(table, read);
    return read;
  }

  void sequences(List<Catalogue.Sequence> sequences) throws SQLException {
    for (Catalogue.Sequence sequence : sequences) {
      try (PreparedStatement set =
          connection.prepareStatement("SELECT setval(?::regclass, ?, ?)")) {
        set.setString(1, sequence.quoted());
        set.setLong(2, sequence.last());
        set.setBoolean(3, sequence.called());
        set.execute();
      }
    }
  }

  /** Reads everything back, compares it with what was written, and makes it durable. */
  void finish(Consumer<String> say) throws SQLException, IOException {
    for (TableName table : expected.values()) {
      RowsDigest.Count there = count(table);
      if (!there.equals(loaded.get(table))) {
        throw new Refusal(
            "The %s's table %s does not hold what the backup does; nothing was restored."
                .formatted(zone.label(), table.shown()));
      }
    }
    for (String guard : guardsBack) {
      execute(guard);
    }
    connection.commit();
    connection.setAutoCommit(true);
    execute("ANALYZE");
    say.accept(
        "  the %s's %d tables hold what the backup does".formatted(zone.label(), expected.size()));
  }

  private RowsDigest.Count count(TableName table) throws SQLException, IOException {
    RowsDigest digest = new RowsDigest();
    OutputStream counting =
        new OutputStream() {
          @Override
          public void write(int b) {
            digest.update(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
          }
        };
    connection.unwrap(PGConnection.class).getCopyAPI().copyOut(table.copyOut(), counting);
    return digest.count();
  }

  // Every name in these statements is the database's own, quoted.
  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
