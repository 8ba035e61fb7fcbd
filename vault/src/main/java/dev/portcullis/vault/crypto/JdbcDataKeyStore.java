package dev.portcullis.vault.crypto;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Wrapped data keys in PostgreSQL. */
final class JdbcDataKeyStore implements DataKeyStore {

  private static final String COLUMNS = "id, account, livemode, period, master_key, wrapped";

  private final DataSource database;
  private final InstantSource clock;

  JdbcDataKeyStore(DataSource database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public Optional<Row> find(Owner owner, int period) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select "
                    + COLUMNS
                    + " from data_key where account = ? and livemode = ? and period = ?")) {
      select.setString(1, owner.account());
      select.setBoolean(2, owner.livemode());
      select.setInt(3, period);
      return read(select);
    }
  }

  @Override
  public Optional<Row> find(Owner owner, String id) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select " + COLUMNS + " from data_key where account = ? and id = ?")) {
      select.setString(1, owner.account());
      select.setString(2, id);
      return read(select);
    }
  }

  @Override
  public boolean isDestroyed(Owner owner) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select 1 from shredded_account where account = ? and livemode = ?")) {
      select.setString(1, owner.account());
      select.setBoolean(2, owner.livemode());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  @Override
  public Optional<Row> newest() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select " + COLUMNS + " from data_key order by created desc, id desc limit 1")) {
      return read(select);
    }
  }

  @Override
  public Set<String> masterKeys() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select distinct master_key from data_key order by master_key");
        ResultSet rows = select.executeQuery()) {
      Set<String> ids = new LinkedHashSet<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    }
  }

  @Override
  public Row insertOrFind(Row row) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into data_key (account, livemode, period, id, master_key, wrapped, created)"
                    + " values (?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict (account, livemode, period) do nothing")) {
      insert.setString(1, row.owner().account());
      insert.setBoolean(2, row.owner().livemode());
      insert.setInt(3, row.period());
      insert.setString(4, row.id());
      insert.setString(5, row.masterKey());
      insert.setBytes(6, row.wrapped());
      insert.setTimestamp(7, Timestamp.from(clock.instant()));
      if (insert.executeUpdate() == 1) {
        return row;
      }
    }
    return find(row.owner(), row.period())
        .orElseThrow(() -> new SQLException("a data key was there and is gone"));
  }

  private static Optional<Row> read(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      return rows.next()
          ? Optional.of(
              new Row(
                  rows.getString(1),
                  new Owner(rows.getString(2), rows.getBoolean(3)),
                  rows.getInt(4),
                  rows.getString(5),
                  rows.getBytes(6)))
          : Optional.empty();
    }
  }
}
