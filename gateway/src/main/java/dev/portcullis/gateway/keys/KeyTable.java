package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permissions;
import dev.portcullis.wire.net.Cidr;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The accounts' API keys in PostgreSQL, as keyed hashes. */
@Component
final class KeyTable {

  private static final String SELECT =
      "SELECT account, livemode, id, kind, hint, permissions, cidrs, expires_at, description,"
          + " created, created_by, version, vault_version, rolled_to, revoked_at, last_used_at,"
          + " last_used_address FROM api_keys WHERE ";

  private final Database database;
  private final TransactionTemplate transactions;

  KeyTable(Database database, TransactionTemplate transactions) {
    this.database = database;
    this.transactions = transactions;
  }

  /** Does that in one transaction. */
  <T> T within(Supplier<T> work) {
    T result = transactions.execute(_ -> work.get());
    if (result == null) {
      throw new IllegalStateException("a transaction's work gave nothing");
    }
    return result;
  }

  boolean hasAccount(String account) {
    return database
        .of(account)
        .sql("SELECT EXISTS (SELECT FROM accounts WHERE id = ?)")
        .param(account)
        .query(Boolean.class)
        .single();
  }

  List<StoredKey> list(String account) {
    return database
        .of(account)
        .sql(SELECT + "account = ? ORDER BY id DESC LIMIT 1000")
        .param(account)
        .query(KeyTable::row)
        .list();
  }

  Optional<StoredKey> find(String account, String id) {
    return database
        .of(account)
        .sql(SELECT + "account = ? AND id = ?")
        .params(account, id)
        .query(KeyTable::row)
        .optional();
  }

  /** The key, which nobody else changes until the transaction is over. */
  Optional<StoredKey> lock(String account, String id) {
    return database
        .of(account)
        .sql(SELECT + "account = ? AND id = ? FOR UPDATE")
        .params(account, id)
        .query(KeyTable::row)
        .optional();
  }

  void insert(StoredKey key, String hash) {
    database
        .of(key.account())
        .sql(
            "INSERT INTO api_keys (account, livemode, id, version, created, kind, hash, hint,"
                + " permissions, cidrs, expires_at, description, created_by)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Arrays.asList(
                key.account(),
                key.livemode(),
                key.id(),
                key.life().version(),
                time(key.life().created()),
                key.kind().wireName(),
                hash,
                key.hint(),
                key.terms().permissions().names().toArray(String[]::new),
                key.terms().cidrs().stream().map(Cidr::toString).toArray(String[]::new),
                key.terms().expiresAt().map(KeyTable::time).orElse(null),
                key.terms().description(),
                key.life().createdBy()))
        .update();
  }

  Optional<StoredKey> byHash(String hash) {
    return database
        .across(AllAccounts.AUTHENTICATION)
        .sql(SELECT + "hash = ?")
        .param(hash)
        .query(KeyTable::row)
        .optional();
  }

  void update(String account, String id, KeyTerms terms) {
    database
        .of(account)
        .sql(
            "UPDATE api_keys SET version = version + 1, permissions = ?, cidrs = ?, expires_at = ?,"
                + " description = ? WHERE account = ? AND id = ?")
        .params(
            Arrays.asList(
                terms.permissions().names().toArray(String[]::new),
                terms.cidrs().stream().map(Cidr::toString).toArray(String[]::new),
                terms.expiresAt().map(KeyTable::time).orElse(null),
                terms.description(),
                account,
                id))
        .update();
  }

  void roll(String account, String id, String to, Instant end) {
    database
        .of(account)
        .sql(
            "UPDATE api_keys SET version = version + 1, rolled_to = ?, expires_at = ?"
                + " WHERE account = ? AND id = ?")
        .params(to, time(end), account, id)
        .update();
  }

  void revoke(String account, String id, Instant at) {
    database
        .of(account)
        .sql(
            "UPDATE api_keys SET version = version + 1, revoked = true, revoked_at = ?"
                + " WHERE account = ? AND id = ?")
        .params(time(at), account, id)
        .update();
  }

  /**
   * Raises a key above that version, unless it has changed since; revokes it where a time is given.
   */
  boolean outrun(KeyRecord sent, long version, @Nullable Instant revokedAt) {
    return database
            .of(sent.account())
            .sql(
                "UPDATE api_keys SET version = greatest(version, ?::bigint)::integer + 1,"
                    + " revoked = revoked OR ?, revoked_at = coalesce(revoked_at, ?)"
                    + " WHERE account = ? AND id = ? AND version = ?")
            .params(
                Arrays.asList(
                    version,
                    revokedAt != null,
                    revokedAt == null ? null : time(revokedAt),
                    sent.account(),
                    sent.id(),
                    sent.version()))
            .update()
        == 1;
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static StoredKey row(ResultSet row, int number) throws SQLException {
    KeyTerms terms =
        new KeyTerms(
            Permissions.parse(texts(row.getArray(6))),
            cidrs(row.getArray(7)),
            instant(row, 8),
            row.getString(9));
    @Nullable String address = row.getString(17);
    StoredKey.Life life =
        new StoredKey.Life(
            instant(row, 10).orElseThrow(),
            row.getString(11),
            row.getInt(12),
            row.getInt(13),
            Optional.ofNullable(row.getString(14)),
            instant(row, 15),
            instant(row, 16).map(at -> new StoredKey.Use(at, address == null ? "" : address)));
    return new StoredKey(
        row.getString(1),
        row.getBoolean(2),
        row.getString(3),
        KeyKind.ofWireName(row.getString(4)),
        row.getString(5),
        terms,
        life);
  }

  static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  /** A block that cannot be read must not widen what the key may: the key then cannot be used. */
  static List<Cidr> cidrs(Array array) throws SQLException {
    return texts(array).stream()
        .map(
            text ->
                Cidr.parse(text)
                    .orElseThrow(() -> new IllegalStateException("a key has a bad block")))
        .toList();
  }
}
