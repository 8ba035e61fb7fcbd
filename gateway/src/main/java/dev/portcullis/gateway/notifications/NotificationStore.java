package dev.portcullis.gateway.notifications;

import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.notifications.NotificationEndpoint.Addressee;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.work.DueRows;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The notifications that are verified. Each is stored once, whatever the provider sends, and kept
 * for as long as the provider may send it again.
 */
final class NotificationStore {

  /** Where they are. */
  static final Table TABLE =
      Table.of(
          "provider_notifications",
          "fixed provider text",
          "state text",
          "due timestamptz",
          "tries integer",
          "note text",
          "personal doc jsonb");

  private static final DueRows DUE =
      DueRows.of(
          "provider_notifications",
          "lane",
          ", tries = tries + 1",
          "account, livemode, id, provider, created, tries, doc");

  private static final Logger LOG = Logger.getLogger(NotificationStore.class.getName());

  private final Journal journal;
  private final Database database;
  private final PersonalData personal;
  private final InstantSource clock;

  NotificationStore(
      Journal journal, Database database, PersonalData personal, InstantSource clock) {
    this.journal = journal;
    this.database = database;
    this.personal = personal;
    this.clock = clock;
  }

  /** Where one can stand. */
  enum State {
    /** It is worked on. */
    OPEN,
    /** There is nothing more to do. */
    DONE,
    /** It is about no operation of ours. */
    UNMATCHED,
    /** A person has to see to it. */
    LEFT;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One that this process alone works on until the lease is over.
   *
   * @param provider the provider account's name
   * @param received when it came
   * @param tries how often it was begun to work on, this time among them
   * @param lease until when; it is also what the row must still say when it is written
   * @param doc what it says
   */
  record Claimed(
      String account,
      boolean livemode,
      String id,
      String provider,
      Instant received,
      int tries,
      Instant lease,
      String doc) {

    /** Who is asked about it: the provider account. */
    String lane() {
      return String.join(" ", account, Boolean.toString(livemode), provider);
    }
  }

  /**
   * Stores what a notification says, each thing by itself; what is there already stays as it is.
   *
   * @param body the bytes as they came, by which what has no name is known again
   * @return whether it is durable
   */
  boolean add(Addressee to, List<Notification> told, byte[] body) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (int i = 0; i < told.size(); i++) {
      switch (told.get(i)) {
        case Notification.Outcome outcome -> {
          Row row = row(id(to, "outcome", outcome.id()), to, OutcomeDoc.write(outcome));
          rows.putIfAbsent(row.id(), row);
        }
        case Notification.Disputed disputed -> {
          Row row = row(id(to, "disputed", disputed.id()), to, DisputedDoc.write(disputed));
          rows.putIfAbsent(row.id(), row);
        }
        case Notification.DisputesChanged(String id) -> {
          Row row = row(id(to, "disputes", id), to, DisputedDoc.write(id));
          rows.putIfAbsent(row.id(), row);
        }
        case Notification.Unread unread -> {
          Row row = row(id(to, "unread " + i, digest(body)), to, unread);
          rows.putIfAbsent(row.id(), row);
        }
        case Notification.Other(String type) ->
            LOG.log(
                Level.FINE,
                "{0} tells of something else: {1}",
                new Object[] {to.provider().name(), type});
      }
    }
    return rows.isEmpty() || isDurable(to, rows);
  }

  private boolean isDurable(Addressee to, Map<String, Row> rows) {
    Change.Builder change = Change.in(to.account(), to.livemode());
    rows.values().forEach(row -> change.ensure(TABLE, row));
    Verdict verdict = journal.commit(change.build());
    if (verdict instanceof Verdict.Committed) {
      return true;
    }
    LOG.log(Level.WARNING, "a notification could not be stored: {0}", verdict);
    return false;
  }

  private Row row(String id, Addressee to, String doc) {
    Instant now = clock.instant();
    return Row.of(id, 1, now, to.provider().name(), State.OPEN.wire(), now, 0, null, doc);
  }

