package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.BlindIndex;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The watches and the known cards in the database, which all gateways share. */
@Component
final class WatchStore {

  private static final String COLUMNS =
      "account, livemode, kind, name, points, updated, paused_until, relapses, good, bad, alarmed";

  /** So many alarms at once have a cause of their own, which broad kinds stop. */
  static final int MOST_OF_ONE = 1_000;

  private static final int MOST_OF_ALL = 50_000;

  private final Database database;
  private final BlindIndex blind;

  WatchStore(Database database, BlindIndex blind) {
    this.database = database;
    this.blind = blind;
  }

  /** A shopper's address as attempts carry it: it is counted and stored by a keyed hash alone. */
  Attempt.Address address(String account, String text) {
    return Attempt.Address.of(blind, account, text);
  }

  /** A card of an account. */
  record Card(String account, boolean livemode, String fingerprint) {}

  private record Row(Scope scope, Watch watch) {}

  /**
   * The scopes' watches, locked until the transaction ends: each outcome moves on what the one
   * before it left, whichever gateway saw it.
   */
  Map<Scope, Watch> lock(SortedSet<Scope> scopes) {
    return select(scopes, " ORDER BY account, livemode, kind, name FOR UPDATE");
  }

  /** The scopes' watches as they are now. */
  Map<Scope, Watch> read(SortedSet<Scope> scopes) {
    return select(scopes, "");
  }

  private Map<Scope, Watch> select(SortedSet<Scope> scopes, String how) {
    return map(
        database
            .ofEach(scopes.stream().map(Scope::account).toList())
            .sql(
                "SELECT "
                    + COLUMNS
                    + " FROM risk_watches WHERE (account, livemode, kind, name) IN"
                    + " (SELECT * FROM unnest(?::text[], ?::boolean[], ?::text[], ?::text[]))"
                    + how)
            .params(
                column(scopes, Scope::account),
                column(scopes, scope -> Boolean.toString(scope.livemode())),
                column(scopes, scope -> scope.kind().wire()),
                column(scopes, Scope::value))
            .query(WatchStore::row)
            .list());
  }

  /**
   * The watches that are not calm, of all accounts. Of each account and mode there are at most
   * {@value #MOST_OF_ONE}, so that none leaves another without its own: first those of the broad
   * kinds, which stop most, then those whose pause lasts longest. Of all together there are at most
   * {@value #MOST_OF_ALL}, each account's foremost first.
   */
  Map<Scope, Watch> alarmed() {
    return map(
        database
            .across(AllAccounts.CARD_TESTING)
            .sql(
                "SELECT "
                    + COLUMNS
                    + " FROM (SELECT *, row_number() OVER (PARTITION BY account, livemode ORDER BY"
                    + " array_position(?::text[], kind::text), paused_until DESC) AS place FROM"
                    + " risk_watches WHERE paused_until IS NOT NULL) w WHERE place <= ?"
                    + " ORDER BY place LIMIT ?")
            .params(
                column(List.of(Scope.Kind.values()).reversed(), Scope.Kind::wire),
                MOST_OF_ONE,
                MOST_OF_ALL)
            .query(WatchStore::row)
            .list());
  }

  /** Watches whose pause was over before that time, a part of them: the oldest first. */
  Map<Scope, Watch> over(Instant before) {
    return map(
        database
            .across(AllAccounts.CARD_TESTING)
            .sql(
                "SELECT "
                    + COLUMNS
                    + " FROM risk_watches WHERE paused_until < ? ORDER BY paused_until LIMIT ?")
            .params(before.atOffset(ZoneOffset.UTC), MOST_OF_ONE)
            .query(WatchStore::row)
            .list());
  }

