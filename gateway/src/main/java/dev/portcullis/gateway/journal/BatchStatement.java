package dev.portcullis.gateway.journal;

import dev.portcullis.gateway.database.Scope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The writes of a batch as one round trip: one multi-row statement for each table and kind of
 * write, each of which returns the ids of the rows that took. Before them the transaction names the
 * accounts of the batch: row-level security lets it see and write rows of no other.
 *
 * <p>Statements come in one order of tables and their rows in the order of their keys, so that two
 * writers lock in the same order. Values travel as text. Of many changes they come as arrays, one
 * for each column, so that the statement's text does not depend on how many rows there are and
 * stays prepared. A change that comes alone says its few rows outright, since a row that is said
 * costs a third of one that is unpacked: there is such a text for each kind of change and each
 * number of its rows, and the driver keeps those that were used last.
 */
final class BatchStatement {

  private static final String BATCH_MARK =
      "INSERT INTO journal_batches (id, created, void) VALUES (?, now(), false)";

  /** Texts of statements: as many as the program has tables, times three, times the forms. */
  private static final Map<TextKey, String> TEXTS = new ConcurrentHashMap<>();

  private static final int LEADING = 5;

  /** How many rows of one kind may be said outright: a payment's events, its ledger's lines. */
  private static final int FEW = 4;

  /** In the place of a number of rows: any number, as arrays. */
  private static final int ARRAYS = 0;

  private enum Kind {
    INSERT,
    ENSURE,
    UPDATE
  }

  private record GroupKey(Table table, Kind kind) {}

  private record TextKey(GroupKey group, int rows) {}

  private record Item(Member member, Row row) {}

  /** A change in a batch. */
  record Member(Change change, int index) {}

  private final Set<String> accounts;
  private final List<GroupKey> keys;
  private final List<List<Item>> groups;
  private final boolean outright;
  private boolean fillsOutbox;

  private BatchStatement(boolean alone, Set<String> accounts, Map<GroupKey, List<Item>> byKey) {
    this.accounts = accounts;
    outright = alone && byKey.values().stream().allMatch(group -> group.size() <= FEW);
    keys = List.copyOf(byKey.keySet());
    groups = List.copyOf(byKey.values());
    Comparator<Item> byRowKey =
        Comparator.<Item, String>comparing(i -> i.member.change().account())
            .thenComparing(i -> i.row.id());
    groups.forEach(group -> group.sort(byRowKey));
  }

  /** The statement for these members, none of which touches a row of another. */
  static BatchStatement of(List<Member> members) {
    Map<GroupKey, List<Item>> byKey =
        new TreeMap<>(
            Comparator.<GroupKey, String>comparing(k -> k.table.name())
                .thenComparing(GroupKey::kind));
    for (Member member : members) {
      for (Write write : member.change().writes()) {
        byKey
            .computeIfAbsent(new GroupKey(write.table(), kind(write)), k -> new ArrayList<>())
            .add(new Item(member, write.row()));
      }
    }
    Set<String> accounts =
        members.stream().map(member -> member.change().account()).collect(Collectors.toSet());
    return new BatchStatement(members.size() == 1, accounts, byKey);
  }

