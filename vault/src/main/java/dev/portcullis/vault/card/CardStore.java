package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.store.Together;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Cards and stored answers in PostgreSQL. What a method does is one commit, which cards that are
 * stored at the same time share.
 */
public final class CardStore {

  /** How long a token can be made into a payment method; used or not, it goes after that. */
  public static final Duration TOKEN_LIFE = Duration.ofHours(24);

  /**
   * How long what was sent beside a card (billing details, metadata) waits for the gateway, which
   * fetches it when the payment method is first used and has it released.
   */
  public static final Duration DETAILS_LIFE = Duration.ofDays(7);

  /** How long a card that the gateway never asked for waits for it. */
  public static final Duration UNUSED_LIFE = Duration.ofDays(7);

  /** That a card is in use is written once in this time, so that a payment seldom costs a write. */
  static final Duration USE_NOTED = Duration.ofDays(1);

  static final String CARD_COLUMNS =
      "account, id, livemode, created, data_key, sealed, details, fingerprint, brand, bin, last4,"
          + " exp_month, exp_year, funding, country, cvc_given, last_used";

  private static final String CARD_VALUES = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

  private static final String INSERT_CARD =
      "insert into card (" + CARD_COLUMNS + ") values (" + CARD_VALUES + ")";

  private static final String INSERT_ANSWER =
      "insert into idempotency (account, livemode, key, fingerprint, status, data_key, answer,"
          + " created) values (?, ?, ?, ?, ?, ?, ?, ?)"
          + " on conflict (account, livemode, key) do nothing";

  /** A token is used once: the update finds it unused, or no payment method is made. */
  private static final String USE_TOKEN =
      "update card set used_by = ?, details = null where account = ? and id = ?"
          + " and livemode = ? and used_by is null";

  private static final int CARD_PARAMETERS = 17;
  private static final int ANSWER_PARAMETERS = 8;

  /** Statements at a time; what comes meanwhile is in the next one. */
  private static final int INSERTS = 2;

  private static final int LOOKS = 3;

  private final DataSource database;
  private final Together<CardsTogether.ToStore, Boolean> inserts;
  private final Together<CardsTogether.Wanted, Optional<StoredCard>> looks;

  public CardStore(DataSource database) {
    this.database = database;
    this.inserts = new Together<>(database, INSERTS, CardsTogether::insert);
    this.looks = new Together<>(database, LOOKS, CardsTogether::find);
  }

  /** How many cards wait to be stored. */
  public int waiting() {
    return inserts.waiting();
  }

  /** Stores a card. */
  void insert(StoredCard card) throws SQLException {
    inserts.ask(new CardsTogether.ToStore(card, null));
  }

  /** Stores a card with the answer to repeat; false if there is an answer under that key. */
  boolean insert(StoredCard card, StoredAnswer answer) throws SQLException {
    return inserts.ask(new CardsTogether.ToStore(card, answer));
  }