  /** Stores watches, all in one statement. */
  void save(Map<Scope, Watch> changed) {
    TreeMap<Scope, Watch> sorted = new TreeMap<>(changed);
    Collection<Scope> scopes = sorted.keySet();
    Collection<Watch> watches = sorted.values();
    database
        .ofEach(scopes.stream().map(Scope::account).toList())
        .sql(
            "INSERT INTO risk_watches ("
                + COLUMNS
                + ") SELECT * FROM unnest(?::text[], ?::boolean[], ?::text[], ?::text[], ?::int[],"
                + " ?::timestamptz[], ?::timestamptz[], ?::int[], ?::int[], ?::int[],"
                + " ?::timestamptz[]) ON CONFLICT (account, livemode, kind, name) DO UPDATE SET"
                + " points = excluded.points, updated = excluded.updated, paused_until ="
                + " excluded.paused_until, relapses = excluded.relapses, good = excluded.good, bad"
                + " = excluded.bad, alarmed = excluded.alarmed")
        .params(
            column(scopes, Scope::account),
            column(scopes, scope -> Boolean.toString(scope.livemode())),
            column(scopes, scope -> scope.kind().wire()),
            column(scopes, Scope::value),
            column(watches, watch -> Integer.toString(watch.points())),
            column(watches, watch -> watch.updated().toString()),
            column(watches, watch -> text(watch.pausedUntil())),
            column(watches, watch -> Integer.toString(watch.relapses())),
            column(watches, watch -> Integer.toString(watch.good())),
            column(watches, watch -> Integer.toString(watch.bad())),
            column(watches, watch -> text(watch.alarmed())))
        .update();
  }

  /** Those of the cards that were approved before. */
  Set<Card> known(Collection<Card> cards) {
    return new HashSet<>(
        database
            .ofEach(cards.stream().map(Card::account).toList())
            .sql(
                "SELECT account, livemode, fingerprint FROM risk_cards WHERE"
                    + " (account, livemode, fingerprint) IN"
                    + " (SELECT * FROM unnest(?::text[], ?::boolean[], ?::text[]))")
            .params(
                column(cards, Card::account),
                column(cards, card -> Boolean.toString(card.livemode())),
                column(cards, Card::fingerprint))
            .query((row, _) -> new Card(row.getString(1), row.getBoolean(2), row.getString(3)))
            .list());
  }

  /** Remembers that the cards were approved. */
  void remember(Collection<Card> cards, Instant now) {
    List<Card> sorted =
        cards.stream()
            .distinct()
            .sorted(
                java.util.Comparator.comparing(Card::account)
                    .thenComparing(Card::livemode)
                    .thenComparing(Card::fingerprint))
            .toList();
    database
        .ofEach(sorted.stream().map(Card::account).toList())
        .sql(
            "INSERT INTO risk_cards (account, livemode, fingerprint, approved)"
                + " SELECT a, l, f, ? FROM unnest(?::text[], ?::boolean[], ?::text[])"
                + " AS t (a, l, f) ON CONFLICT (account, livemode, fingerprint)"
                + " DO UPDATE SET approved = excluded.approved"
                + " WHERE risk_cards.approved < excluded.approved - interval '1 day'")
        .params(
            now.atOffset(ZoneOffset.UTC),
            column(sorted, Card::account),
            column(sorted, card -> Boolean.toString(card.livemode())),
            column(sorted, Card::fingerprint))
        .update();
  }

  /** The first digits of a payment method's card, or null if they are not known. */
  @Nullable String bin(String account, String paymentMethod) {
    return database
        .of(account)
        .sql("SELECT coalesce(bin, '') FROM payment_methods WHERE account = ? AND id = ?")
        .params(account, paymentMethod)
        .query(String.class)
        .optional()
        .filter(bin -> !bin.isEmpty())
        .orElse(null);
  }

  private static <T> @Nullable String[] column(
      Collection<T> rows, Function<T, @Nullable String> value) {
    return rows.stream().map(value).toArray(String[]::new);
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static Map<Scope, Watch> map(List<Row> rows) {
    Map<Scope, Watch> map = new HashMap<>();
    rows.forEach(row -> map.put(row.scope(), row.watch()));
    return map;
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    Scope scope =
        new Scope(
            row.getString(1), row.getBoolean(2), Scope.Kind.of(row.getString(3)), row.getString(4));
    Instant updated = instant(row, 6);
    return new Row(
        scope,
        new Watch(
            row.getInt(5),
            updated == null ? Instant.EPOCH : updated,
            instant(row, 7),
            row.getInt(8),
            row.getInt(9),
            row.getInt(10),
            instant(row, 11)));
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
