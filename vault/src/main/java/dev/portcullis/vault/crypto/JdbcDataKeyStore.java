package dev.portcullis.vault.crypto;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Wrapped data keys in PostgreSQL. */
final class JdbcDataKeyStore implements DataKeyStore {

  private static final String COLUMNS = "id, account, livemode, period, master_key, wrapped";

  private static final String ALL =
      "(select "
          + COLUMNS
          + ", created from data_key union all select "
          + COLUMNS
          + ", created from retired_data_key)";

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
                "select "
                    + COLUMNS
                    + " from data_key where account = ? and id = ? union all select "
                    + COLUMNS
                    + " from retired_data_key where account = ? and id = ?")) {
      select.setString(1, owner.account());
      select.setString(2, id);
      select.setString(3, owner.account());
      select.setString(4, id);
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
  public List<Sampled> sample(String masterKey, int most) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "with k as materialized (select *, "
                    + UsedDataKeys.isUsed("d")
                    + " as used from "
                    + ALL
                    + " d where master_key = ?)"
                    + " (select * from k order by used desc, created, id limit 1) union all"
                    + " (select * from k order by used desc, created desc, id desc limit 1)"
                    + " union all (select * from k order by used desc, random() limit ?)")) {
      select.setString(1, masterKey);
      select.setInt(2, most);
      List<Sampled> sample = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          sample.add(new Sampled(row(rows), rows.getBoolean("used")));
        }
      }
      return sample;
    }
  }

  @Override
  public boolean areUsed(Set<String> masterKeys) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select exists (select from "
                    + ALL
                    + " d where master_key = any (?) and "
                    + UsedDataKeys.isUsed("d")
                    + ")")) {
      select.setArray(1, connection.createArrayOf("text", masterKeys.toArray()));
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  @Override
  public Set<String> masterKeys() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select master_key from data_key union select master_key from retired_data_key"
                    + " order by master_key");
        ResultSet rows = select.executeQuery()) {
      Set<String> ids = new LinkedHashSet<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    }
  }

  @Override
  public List<Row> wrappedByOthersThan(String masterKey, int most) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select "
                    + COLUMNS
                    + " from data_key where master_key <> ? union all select "
                    + COLUMNS
                    + " from retired_data_key where master_key <> ? limit ?")) {
      select.setString(1, masterKey);
      select.setString(2, masterKey);
      select.setInt(3, most);
      List<Row> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(row(rows));
        }
      }
      return found;
    }
  }

  @Override
  public boolean rewrap(Row before, String masterKey, byte[] wrapped) throws SQLException {
    int changed = 0;
    try (Connection connection = database.getConnection()) {
      for (String table : new String[] {"data_key", "retired_data_key"}) {
        try (PreparedStatement update =
            connection.prepareStatement(
                "update "
                    + table
                    + " set master_key = ?, wrapped = ?"
                    + " where account = ? and id = ? and master_key = ?")) {
          update.setString(1, masterKey);
          update.setBytes(2, wrapped);
          update.setString(3, before.owner().account());
          update.setString(4, before.id());
          update.setString(5, before.masterKey());
          changed += update.executeUpdate();
        }
      }
    }
    return changed > 0;
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
      return rows.next() ? Optional.of(row(rows)) : Optional.empty();
    }
  }

  private static Row row(ResultSet rows) throws SQLException {
    return new Row(
        rows.getString(1),
        new Owner(rows.getString(2), rows.getBoolean(3)),
        rows.getInt(4),
        rows.getString(5),
        rows.getBytes(6));
  }
}
