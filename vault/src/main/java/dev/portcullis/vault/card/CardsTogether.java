package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Many cards in one statement. Values travel as an array for each column, so that the statement's
 * text does not depend on how many cards there are and stays prepared. A subquery around each hides
 * from the planner how long it is, which would otherwise plan anew each time.
 */
final class CardsTogether {

  /** A card to store, with the answer to repeat, if there is one. */
  record ToStore(StoredCard card, @Nullable StoredAnswer answer) {}

  /** Which card is meant. */
  record Wanted(Owner owner, String id) {}

  private record Column<T>(String name, String type, Function<T, @Nullable Object> value) {}

  private static final List<Column<StoredCard>> CARD =
      List.of(
          new Column<>("account", "text", card -> card.owner().account()),
          new Column<>("id", "text", StoredCard::id),
          new Column<>("livemode", "boolean", card -> card.owner().livemode()),
          new Column<>("created", "timestamptz", card -> text(card.created())),
          new Column<>("data_key", "text", StoredCard::dataKey),
          new Column<>("sealed", "bytea", StoredCard::sealed),
          new Column<>("details", "bytea", StoredCard::details),
          new Column<>("fingerprint", "text", card -> card.face().fingerprint()),
          new Column<>("brand", "text", card -> card.face().brand()),
          new Column<>("bin", "text", card -> card.face().bin()),
          new Column<>("last4", "text", card -> card.face().last4()),
          new Column<>("exp_month", "integer", card -> card.face().expMonth()),
          new Column<>("exp_year", "integer", card -> card.face().expYear()),
          new Column<>("funding", "text", card -> card.face().funding()),
          new Column<>("country", "text", card -> card.face().country()),
          new Column<>("cvc_given", "boolean", card -> card.face().cvcGiven()),
          new Column<>("last_used", "timestamptz", card -> text(card.lastUsed())));

  /** Account and mode are the card's. */
  private static final List<Column<StoredAnswer>> ANSWER =
      List.of(
          new Column<>("key", "text", StoredAnswer::key),
          new Column<>("request", "bytea", StoredAnswer::fingerprint),
          new Column<>("status", "integer", StoredAnswer::status),
          new Column<>("answer_key", "text", StoredAnswer::dataKey),
          new Column<>("answer", "bytea", StoredAnswer::sealed),
          new Column<>("answered", "timestamptz", answer -> text(answer.created())));

  private static final List<Column<?>> ALL =
      Stream.<Column<?>>concat(CARD.stream(), ANSWER.stream()).toList();

  /**
   * A card is stored only if its answer is, both or neither. Of two answers under one key in the
   * same statement one is stored, and its card is found by the answer itself. The order is that in
   * which keys are waited for, so that two statements cannot wait for each other.
   */
  private static final String INSERT =
      "with asked as (select * from unnest("
          + list(ALL, column -> "(select ?::" + sent(column) + "[])")
          + ") as a ("
          + list(ALL, Column::name)
          + ")), stored as (insert into idempotency (account, livemode, key, fingerprint, status,"
          + " data_key, answer, created) select account, livemode, key, request, status,"
          + " answer_key, answer, answered::timestamptz from asked where key is not null"
          + " order by account, livemode, key on conflict (account, livemode, key) do nothing"
          + " returning account, livemode, key, answer) insert into card ("
          + CardStore.CARD_COLUMNS
          + ") select "
          + list(CARD, column -> column.name() + "::" + column.type())
          + " from asked a where key is null or exists (select from stored s where s.account ="
          + " a.account and s.livemode = a.livemode and s.key = a.key and s.answer = a.answer)"
          + " returning account, livemode, id";

  /** Each by the primary key, however the planner takes the table's size. */
  private static final String FIND =
      "select c.* from unnest((select ?::text[]), (select ?::text[]), (select ?::boolean[])) as a"
          + " (account, id, livemode) cross join lateral (select "
          + CardStore.CARD_COLUMNS
          + ", used_by from card where card.account = a.account and card.id = a.id"
          + " and card.livemode = a.livemode limit 1) c";

  private CardsTogether() {}

  /** Times travel as texts. */
  private static String sent(Column<?> column) {
    return column.type().equals("timestamptz") ? "text" : column.type();
  }

  private static String list(List<? extends Column<?>> columns, Function<Column<?>, String> each) {
    return columns.stream().map(each).collect(Collectors.joining(", "));
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  /** Stores each with its answer; of each false if there is an answer under its key. */
  static List<Boolean> insert(Connection connection, List<ToStore> all) throws SQLException {
    List<StoredCard> cards = all.stream().map(ToStore::card).toList();
    List<@Nullable StoredAnswer> answers = new ArrayList<>();
    all.forEach(each -> answers.add(each.answer()));
    Set<Wanted> stored = new HashSet<>();
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      int at = bind(insert, 1, CARD, cards);
      bind(insert, at, ANSWER, answers);
      try (ResultSet rows = insert.executeQuery()) {
        while (rows.next()) {
          stored.add(
              new Wanted(new Owner(rows.getString(1), rows.getBoolean(2)), rows.getString(3)));
        }
      }
    }
    return cards.stream()
        .map(card -> stored.contains(new Wanted(card.owner(), card.id())))
        .toList();
  }

  private static <T> int bind(
      PreparedStatement statement,
      int first,
      List<Column<T>> columns,
      List<? extends @Nullable T> rows)
      throws SQLException {
    int at = first;
    for (Column<T> column : columns) {
      @Nullable Object[] values =
          column.type().equals("bytea")
              ? new byte[rows.size()] @Nullable []
              : new @Nullable Object[rows.size()];
      for (int n = 0; n < values.length; n++) {
        T row = rows.get(n);
        values[n] = row == null ? null : column.value().apply(row);
      }
      statement.setArray(at++, statement.getConnection().createArrayOf(sent(column), values));
    }
    return at;
  }

  /** Each card, where there is one. */
  static List<Optional<StoredCard>> find(Connection connection, List<Wanted> all)
      throws SQLException {
    Map<Wanted, StoredCard> found = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(FIND)) {
      select.setArray(
          1,
          connection.createArrayOf(
              "text", all.stream().map(each -> each.owner().account()).toArray()));
      select.setArray(2, connection.createArrayOf("text", all.stream().map(Wanted::id).toArray()));
      select.setArray(
          3,
          connection.createArrayOf(
              "boolean", all.stream().map(each -> each.owner().livemode()).toArray()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          StoredCard card = CardStore.readCard(rows);
          found.put(new Wanted(card.owner(), card.id()), card);
        }
      }
    }
    return all.stream().map(each -> Optional.ofNullable(found.get(each))).toList();
  }
}