  /** Stores an answer alone; false if there is one under that key. */
  boolean insert(StoredAnswer answer) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement insert = connection.prepareStatement(INSERT_ANSWER)) {
      bind(insert, 1, answer);
      return insert.executeUpdate() == 1;
    }
  }

  /** What came of an exchange; only {@code DONE} has changed anything. */
  enum Exchanged {
    DONE,
    /** The token is not there or was used before. */
    TOKEN_USED,
    /** There is an answer under that key. */
    ANSWERED_BEFORE
  }

  /**
   * Makes a payment method of an unused token, with the answer to repeat, if there is one to store:
   * all of it or nothing. A token that was used up without its payment method would be a card lost.
   */
  Exchanged exchange(StoredCard token, StoredCard paymentMethod, @Nullable StoredAnswer answer)
      throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      Exchanged result = Exchanged.ANSWERED_BEFORE;
      try {
        result = exchangeWithin(connection, token, paymentMethod, answer);
      } finally {
        if (result == Exchanged.DONE) {
          connection.commit();
        } else {
          connection.rollback();
        }
      }
      return result;
    }
  }

  /** The answer goes first: whoever comes at the same time with the same key waits there. */
  private static Exchanged exchangeWithin(
      Connection connection,
      StoredCard token,
      StoredCard paymentMethod,
      @Nullable StoredAnswer answer)
      throws SQLException {
    if (answer != null) {
      try (PreparedStatement insert = connection.prepareStatement(INSERT_ANSWER)) {
        bind(insert, 1, answer);
        if (insert.executeUpdate() == 0) {
          return Exchanged.ANSWERED_BEFORE;
        }
      }
    }
    try (PreparedStatement use = connection.prepareStatement(USE_TOKEN)) {
      use.setString(1, paymentMethod.id());
      use.setString(2, token.owner().account());
      use.setString(3, token.id());
      use.setBoolean(4, token.owner().livemode());
      if (use.executeUpdate() == 0) {
        return Exchanged.TOKEN_USED;
      }
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_CARD)) {
      bind(insert, 1, paymentMethod);
      insert.executeUpdate();
    }
    return Exchanged.DONE;
  }

  /** Stores cards that came with an import, within its transaction. */
  public static void insertAll(Connection connection, List<StoredCard> cards, String transfer)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into card (" + CARD_COLUMNS + ", transfer) values (" + CARD_VALUES + ", ?)")) {
      for (StoredCard card : cards) {
        bind(insert, 1, card);
        insert.setString(1 + CARD_PARAMETERS, transfer);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /**
   * Which payment methods of an owner are meant.
   *
   * @param from those that were made then or later
   * @param to those that were made before then
   */
  public record Made(Owner owner, Instant from, Instant to) {}

  /** The condition is that of the primary key, and what is no payment method is left out. */
  private static final String MADE =
      " from card where account = ? and id > ? and id >= 'pm_' and id < 'pm`' and livemode = ?"
          + " and created >= ? and created < ?";

  /** How many payment methods those are. */
  public static long count(Connection connection, Made made) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("select count(*)" + MADE)) {
      bind(select, made, "");
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** Some of them in the order of their ids, after that one. */
  public static List<StoredCard> page(Connection connection, Made made, String after, int most)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select " + CARD_COLUMNS + ", used_by" + MADE + " order by id limit ?")) {
      bind(select, made, after);
      select.setInt(6, most);
      List<StoredCard> cards = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          cards.add(readCard(rows));
        }
      }
      return cards;
    }
  }

  private static void bind(PreparedStatement select, Made made, String after) throws SQLException {
    select.setString(1, made.owner().account());
    select.setString(2, after);
    select.setBoolean(3, made.owner().livemode());
    select.setTimestamp(4, Timestamp.from(made.from()));
    select.setTimestamp(5, Timestamp.from(made.to()));
  }

  /** The card of that owner with that id. */
  public Optional<StoredCard> find(Owner owner, String id) throws SQLException {
    return looks.ask(new CardsTogether.Wanted(owner, id));
  }

  /**
   * The card of that owner with that id, for the gateway: from then on it counts as used. Empty if
   * there is none, or it goes just now.
   */
  public Optional<StoredCard> findToUse(Owner owner, String id, Instant now) throws SQLException {
    Optional<StoredCard> found = find(owner, id);
    if (found.isEmpty() || !isDue(found.get().lastUsed(), now)) {
      return found;
    }
    try (Connection connection = database.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "update card set last_used = ? where account = ? and id = ? and livemode = ?")) {
      update.setTimestamp(1, Timestamp.from(now));
      update.setString(2, owner.account());
      update.setString(3, id);
      update.setBoolean(4, owner.livemode());
      return update.executeUpdate() == 1 ? found : Optional.empty();
    }
  }

  private static boolean isDue(@Nullable Instant lastUsed, Instant now) {
    return lastUsed == null || !now.isBefore(lastUsed.plus(USE_NOTED));
  }

  /** Deletes what was sent beside a card; false if there is no such card. */
  boolean release(Owner owner, String id) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "update card set details = null where account = ? and id = ? and livemode = ?")) {
      update.setString(1, owner.account());
      update.setString(2, id);
      update.setBoolean(3, owner.livemode());
      return update.executeUpdate() == 1;
    }
  }

  /** The answer stored under that key. */
  Optional<StoredAnswer> findAnswer(Owner owner, String key) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select fingerprint, status, data_key, answer, created from idempotency"
                    + " where account = ? and livemode = ? and key = ?")) {
      select.setString(1, owner.account());
      select.setBoolean(2, owner.livemode());
      select.setString(3, key);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new StoredAnswer(
                    owner,
                    key,
                    rows.getBytes(1),
                    rows.getInt(2),
                    rows.getString(3),
                    rows.getBytes(4),
                    rows.getTimestamp(5).toInstant()))
            : Optional.empty();
      }
    }
  }

  /** Deletes at most that many tokens from before that time; how many it deleted. */
  public int deleteTokensBefore(Instant time, int most) throws SQLException {
    // The condition is the index's own, so that no payment method is looked at.
    return purge(
        "delete from card where ctid = any (array(select ctid from card where id >= 'tok_' and id <"
            + " 'tok`' and created < ? limit ? for update skip locked))",
        time,
        most);
  }

  /**
   * Deletes at most that many cards from before that time that the gateway never asked for; how
   * many it deleted. The condition is repeated, because one may be asked for meanwhile.
   */
  public int deleteUnusedBefore(Instant time, int most) throws SQLException {
    return purge(
        "delete from card where last_used is null and ctid = any (array(select ctid from card"
            + " where last_used is null and created < ? limit ? for update skip locked))",
        time,
        most);
  }

  /**
   * Deletes what was typed beside at most that many cards before that time; of how many it did.
   * What an import brought waits for the card's first use.
   */
  public int deleteDetailsBefore(Instant time, int most) throws SQLException {
    return purge(
        "update card set details = null where ctid = any (array(select ctid from card"
            + " where details is not null and transfer is null and created < ? limit ?"
            + " for update skip locked))",
        time,
        most);
  }

  /** Deletes at most that many answers from before that time; how many it deleted. */
  public int deleteAnswersBefore(Instant time, int most) throws SQLException {
    return purge(
        "delete from idempotency where ctid = any (array("
            + "select ctid from idempotency where created < ? limit ? for update skip locked))",
        time,
        most);
  }

  private int purge(String sql, Instant time, int most) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement purge = connection.prepareStatement(sql)) {
      purge.setTimestamp(1, Timestamp.from(time));
      purge.setInt(2, most);
      return purge.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, int first, StoredAnswer answer)
      throws SQLException {
    int at = first;
    statement.setString(at++, answer.owner().account());
    statement.setBoolean(at++, answer.owner().livemode());
    statement.setString(at++, answer.key());
    statement.setBytes(at++, answer.fingerprint());
    statement.setInt(at++, answer.status());
    statement.setString(at++, answer.dataKey());
    statement.setBytes(at++, answer.sealed());
    statement.setTimestamp(at++, Timestamp.from(answer.created()));
    assert at == first + ANSWER_PARAMETERS : "as many values as parameters";
  }

  private static void bind(PreparedStatement statement, int first, StoredCard card)
      throws SQLException {
    StoredCard.Face face = card.face();
    int at = first;
    statement.setString(at++, card.owner().account());
    statement.setString(at++, card.id());
    statement.setBoolean(at++, card.owner().livemode());
    statement.setTimestamp(at++, Timestamp.from(card.created()));
    statement.setString(at++, card.dataKey());
    statement.setBytes(at++, card.sealed());
    statement.setBytes(at++, card.details());
    statement.setString(at++, face.fingerprint());
    statement.setString(at++, face.brand());
    statement.setString(at++, face.bin());
    statement.setString(at++, face.last4());
    statement.setInt(at++, face.expMonth());
    statement.setInt(at++, face.expYear());
    statement.setString(at++, face.funding());
    if (face.country() == null) {
      statement.setNull(at++, Types.VARCHAR);
    } else {
      statement.setString(at++, face.country());
    }
    statement.setBoolean(at++, face.cvcGiven());
    Instant lastUsed = card.lastUsed();
    statement.setTimestamp(at++, lastUsed == null ? null : Timestamp.from(lastUsed));
    assert at == first + CARD_PARAMETERS : "as many values as parameters";
  }

  static StoredCard readCard(ResultSet row) throws SQLException {
    byte @Nullable [] details = row.getBytes(7);
    @Nullable Timestamp lastUsed = row.getTimestamp(17);
    return new StoredCard(
        new Owner(row.getString(1), row.getBoolean(3)),
        row.getString(2),
        row.getTimestamp(4).toInstant(),
        row.getString(5),
        row.getBytes(6),
        details,
        new StoredCard.Face(
            row.getString(8),
            row.getString(9),
            row.getString(10),
            row.getString(11),
            row.getInt(12),
            row.getInt(13),
            row.getString(14),
            row.getString(15),
            row.getBoolean(16)),
        row.getString(18),
        lastUsed == null ? null : lastUsed.toInstant());
  }
}