  private Row row(String id, Addressee to, Notification.Unread unread) {
    LOG.log(
        Level.SEVERE,
        "a notification of {0} is left to a person: {1}",
        new Object[] {to.provider().name(), unread.reason()});
    return Row.of(
        id,
        1,
        clock.instant(),
        to.provider().name(),
        State.LEFT.wire(),
        null,
        0,
        unread.reason(),
        "{}");
  }

  /** The same for each copy, and another one for each provider account and mode. */
  private static String id(Addressee to, String what, String name) {
    String whole =
        String.join("\n", to.livemode() ? "live" : "test", to.provider().name(), what, name);
    return "ntf_" + digest(whole.getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /**
   * Takes some that are due, for this process alone. What a dead one took comes back.
   *
   * @param underWay how many of a {@link Claimed#lane() lane} are worked on already
   */
  List<Claimed> claim(Instant now, Instant lease, int most, Map<String, Integer> underWay) {
    return DUE.claim(
        database.across(AllAccounts.NOTIFICATIONS),
        now,
        lease,
        most,
        underWay,
        (row, _) -> claimed(row, lease));
  }

  private static Claimed claimed(ResultSet row, Instant lease) throws SQLException {
    return new Claimed(
        row.getString(1),
        row.getBoolean(2),
        row.getString(3),
        row.getString(4),
        row.getObject(5, OffsetDateTime.class).toInstant(),
        row.getInt(6),
        lease,
        row.getString(7));
  }

  /**
   * What it says.
   *
   * @throws RuntimeException if the row is damaged
   */
  Notification told(Claimed claimed) {
    Place place =
        Place.of(claimed.account, claimed.livemode, TABLE, TABLE.column("doc"), claimed.id);
    Map<String, @Nullable Object> doc = Json.readObject(personal.open(place, claimed.doc));
    return DisputedDoc.isOne(doc) ? DisputedDoc.read(doc) : OutcomeDoc.read(doc);
  }

  /**
   * Says how it stands now.
   *
   * @param due when it is looked at again, or null when it is not
   * @param note for a person, or null
   * @return whether it was still this process's to write
   */
  boolean finish(Claimed claimed, State state, @Nullable Instant due, @Nullable String note) {
    return database
            .of(claimed.account)
            .sql(
                "UPDATE provider_notifications SET state = ?, due = ?, note = ?"
                    + " WHERE account = ? AND id = ? AND due = ?")
            .params(
                Arrays.<@Nullable Object>asList(
                    state.wire(),
                    due == null ? null : utc(due),
                    note,
                    claimed.account,
                    claimed.id,
                    utc(claimed.lease)))
            .update()
        == 1;
  }

  /**
   * One that a person has to see to.
   *
   * @param provider the provider account's name
   * @param why a sentence with ids alone
   */
  record Left(String id, String provider, Instant received, String why) {}

  /** What a person has to see to, the oldest first. */
  List<Left> left(String account, boolean livemode, int limit) {
    return database
        .of(account)
        .sql(
            "SELECT id, provider, created, coalesce(note, '') FROM provider_notifications"
                + " WHERE state = 'left' AND account = ? AND livemode = ?"
                + " ORDER BY created LIMIT ?")
        .params(account, livemode, limit)
        .query(
            (row, _) ->
                new Left(
                    row.getString(1),
                    row.getString(2),
                    row.getObject(3, OffsetDateTime.class).toInstant(),
                    row.getString(4)))
        .list();
  }

  /** A person has seen to it; false if it did not wait for one. */
  boolean close(String account, String id) {
    return database
            .of(account)
            .sql(
                "UPDATE provider_notifications SET state = ? WHERE account = ? AND id = ?"
                    + " AND state = 'left'")
            .params(State.DONE.wire(), account, id)
            .update()
        == 1;
  }

  /** How many are worked on, of all accounts. */
  long waiting() {
    return database
        .across(AllAccounts.METRICS)
        .sql("SELECT count(*) FROM provider_notifications WHERE due IS NOT NULL")
        .query(Long.class)
        .single();
  }

  /** How many a person has to see to, of all accounts. */
  long left() {
    return database
        .across(AllAccounts.METRICS)
        .sql("SELECT count(*) FROM provider_notifications WHERE state = 'left'")
        .query(Long.class)
        .single();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
