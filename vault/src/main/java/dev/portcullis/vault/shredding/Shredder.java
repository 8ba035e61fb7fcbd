package dev.portcullis.vault.shredding;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.secrets.EgressRevision;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Destroys the data keys of an account and mode (crypto-shredding): without them its card numbers,
 * and whatever else they sealed, are noise, in this database and in every copy of it that is made
 * from then on. The account gets no new keys, so that a key of the API that somebody forgot takes
 * no more cards.
 *
 * <p>Keys in memory are forgotten at once in this vault, and within seconds in every other one,
 * which looks at the table of shredded accounts.
 */
public final class Shredder {

  private static final Logger LOG = Logger.getLogger(Shredder.class.getName());

  private static final List<String> KEYS = List.of("data_key", "retired_data_key");

  /** By what a card is found or known again. */
  private static final List<String> FOUND_BY = List.of("card_match", "card_alias");

  private final DataSource database;
  private final DataKeys keys;
  private final AuditTrail audit;
  private final InstantSource clock;
  private long known;

  /**
   * What was destroyed.
   *
   * @param keys data keys
   * @param cards cards that open no more; their rows stay
   * @param secrets providers' secrets, which the same keys have sealed
   */
  public record Destroyed(long keys, long cards, long secrets) {
    /** For whoever confirms it and for the record. */
    String text() {
      return "%d data keys are destroyed, %d cards open no more%s"
          .formatted(
              keys, cards, secrets == 0 ? "" : ", %d providers' secrets go".formatted(secrets));
    }
  }

  /**
   * To be made before a data key is loaded: whatever is shredded later is noticed.
   *
   * @throws SQLException if the database cannot be reached
   */
  public Shredder(DataSource database, DataKeys keys, AuditTrail audit, InstantSource clock)
      throws SQLException {
    this.database = database;
    this.keys = keys;
    this.audit = audit;
    this.clock = clock;
    try (Connection connection = database.getConnection()) {
      this.known = shredded(connection);
    }
  }

  private static long shredded(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from shredded_account")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /**
   * Whether the change could be made.
   *
   * @throws ApiException 404 if the vault has nothing of that account in that mode; 400 if its keys
   *     were destroyed before
   */
  void check(Shredding shredding) throws SQLException {
    Owner owner = shredding.owner();
    try (Connection connection = database.getConnection()) {
      if (owner.account().equals(Owner.ADMINISTRATION.account())) {
        throw nothingOf(owner); // those keys are the administrators' own
      }
      if (isShredded(connection, owner)) {
        throw shreddedBefore();
      }
      if (count(connection, owner, "card") + count(connection, owner, "data_key") == 0) {
        throw nothingOf(owner);
      }
    }
  }

  /** What would be destroyed now. */
  Destroyed wouldDestroy(Shredding shredding) throws SQLException {
    try (Connection connection = database.getConnection()) {
      long keys = 0;
      for (String table : KEYS) {
        keys += count(connection, shredding.owner(), table);
      }
      return new Destroyed(
          keys, count(connection, shredding.owner(), "card"), secrets(connection, shredding));
    }
  }

  private static long secrets(Connection connection, Shredding shredding) throws SQLException {
    return Sql.query(
            connection,
            "select count(*) from provider_secret where account = ? and livemode = ? and retired is"
                + " null",
            row -> row.getLong(1),
            shredding.owner().account(),
            shredding.owner().livemode())
        .getFirst();
  }

  private static boolean isShredded(Connection connection, Owner owner) throws SQLException {
    return count(connection, owner, "shredded_account") > 0;
  }

  private static ApiException shreddedBefore() {
    return new ApiException(
        ApiErrors.badRequest("The keys of that account and mode were destroyed before."));
  }

  /**
   * Makes the change within the transaction that says so, which also writes into the audit trail
   * who did.
   *
   * @param by who
   */
  Destroyed within(Connection connection, Shredding shredding, String by) throws SQLException {
    Destroyed destroyed = within(connection, shredding.owner());
    audit.appendWithin(
        connection,
        shredding.action(),
        shredding.subject(),
        "%s: %d data keys, %d cards, by %s"
            .formatted(shredding.content(), destroyed.keys(), destroyed.cards(), by));
    // What was sealed for the account to go out with is not used any more either.
    EgressRevision.raise(connection);
    return destroyed;
  }

  /** It is durable: nothing that is in memory opens any more. */
  void forget() {
    keys.forget();
  }

  private Destroyed within(Connection connection, Owner owner) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into shredded_account (account, livemode, at) values (?, ?, ?)"
                + " on conflict do nothing")) {
      insert.setString(1, owner.account());
      insert.setBoolean(2, owner.livemode());
      insert.setTimestamp(3, Timestamp.from(clock.instant()));
      if (insert.executeUpdate() == 0) {
        throw shreddedBefore();
      }
    }
    long cards = count(connection, owner, "card");
    long destroyed = 0;
    for (String table : KEYS) {
      try (PreparedStatement delete =
          connection.prepareStatement(
              "delete from " + table + " where account = ? and livemode = ?")) {
        delete.setString(1, owner.account());
        delete.setBoolean(2, owner.livemode());
        destroyed += delete.executeUpdate();
      }
    }
    if (destroyed == 0 && cards == 0) {
      throw nothingOf(owner);
    }
    for (String table : FOUND_BY) {
      Sql.update(
          connection,
          "delete from " + table + " where account = ? and livemode = ?",
          owner.account(),
          owner.livemode());
    }
    // Ids and customers elsewhere, which no key seals.
    try (PreparedStatement delete =
        connection.prepareStatement(
            "delete from card_transfer_line l using card_transfer t where t.account = l.account and"
                + " t.id = l.transfer and t.account = ? and t.livemode = ?")) {
      delete.setString(1, owner.account());
      delete.setBoolean(2, owner.livemode());
      delete.executeUpdate();
    }
    long secrets =
        Sql.update(
            connection,
            "update provider_secret set retired = ?, sealed = '' where account = ? and livemode = ?"
                + " and retired is null",
            clock.instant(),
            owner.account(),
            owner.livemode());
    return new Destroyed(destroyed, cards, secrets);
  }

  private static long count(Connection connection, Owner owner, String table) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select count(*) from " + table + " where account = ? and livemode = ?")) {
      select.setString(1, owner.account());
      select.setBoolean(2, owner.livemode());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static ApiException nothingOf(Owner owner) {
    return new ApiException(ApiErrors.noSuch("account", owner.account(), "account"));
  }

  /**
   * Follows what another vault has shredded: forgets all keys in memory when there is something
   * new, and destroys what a vault that did not know yet made in the meantime. To be called every
   * few seconds; it never fails.
   */
  public synchronized void look() {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      long now = shredded(connection);
      if (now > 0) {
        for (String table : KEYS) {
          statement.executeUpdate(
              "delete from "
                  + table
                  + " k using shredded_account s"
                  + " where k.account = s.account and k.livemode = s.livemode");
        }
      }
      if (now != known) {
        keys.forget();
      }
      known = now;
    } catch (SQLException | RuntimeException e) {
      // Caught here because a task that throws is never run again.
      LOG.log(Level.WARNING, "shredded accounts could not be looked for; the next round does", e);
    }
  }
}
