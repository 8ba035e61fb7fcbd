package dev.portcullis.bench;

import dev.portcullis.kit.Ids;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The floor under the vault: the rows of a card that came in, written again and again by plain JDBC
 * in one commit; and the row of a card, read by its key.
 */
final class VaultFloor implements AutoCloseable {

  private record Template(String table, List<String> columns, List<@Nullable Object> values) {
    String insert() {
      return "insert into %s (%s) values (%s)"
          .formatted(
              table,
              String.join(", ", columns),
              String.join(", ", columns.stream().map(_ -> "?").toList()));
    }
  }

  private final List<Connection> all = new ArrayList<>();
  private final BlockingQueue<Connection> free;
  private final Ids ids = new Ids(InstantSource.system(), new SecureRandom());
  private final List<Template> rows = new ArrayList<>();
  private String account = "";

  private VaultFloor(int count) {
    this.free = new ArrayBlockingQueue<>(count);
  }

  static VaultFloor connect(int count) throws SQLException {
    VaultFloor floor = new VaultFloor(count);
    for (int n = 0; n < count; n++) {
      Connection connection = Database.vault();
      floor.all.add(connection);
      floor.free.add(connection);
    }
    return floor;
  }

  /** Learns which rows a card that came in has. */
  void learn(String card) throws SQLException {
    Connection connection = all.getFirst();
    rows.add(row(connection, "card", "id = ?", card));
    Template learned = rows.getFirst();
    account = String.valueOf(value(learned, "account"));
    rows.add(
        row(connection, "card_match", "shown = ?", String.valueOf(value(learned, "fingerprint"))));
    rows.add(row(connection, "idempotency", "account = ?", account));
  }

  private static @Nullable Object value(Template row, String column) {
    return row.values().get(row.columns().indexOf(column));
  }

  private static Template row(Connection connection, String table, String where, String value)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select * from " + table + " where " + where + " limit 1")) {
      select.setString(1, value);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("the rows of the card were not found");
        }
        List<String> columns = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (int at = 1; at <= row.getMetaData().getColumnCount(); at++) {
          columns.add(row.getMetaData().getColumnName(at));
          values.add(row.getObject(at));
        }
        return new Template(table, columns, values);
      }
    }
  }

  String account() {
    return account;
  }

  /** Ids of cards of that account, at most so many. */
  List<String> cards(int most) throws SQLException {
    List<String> cards = new ArrayList<>();
    try (PreparedStatement select =
        all.getFirst()
            .prepareStatement("select id from card where account = ? and id like 'pm%' limit ?")) {
      select.setString(1, account);
      select.setInt(2, most);
      try (ResultSet found = select.executeQuery()) {
        while (found.next()) {
          cards.add(found.getString(1));
        }
      }
    }
    return cards;
  }

  /** Writes the rows of a card in one commit. */
  Optional<String> write() {
    return with(
        connection -> {
          connection.setAutoCommit(false);
          String shown = ids.next("f");
          for (Template row : rows) {
            insert(connection, row, shown);
          }
          connection.commit();
          return shown;
        });
  }

  private void insert(Connection connection, Template row, String shown) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(row.insert())) {
      for (int at = 0; at < row.columns().size(); at++) {
        insert.setObject(
            at + 1,
            switch (row.columns().get(at)) {
              // Not a payment method: what is looked up shall be what the vault made.
              case "id" -> ids.next("floor");
              case "key", "mac" -> ids.next("k");
              case "shown" -> shown;
              default -> row.values().get(at);
            });
      }
      insert.executeUpdate();
    }
  }

  /**
   * Has the database write down what changed, as it does every quarter of an hour: what a warm-up
   * left is no part of what is measured next, and the log's files are there to be used again.
   */
  void checkpoint() throws SQLException {
    Connection connection = all.getFirst();
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    }
  }

  /** Reads the row of one of those cards. */
  Optional<String> read(List<String> cards) {
    String id = cards.get(ThreadLocalRandom.current().nextInt(cards.size()));
    return with(
        connection -> {
          connection.setAutoCommit(true);
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select * from card where account = ? and id = ? and livemode = false")) {
            select.setString(1, account);
            select.setString(2, id);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? row.getString("id") : null;
            }
          }
        });
  }

  private interface Work {
    @Nullable String on(Connection connection) throws SQLException;
  }

  private Optional<String> with(Work work) {
    Connection connection = null;
    try {
      connection = free.take();
      return Optional.ofNullable(work.on(connection));
    } catch (SQLException e) {
      throw new IllegalStateException("the floor could not be measured", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      if (connection != null) {
        free.add(connection);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : all) {
      connection.close();
    }
  }
}
