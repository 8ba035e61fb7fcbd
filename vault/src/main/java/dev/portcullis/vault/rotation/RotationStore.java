package dev.portcullis.vault.rotation;

import static dev.portcullis.vault.store.Sql.instant;
import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.UsedDataKeys;
import dev.portcullis.vault.rotation.RotationRun.Kind;
import dev.portcullis.vault.rotation.RotationRun.State;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Rotations and retired keys in the database. */
final class RotationStore {

  private static final int SHOWN = 50;
  private static final int DELETED_AT_ONCE = 10_000;
  private static final String WRAPPED =
      "(select master_key from data_key union all select master_key from retired_data_key) k";

  private final Sql sql;
  private final AuditTrail audit;

  RotationStore(DataSource database, AuditTrail audit) {
    this.sql = new Sql(database);
    this.audit = audit;
  }

  /** The retired keys of an owner. */
  static Set<String> retiredOf(DataSource database, Owner owner) {
    return new HashSet<>(
        new Sql(database)
            .query(
                "select id from retired_data_key where account = ? and livemode = ?",
                row -> row.getString(1),
                owner.account(),
                owner.livemode()));
  }

  /** Those that were retired since then, of whomever. */
  Set<String> retiredSince(Instant time) {
    return new HashSet<>(
        sql.query(
            "select id from retired_data_key where retired >= ?", row -> row.getString(1), time));
  }

  Optional<RotationRun> running() {
    return sql
        .query("select * from key_rotation where state = 'running'", RotationStore::run)
        .stream()
        .findFirst();
  }

  List<RotationRun> list() {
    return sql.query(
        "select * from key_rotation order by started desc limit " + SHOWN, RotationStore::run);
  }

  RotationRun find(String id) {
    return sql.query("select * from key_rotation where id = ?", RotationStore::run, id).getFirst();
  }

  private static RotationRun run(ResultSet row) throws SQLException {
    OffsetDateTime finished = row.getObject("finished", OffsetDateTime.class);
    return new RotationRun(
        row.getString("id"),
        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getString("account"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("started_by"),
        instant(row, "started"),
        finished == null ? null : finished.toInstant(),
        row.getLong("total"),
        row.getLong("moved"),
        row.getString("statement"));
  }

  /**
   * Begins a rotation of the master key; empty if one runs.
   *
   * @param master the key that wraps from now on
   */
  boolean beginMaster(String id, String master, String by, Instant now) {
    return sql.<String>within(
            connection -> {
              long total =
                  query(
                          connection,
                          "select count(*) from " + WRAPPED + " where master_key <> ?",
                          row -> row.getLong(1),
                          master)
                      .getFirst();
              return begin(connection, id, Kind.MASTER, null, total, by, now);
            })
        .isPresent();
  }

  /**
   * Begins a rotation of data keys: those that were made before that time are retired; false if one
   * runs.
   *
   * @param account whose keys, or null for everybody's
   */
  boolean beginData(String id, @Nullable String account, Instant before, String by, Instant now) {
    return sql.<String>within(
            connection -> {
              update(
                  connection,
                  "with gone as (delete from data_key where created < ? and account ="
                      + " coalesce(?, account) returning *)"
                      + " insert into retired_data_key (account, livemode, period, id, master_key,"
                      + " wrapped, created, retired) select account, livemode, period, id,"
                      + " master_key, wrapped, created, ?::timestamptz from gone",
                  before,
                  account,
                  now);
              return begin(connection, id, Kind.DATA, account, left(connection), by, now);
            })
        .isPresent();
  }

  /** Begins a rotation of the fingerprint key, which is there from then on; false if one runs. */
  boolean beginFingerprint(String id, FingerprintKeys fingerprints, String by, Instant now) {
    return sql.<String>within(
            connection -> {
              fingerprints.renew(connection, now);
              return begin(connection, id, Kind.FINGERPRINT, null, unknown(connection), by, now);
            })
        .isPresent();
  }

  /** How many cards the newest fingerprint key does not know. */
  private static long unknown(Connection connection) throws SQLException {
    return query(connection, "select count(*)" + Matcher.UNKNOWN, row -> row.getLong(1)).getFirst();
  }

  private @Nullable String begin(
      Connection connection,
      String id,
      Kind kind,
      @Nullable String account,
      long total,
      String by,
      Instant now)
      throws SQLException {
    int begun =
        update(
            connection,
            "insert into key_rotation (id, kind, account, state, started_by, started, total)"
                + " values (?, ?, ?, 'running', ?, ?, ?) on conflict do nothing",
            id,
            kind.wireName(),
            account,
            by,
            now,
            total);
    if (begun == 0) {
      return null;
    }
    audit.appendWithin(
        connection,
        "keys.rotation_begun",
        id,
        "%s, %d to move, by %s".formatted(kind.wireName(), total, by));
    return id;
  }

  /** How many sealed values retired keys have left. */
  long left() {
    return sql.within(this::left).orElseThrow();
  }

  private Long left(Connection connection) throws SQLException {
    long left = 0;
    for (SealedTable table : SealedTable.ALL) {
      left += query(connection, table.count(), row -> row.getLong(1)).getFirst();
    }
    return left
        + query(
                connection,
                "select count(*) from person where split_part(totp, ':', 1) in"
                    + " (select id from retired_data_key)",
                row -> row.getLong(1))
            .getFirst();
  }

  static void moved(Connection connection, String id, int rows) throws SQLException {
    update(connection, "update key_rotation set moved = moved + ? where id = ?", rows, id);
  }

  void moved(String id, int rows) {
    sql.update("update key_rotation set moved = moved + ? where id = ?", rows, id);
  }

  /** Ends a rotation with what the tables then hold. */
  void finish(RotationRun run, String master, Instant now) {
    sql.within(
        connection -> {
          Map<String, @Nullable Object> statement = statement(connection, master);
          boolean whole =
              Long.valueOf(0)
                  .equals(
                      statement.get(
                          switch (run.kind()) {
                            case MASTER -> "data_keys_under_other_master_keys";
                            case DATA -> "records_under_retired_keys";
                            case FINGERPRINT -> "cards_unknown_to_the_fingerprint_key";
                          }));
          String text = Json.writeString(statement);
          update(
              connection,
              "update key_rotation set state = ?, finished = ?, statement = ? where id = ?",
              whole ? "done" : "incomplete",
              now,
              text,
              run.id());
          audit.appendWithin(connection, "keys.rotation_ended", run.id(), text);
          return statement;
        });
  }

  /** What the tables hold, counted. */
  Map<String, @Nullable Object> statement(String master) {
    return sql.within(connection -> statement(connection, master)).orElseThrow();
  }

  private Map<String, @Nullable Object> statement(Connection connection, String master)
      throws SQLException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Map<String, @Nullable Object> wrapped = new LinkedHashMap<>();
    query(
            connection,
            "select master_key, count(*) from " + WRAPPED + " group by 1 order by 1",
            row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(entry -> wrapped.put(entry.getKey(), entry.getValue()));
    tree.put("master_key", master);
    tree.put("data_keys_by_master_key", wrapped);
    tree.put(
        "data_keys_under_other_master_keys",
        wrapped.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(master))
            .mapToLong(entry -> (Long) java.util.Objects.requireNonNull(entry.getValue()))
            .sum());
    tree.put(
        "retired_data_keys",
        query(connection, "select count(*) from retired_data_key", row -> row.getLong(1))
            .getFirst());
    tree.put("records_under_retired_keys", left(connection));
    tree.put(
        "fingerprint_keys",
        query(connection, "select version from fingerprint_key order by 1", row -> row.getInt(1)));
    tree.put("cards_unknown_to_the_fingerprint_key", unknown(connection));
    Map<String, @Nullable Object> records = new LinkedHashMap<>();
    for (SealedTable table : SealedTable.ALL) {
      records.put(
          table.name(),
          query(connection, "select count(*) from " + table.name(), row -> row.getLong(1))
              .getFirst());
    }
    tree.put("records", records);
    return tree;
  }

