package dev.portcullis.vault.custody;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.sql.DataSource;

/** Sealed master keys in the vault's database, where every vault of an installation finds them. */
final class SealedKeys {

  private final DataSource database;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Duration settling;

  /**
   * @param settling how long somebody who was let in or reset is no custodian of new shares
   */
  SealedKeys(DataSource database, AuditTrail audit, InstantSource clock, Duration settling) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
    this.settling = settling;
  }

  /** What is written into the audit trail with a change. */
  private record Entry(String action, String subject, String detail) {}

  Optional<SealedKey> find(String name) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select share_set, shares, threshold, verifiers, sealed from sealed_key"
                    + " where name = ?")) {
      select.setString(1, name);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new SealedKey(
                    name,
                    rows.getString(1),
                    rows.getInt(2),
                    rows.getInt(3),
                    rows.getBytes(4),
                    rows.getBytes(5)))
            : Optional.empty();
      }
    }
  }

  /**
   * Whether that person has chosen a password and an authenticator too lately before that time, or
   * after it: whoever invites or resets somebody could be them.
   */
  boolean hasEnrolledTooLately(String person, Instant time) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select exists (select from person_enrollment"
                    + " where coalesce(person, proposed_name) = ? and used > ?)")) {
      select.setString(1, person);
      select.setTimestamp(2, Timestamp.from(time.minus(settling)));
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /**
   * Stores the first key of that name.
   *
   * @param by who asked for it
   * @throws ApiException 400, and nothing is changed, if there is another one by now
   */
  void create(SealedKey key, String by) throws SQLException {
    store(key, Optional.empty(), entry("custody.initialised", key, "", by));
  }

  /**
   * Stores a key with its new shares in the place of the one that had the old ones.
   *
   * @param replaced the set that dies
   * @param by who asked for it
   * @throws ApiException 400, and nothing is changed, if there is another one by now
   */
  void replace(String replaced, SealedKey key, String by) throws SQLException {
    store(key, Optional.of(replaced), entry("custody.rekeyed", key, " for " + replaced, by));
  }

  private static Entry entry(String action, SealedKey key, String forWhat, String by) {
    return new Entry(
        action,
        "sealed:" + key.name(),
        "set %s%s, %s by %s"
            .formatted(key.set(), forWhat, SealedKey.terms(key.shares(), key.threshold()), by));
  }

  private void store(SealedKey key, Optional<String> replaced, Entry entry) throws SQLException {
    // A commit whose answer was lost has stored it before.
    if (!tryToStore(key, replaced, entry)) {
      Optional<SealedKey> stored = find(key.name());
      if (stored.filter(now -> now.set().equals(key.set())).isEmpty()) {
        throw CustodyErrors.badTicket(stored);
      }
    }
  }

  private boolean tryToStore(SealedKey key, Optional<String> replaced, Entry entry)
      throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        boolean stored =
            replaced.isPresent()
                ? update(connection, key, replaced.get())
                : insert(connection, key);
        if (stored) {
          audit.appendWithin(connection, entry.action(), entry.subject(), entry.detail());
          connection.commit();
        } else {
          connection.rollback();
        }
        return stored;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private boolean insert(Connection connection, SealedKey key) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into sealed_key (share_set, shares, threshold, verifiers, sealed, changed,"
                + " name) values (?, ?, ?, ?, ?, ?, ?) on conflict (name) do nothing")) {
      return set(insert, key).executeUpdate() == 1;
    }
  }

  private boolean update(Connection connection, SealedKey key, String replaced)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update sealed_key set share_set = ?, shares = ?, threshold = ?, verifiers = ?,"
                + " sealed = ?, changed = ? where name = ? and share_set = ?")) {
      set(update, key).setString(8, replaced);
      return update.executeUpdate() == 1;
    }
  }

  private PreparedStatement set(PreparedStatement statement, SealedKey key) throws SQLException {
    statement.setString(1, key.set());
    statement.setInt(2, key.shares());
    statement.setInt(3, key.threshold());
    statement.setBytes(4, key.verifiers());
    statement.setBytes(5, key.sealed());
    statement.setTimestamp(6, Timestamp.from(clock.instant()));
    statement.setString(7, key.name());
    return statement;
  }
}
