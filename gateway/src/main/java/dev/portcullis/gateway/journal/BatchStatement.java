package dev.portcullis.gateway.journal;

import dev.portcullis.gateway.database.Scope;
import dev.portcullis.gateway.journal.BatchText.Form;
import dev.portcullis.gateway.journal.BatchText.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The writes of a batch as one round trip: one multi-row statement for each table and kind of
 * write. Before them the transaction names the accounts of the batch: row-level security lets it
 * see and write rows of no other.
 *
 * <p>Statements come in one order of tables and their rows in the order of their keys, so that two
 * writers lock in the same order. Values travel as text. Of many changes they come as arrays, one
 * for each column, so that the statement's text does not depend on how many rows there are and
 * stays prepared, and each returns the ids of the rows that took: what is committed is decided when
 * they are read.
 *
 * <p>A change that comes alone says its few rows outright, since a row that is said costs a third
 * of one that is unpacked: there is such a text for each kind of change and each number of its
 * rows, and the driver keeps those that were used last. As nothing is left of such a change when
 * one of its rows does not take, its COMMIT can go with it.
 */
final class BatchStatement {

  /** The SQLSTATE of a change that was sent with its COMMIT and has lost a row: V106. */
  private static final String LOST = "PC001";

  /** The same of a row that is there already: unique_violation. */
  private static final String THERE = "23505";

  /** How many rows of one kind may be said outright: a payment's events, its ledger's lines. */
  private static final int FEW = 4;

  /** Idempotency keys come first: where one is on record, the rest need not be tried. */
  private static final Comparator<GroupKey> ORDER =
      Comparator.<GroupKey, Boolean>comparing(key -> !key.table.equals(IdempotencyUse.TABLE))
          .thenComparing(key -> key.table.name())
          .thenComparing(GroupKey::kind);