  /** Whether keys wait to be destroyed that were retired before that time. */
  boolean hasRetiredBefore(Instant time) {
    return !sql.query(
            "select id from retired_data_key where retired < ? limit 1",
            row -> row.getString(1),
            time)
        .isEmpty();
  }

  /**
   * Destroys keys that were retired before that time and seal nothing, by the tables' own word.
   *
   * @return their ids
   */
  Set<String> destroyBefore(Instant time) {
    return sql.<Set<String>>within(
            connection -> {
              Set<String> destroyed =
                  new HashSet<>(
                      query(
                          connection,
                          "delete from retired_data_key r where retired < ? and not "
                              + UsedDataKeys.isUsed("r")
                              + " returning id",
                          row -> row.getString(1),
                          time));
              if (!destroyed.isEmpty()) {
                audit.appendWithin(
                    connection,
                    "keys.destroyed",
                    "data keys",
                    destroyed.size() + ", which sealed nothing any more");
              }
              return destroyed;
            })
        .orElseThrow();
  }

  /** Whether there is a fingerprint key in use that was made before that time. */
  boolean hasFingerprintKeyBefore(Instant time) {
    return !sql.query(
            "select version from fingerprint_key where retired is null and created < ?",
            row -> row.getInt(1),
            time)
        .isEmpty();
  }

  /** Whether fingerprint keys wait to be destroyed that were retired before that time. */
  boolean hasFingerprintKeyRetiredBefore(Instant time) {
    return !sql.query(
            "select version from fingerprint_key where retired < ?", row -> row.getInt(1), time)
        .isEmpty();
  }

  /**
   * Destroys fingerprint keys that were retired before that time, with what was made with them,
   * unless a card is known by nothing else.
   */
  void destroyFingerprintKeysBefore(Instant time) {
    // Apart from the keys, and in parts: there may be as many as there are cards.
    String old = "(select version from fingerprint_key where retired < ?)";
    if (sql.within(RotationStore::unknown).orElseThrow() > 0) {
      return;
    }
    int gone = DELETED_AT_ONCE;
    while (gone == DELETED_AT_ONCE) {
      gone =
          sql.update(
              "delete from card_match where ctid = any (array(select ctid from card_match"
                  + " where key_version in "
                  + old
                  + " limit "
                  + DELETED_AT_ONCE
                  + "))",
              time);
    }
    sql.within(
        connection -> {
          int keys =
              update(connection, "delete from fingerprint_key where version in " + old, time);
          audit.appendWithin(
              connection, "keys.destroyed", "fingerprint keys", keys + ", which no card needs");
          return keys;
        });
  }

  /** Whether there are data keys in use that were made before that time. */
  boolean hasDataKeyBefore(Instant time) {
    return !sql.query(
            "select id from data_key where created < ? limit 1", row -> row.getString(1), time)
        .isEmpty();
  }

  /** Since when that master key is used; from now on if it was not seen before. */
  Instant masterKeySeen(String id, Instant now) {
    sql.update(
        "insert into master_key_seen (id, first_seen) values (?, ?) on conflict do nothing",
        id,
        now);
    return sql.query(
            "select first_seen from master_key_seen where id = ?",
            row -> instant(row, "first_seen"),
            id)
        .getFirst();
  }
}
