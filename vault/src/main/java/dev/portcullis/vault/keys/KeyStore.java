package dev.portcullis.vault.keys;

import dev.portcullis.wire.key.KeyKind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** API keys in PostgreSQL, as keyed hashes. */
final class KeyStore {

  /** What is revoked stays so, whatever is said later: a restored gateway may not know of it. */
  private static final String UPSERT =
      """
      insert into api_key
        (account, id, version, livemode, kind, hash, scopes, cidrs, expires_at, revoked)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (account, id) do update set
        version = excluded.version, livemode = excluded.livemode, kind = excluded.kind,
        hash = excluded.hash, scopes = excluded.scopes, cidrs = excluded.cidrs,
        expires_at = excluded.expires_at, revoked = api_key.revoked or excluded.revoked
      where api_key.version < excluded.version
      """;

  private static final String SELECT =
      "select account, id, version, livemode, kind, hash, scopes, cidrs, expires_at, revoked"
          + " from api_key where ";

  private final DataSource database;

  KeyStore(DataSource database) {
    this.database = database;
  }

  /**
   * Takes the keys in, each unless a version of it stands that is as new, in one commit.
   *
   * @return what then stands of each key, in the order given
   */
  List<KeyRow> push(List<KeyRow> keys) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        upsert(connection, keys);
        List<KeyRow> standing = new ArrayList<>();
        for (KeyRow key : keys) {
          standing.add(standing(connection, key));
        }
        connection.commit();
        return standing;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private static void upsert(Connection connection, List<KeyRow> keys) throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      // Rows are locked in one order, whoever pushes: two pushes cannot lock each other out.
      for (KeyRow key : keys.stream().sorted(Comparator.comparing(KeyRow::id)).toList()) {
        upsert.setString(1, key.account());
        upsert.setString(2, key.id());
        upsert.setLong(3, key.version());
        upsert.setBoolean(4, key.livemode());
        upsert.setString(5, key.kind().wireName());
        upsert.setBytes(6, key.hash());
        upsert.setArray(7, texts(connection, key.scopes()));
        upsert.setArray(8, texts(connection, key.cidrs()));
        Instant end = key.expiresAt();
        upsert.setTimestamp(9, end == null ? null : Timestamp.from(end));
        upsert.setBoolean(10, key.revoked());
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }

  private static KeyRow standing(Connection connection, KeyRow key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + "account = ? and id = ?")) {
      select.setString(1, key.account());
      select.setString(2, key.id());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return read(rows);
      }
    }
  }

  /** The key with that hash. */
  Optional<KeyRow> find(byte[] hash) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select = connection.prepareStatement(SELECT + "hash = ?")) {
      select.setBytes(1, hash);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(read(rows)) : Optional.empty();
      }
    }
  }

  private static KeyRow read(ResultSet row) throws SQLException {
    @Nullable Timestamp end = row.getTimestamp(9);
    return new KeyRow(
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getBoolean(4),
        KeyKind.ofWireName(row.getString(5)),
        row.getBytes(6),
        List.of((String[]) row.getArray(7).getArray()),
        List.of((String[]) row.getArray(8).getArray()),
        end == null ? null : end.toInstant(),
        row.getBoolean(10));
  }

  private static Array texts(Connection connection, List<String> values) throws SQLException {
    return connection.createArrayOf("text", values.toArray());
  }
}