  /**
   * Runs it.
   *
   * @param batchId a fresh id that the transaction leaves behind as its mark
   * @return the conflict of each member that lost, by the member's index; empty if every row took
   */
  Map<Integer, Verdict.Conflict> execute(Connection connection, String batchId)
      throws SQLException {
    StringBuilder sql =
        new StringBuilder("BEGIN;\n").append(Scope.SQL).append(";\n").append(BATCH_MARK);
    for (int g = 0; g < keys.size(); g++) {
      TextKey key = new TextKey(keys.get(g), outright ? groups.get(g).size() : ARRAYS);
      sql.append(";\n").append(TEXTS.computeIfAbsent(key, BatchStatement::text));
    }
    try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
      Scope.ofEach(accounts).bind(statement);
      statement.setString(Scope.PARAMETERS + 1, batchId);
      int parameter = Scope.PARAMETERS + 2;
      for (int g = 0; g < keys.size(); g++) {
        parameter = bind(statement, parameter, keys.get(g), groups.get(g));
      }
      begin(connection, statement);
      statement.getMoreResults();
      statement.getMoreResults();
      return losers(statement);
    }
  }

  /**
   * Executes what begins with BEGIN. The driver's own is answered by itself, which wakes this
   * thread for nothing, so it is kept from sending one: that is all that its {@code autoCommit}
   * does, while no transaction is open.
   */
  private static void begin(Connection connection, PreparedStatement statement)
      throws SQLException {
    connection.setAutoCommit(true);
    try {
      statement.execute();
    } catch (SQLException | RuntimeException | Error first) {
      try {
        connection.setAutoCommit(false);
      } catch (SQLException closed) {
        first.addSuppressed(closed);
      }
      throw first;
    }
    connection.setAutoCommit(false);
  }

  /** Whether somebody has to be told of an event of it, once it has run. */
  boolean fillsOutbox() {
    return fillsOutbox;
  }

  private Map<Integer, Verdict.Conflict> losers(PreparedStatement statement) throws SQLException {
    Map<Integer, Verdict.Conflict> losers = new TreeMap<>();
    for (int g = 0; g < keys.size(); g++) {
      if (!statement.getMoreResults()) {
        throw new SQLException("a statement of the batch returned no rows");
      }
      List<Item> group = groups.get(g);
      try (ResultSet taken = statement.getResultSet()) {
        if (keys.get(g).kind == Kind.ENSURE) {
          continue;
        }
        addLosers(group, keys.get(g).table, taken, losers);
      }
    }
    return losers;
  }

  private void addLosers(
      List<Item> group, Table table, ResultSet taken, Map<Integer, Verdict.Conflict> losers)
      throws SQLException {
    Set<String> won = new HashSet<>();
    while (taken.next()) {
      won.add(taken.getString(1) + ' ' + taken.getString(2));
      fillsOutbox |= table.equals(Event.TABLE) && taken.getLong(Outbox.DELIVERIES) > 0;
    }
    if (won.size() == group.size()) {
      return;
    }
    for (Item item : group) {
      if (!won.contains(item.member.change().account() + ' ' + item.row.id())) {
        losers.putIfAbsent(item.member.index(), new Verdict.Conflict(table, item.row.id()));
      }
    }
  }

  private static Kind kind(Write write) {
    return switch (write) {
      case Write.Insert insert -> Kind.INSERT;
      case Write.Ensure ensure -> Kind.ENSURE;
      case Write.Update update -> Kind.UPDATE;
    };
  }

  private int bind(PreparedStatement statement, int first, GroupKey key, List<Item> group)
      throws SQLException {
    List<Integer> written = writtenColumns(key);
    int columns = LEADING + written.size();
    int parameter = first;
    if (outright) {
      for (Item item : group) {
        for (int c = 0; c < columns; c++) {
          statement.setString(parameter++, value(item, written, c));
        }
      }
      return parameter;
    }
    for (int c = 0; c < columns; c++) {
      @Nullable String[] column = new @Nullable String[group.size()];
      for (int r = 0; r < column.length; r++) {
        column[r] = value(group.get(r), written, c);
      }
      statement.setObject(parameter++, column);
    }
    return parameter;
  }

  private static @Nullable String value(Item item, List<Integer> written, int column) {
    return column < LEADING
        ? leading(item, column)
        : item.row.values().get(written.get(column - LEADING));
  }

  private static String leading(Item item, int column) {
    return switch (column) {
      case 0 -> item.member.change().account();
      case 1 -> item.member.change().livemode() ? "t" : "f";
      case 2 -> item.row.id();
      case 3 -> Integer.toString(item.row.version());
      case 4 -> item.row.created().toString();
      default -> throw new IllegalArgumentException("no such leading column");
    };
  }

  private static List<Integer> writtenColumns(GroupKey key) {
    List<Integer> written = new ArrayList<>();
    for (int c = 0; c < key.table.columns().size(); c++) {
      if (key.kind != Kind.UPDATE || !key.table.columns().get(c).fixed()) {
        written.add(c);
      }
    }
    return written;
  }

  private static String text(TextKey text) {
    GroupKey key = text.group;
    List<String> names =
        new ArrayList<>(List.of("account", "livemode", "id", "version", "created"));
    List<String> types =
        new ArrayList<>(List.of("text", "boolean", "text", "integer", "timestamptz"));
    for (int c : writtenColumns(key)) {
      names.add(key.table.columns().get(c).name());
      types.add(key.table.columns().get(c).type());
    }
    String source = source(names, text.rows);
    if (key.kind == Kind.UPDATE) {
      return update(key.table.name(), names, types, source);
    }
    String insert = insert(key.table.name(), names, types, source);
    return key.table.equals(Event.TABLE) ? Outbox.with(insert) : insert + " RETURNING account, id";
  }

  private static String insert(
      String table, List<String> names, List<String> types, String source) {
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", names)
        + ") SELECT "
        + casts(names, types)
        + " FROM "
        + source
        + " ON CONFLICT DO NOTHING";
  }

  private static String update(
      String table, List<String> names, List<String> types, String source) {
    StringBuilder set = new StringBuilder();
    // Of the leading columns an update writes the version alone.
    for (int c = 3; c < names.size(); c++) {
      if (c != 4) {
        set.append(set.isEmpty() ? "" : ", ")
            .append(names.get(c))
            .append(" = ")
            .append(cast(names.get(c), types.get(c)));
      }
    }
    return "UPDATE "
        + table
        + " t SET "
        + set
        + " FROM "
        + source
        + " WHERE t.account = u.account AND t.id = u.id AND t.livemode = u.livemode::boolean"
        + " AND t.version = u.version::integer - 1 RETURNING t.account, t.id";
  }

  private static String casts(List<String> names, List<String> types) {
    StringBuilder casts = new StringBuilder();
    for (int c = 0; c < names.size(); c++) {
      casts.append(c == 0 ? "" : ", ").append(cast(names.get(c), types.get(c)));
    }
    return casts.toString();
  }

  private static String cast(String name, String type) {
    return "text".equals(type) ? "u." + name : "u." + name + "::" + type;
  }

  /**
   * The rows, under the name {@code u}. PostgreSQL makes a single row that is said outright part of
   * the statement's own expressions.
   */
  private static String source(List<String> names, int rows) {
    String columns = ") AS u (" + String.join(", ", names) + ")";
    if (rows == ARRAYS) {
      return "unnest("
          + String.join(", ", Collections.nCopies(names.size(), "?::text[]"))
          + columns;
    }
    String row = "(" + String.join(", ", Collections.nCopies(names.size(), "?::text")) + ")";
    return "(VALUES " + String.join(", ", Collections.nCopies(rows, row)) + columns;
  }
}