  private record GroupKey(Table table, Kind kind) {}

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
    Map<GroupKey, List<Item>> byKey = new TreeMap<>(ORDER);
    for (Member member : members) {
      for (Write write : member.change().writes()) {
        byKey
            .computeIfAbsent(new GroupKey(write.table(), Kind.of(write)), k -> new ArrayList<>())
            .add(new Item(member, write.row()));
      }
    }
    Set<String> accounts =
        members.stream().map(member -> member.change().account()).collect(Collectors.toSet());
    return new BatchStatement(members.size() == 1, accounts, byKey);
  }

  /** Whether that says of a change that was sent with its COMMIT that a row did not take. */
  static boolean isLost(SQLException failure) {
    return LOST.equals(failure.getSQLState()) || THERE.equals(failure.getSQLState());
  }

  /** Whether it can go together with its COMMIT. */
  boolean isWhole() {
    return outright;
  }

  /**
   * Runs it and leaves its transaction open.
   *
   * @param batchId a fresh id that the transaction leaves behind as its mark
   * @return the conflict of each member that lost, by the member's index; empty if every row took
   */
  Map<Integer, Verdict.Conflict> execute(Connection connection, String batchId)
      throws SQLException {
    List<BatchText> texts = new ArrayList<>();
    for (int g = 0; g < keys.size(); g++) {
      texts.add(text(g, Form.TOLD));
    }
    try (PreparedStatement statement = prepare(connection, batchId, texts, false, false)) {
      run(connection, statement);
      skip(statement, 3); // BEGIN, the scope, the mark
      return losers(statement);
    }
  }

  /**
   * Runs it and commits it; only for one that {@link #isWhole() is whole}.
   *
   * @param batchId a fresh id that the transaction leaves behind as its mark
   * @return the conflict about its idempotency key, if that was on record: then nothing else was
   *     written
   * @throws SQLException that {@link #isLost says so} if another row did not take: then nothing was
   *     written
   */
  Map<Integer, Verdict.Conflict> executeWhole(Connection connection, String batchId)
      throws SQLException {
    boolean guarded = !keys.isEmpty() && isGuard(keys.getFirst());
    List<BatchText> texts = new ArrayList<>();
    for (int g = 0; g < keys.size(); g++) {
      Form rest = guarded ? Form.FAILS_IF_GUARDED : Form.FAILS;
      texts.add(text(g, isGuard(keys.get(g)) ? Form.GUARD : rest));
    }
    try (PreparedStatement statement = prepare(connection, batchId, texts, guarded, true)) {
      run(connection, statement);
      skip(statement, guarded ? 2 : 3); // BEGIN, the scope, and the mark unless it comes later
      return readWhole(statement);
    }
  }

  private static boolean isGuard(GroupKey key) {
    return key.table.equals(IdempotencyUse.TABLE) && key.kind == Kind.INSERT;
  }

  private BatchText text(int group, Form form) {
    GroupKey key = keys.get(group);
    int rows = outright ? groups.get(group).size() : BatchText.ARRAYS;
    return new BatchText(key.table, key.kind, rows, form);
  }

  /**
   * The statement with its values.
   *
   * @param guarded whether the first text is a guard, which the mark then comes behind
   * @param whole whether COMMIT comes last
   */
  private PreparedStatement prepare(
      Connection connection, String batchId, List<BatchText> texts, boolean guarded, boolean whole)
      throws SQLException {
    BatchScript script = BatchScript.of(texts, guarded, whole);
    int ahead = guarded ? 1 : 0;
    PreparedStatement statement = connection.prepareStatement(script.sql());
    try {
      Scope.ofEach(accounts).bind(statement);
      int parameter = Scope.PARAMETERS + 1;
      for (int g = 0; g < texts.size(); g++) {
        if (g == ahead) {
          statement.setString(parameter++, batchId);
        }
        parameter = bind(statement, parameter, script.written().get(g), groups.get(g));
      }
      if (ahead == texts.size()) {
        statement.setString(parameter, batchId);
      }
      return statement;
    } catch (SQLException | RuntimeException | Error e) {
      statement.close();
      throw e;
    }
  }

  /**
   * Executes what begins with BEGIN. The driver's own is answered by itself, which wakes this
   * thread for nothing, so it is kept from sending one: that is all that its {@code autoCommit}
   * does, while no transaction is open.
   */
  private static void run(Connection connection, PreparedStatement statement) throws SQLException {
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

  /** Goes to the last of so many results, of which the first is there. */
  private static void skip(PreparedStatement statement, int results) throws SQLException {
    for (int result = 1; result < results; result++) {
      statement.getMoreResults();
    }
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
        if (keys.get(g).kind != Kind.ENSURE) {
          addLosers(group, keys.get(g).table, taken, losers);
        }
      }
    }
    return losers;
  }

  private void addLosers(
      List<Item> group, Table table, ResultSet taken, Map<Integer, Verdict.Conflict> losers)
      throws SQLException {
    boolean events = table.equals(Event.TABLE);
    int account = events ? 2 : 1;
    Set<String> won = new HashSet<>();
    while (taken.next()) {
      won.add(taken.getString(account) + ' ' + taken.getString(account + 1));
      fillsOutbox |= events && taken.getLong(1) > 0;
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

  /** A statement of it that has not failed has taken, but for the one that takes the key. */
  private Map<Integer, Verdict.Conflict> readWhole(PreparedStatement statement)
      throws SQLException {
    for (int g = 0; g < keys.size(); g++) {
      GroupKey key = keys.get(g);
      boolean guard = isGuard(key);
      if (!statement.getMoreResults() || !(guard || key.table.equals(Event.TABLE))) {
        continue;
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        if (guard && !row.getBoolean(1)) {
          Item item = groups.get(g).getFirst();
          return Map.of(item.member.index(), new Verdict.Conflict(key.table, item.row.id()));
        }
        fillsOutbox |= !guard && row.getLong(1) > 0;
      }
      if (guard) {
        statement.getMoreResults(); // the mark
      }
    }
    return Map.of();
  }

  private int bind(PreparedStatement statement, int first, List<Integer> written, List<Item> group)
      throws SQLException {
    int columns = BatchText.LEADING + written.size();
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
    return column < BatchText.LEADING
        ? leading(item, column)
        : item.row.values().get(written.get(column - BatchText.LEADING));
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
}
