package dev.portcullis.bench;

import dev.portcullis.kit.Ids;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The floor: the rows of a real payment, written again and again by plain JDBC, one statement a
 * row, in the two commits that a payment has. It learns the rows from a payment that the gateway
 * made.
 */
final class Floor implements AutoCloseable {

  /** Where a payment's rows are; the parameter is the payment's id, or its charge's. */
  private static final Map<String, String> ROWS_OF_PAYMENT =
      Map.of(
          "payment_intents", "id = ANY (?)",
          "charges", "payment_intent = ANY (?)",
          "provider_operations", "object = ANY (?)",
          "events", "object = ANY (?)",
          "ledger_lines", "source = ANY (?)",
          "balance_transactions", "source = ANY (?)",
          "idempotency_keys", "body LIKE '%' || (?::text[])[1] || '%'");

  /** Rows that the first commit inserts and the second updates. */
  private static final List<String> WRITTEN_TWICE =
      List.of("payment_intents", "provider_operations", "idempotency_keys");

  private record Template(String table, List<String> columns, List<@Nullable Object> values) {
    String insert() {
      return "INSERT INTO "
          + table
          + " ("
          + String.join(", ", columns)
          + ") VALUES ("
          + String.join(", ", columns.stream().map(column -> "?").toList())
          + ")";
    }

    String update() {
      return "UPDATE "
          + table
          + " SET "
          + String.join(", ", columns.stream().map(column -> column + " = ?").toList())
          + " WHERE account = ? AND id = ?";
    }

    int at(String column) {
      return columns.indexOf(column);
    }
  }

  private final List<Connection> connections;
  private final Ids ids = new Ids(InstantSource.system(), new SecureRandom());
  private final List<Template> first = new ArrayList<>();
  private final List<Template> second = new ArrayList<>();

  private Floor(List<Connection> connections) {
    this.connections = connections;
  }

  static Floor connect(int count) throws SQLException {
    List<Connection> connections = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      Connection connection = Database.connect();
      connection.setAutoCommit(false);
      connections.add(connection);
    }
    return new Floor(connections);
  }

  /** Learns which rows a payment has. */
  void learn(String payment) throws SQLException {
    Connection connection = connections.getFirst();
    List<String> objects = new ArrayList<>(List.of(payment));
    for (Template charge : rows(connection, "charges", List.of(payment))) {
      objects.add((String) java.util.Objects.requireNonNull(charge.values().get(charge.at("id"))));
    }
    for (String table : new java.util.TreeSet<>(ROWS_OF_PAYMENT.keySet())) {
      for (Template row : rows(connection, table, objects)) {
        sort(row);
      }
    }
    connection.rollback();
    if (first.size() < 3 || second.size() < 4) {
      throw new IllegalStateException("the rows of the payment were not found");
    }
  }

  private void sort(Template row) {
    boolean created =
        row.table().equals("events")
            && "payment_intent.created".equals(row.values().get(row.at("type")));
    if (WRITTEN_TWICE.contains(row.table()) || created) {
      first.add(row);
    }
    if (!created) {
      second.add(row);
    }
  }

  private static List<Template> rows(Connection connection, String table, List<String> objects)
      throws SQLException {
    List<Template> rows = new ArrayList<>();
    Set<String> generated = generated(connection, table);
    String sql = "SELECT * FROM " + table + " WHERE " + ROWS_OF_PAYMENT.get(table);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setArray(1, connection.createArrayOf("text", objects.toArray()));
      try (ResultSet result = select.executeQuery()) {
        int count = result.getMetaData().getColumnCount();
        while (result.next()) {
          List<String> columns = new ArrayList<>();
          List<@Nullable Object> values = new ArrayList<>();
          for (int at = 1; at <= count; at++) {
            String column = result.getMetaData().getColumnName(at);
            if (!generated.contains(column)) {
              columns.add(column);
              values.add(result.getObject(at));
            }
          }
          rows.add(new Template(table, columns, values));
        }
      }
    }
    return rows;
  }

  /** What the database writes by itself, and nobody else may. */
  private static Set<String> generated(Connection connection, String table) throws SQLException {
    Set<String> generated = new HashSet<>();
    try (ResultSet column = connection.getMetaData().getColumns(null, "public", table, null)) {
      while (column.next()) {
        if ("YES".equals(column.getString("IS_GENERATEDCOLUMN"))) {
          generated.add(column.getString("COLUMN_NAME"));
        }
      }
    }
    return generated;
  }

  /** Writes payments from every connection for that long. */
  Sample run(Duration duration) {
    Histogram latency = new ConcurrentHistogram(60_000_000L, 3);
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (Connection connection : connections) {
        running.add(
            threads.submit(
                () -> {
                  while (System.nanoTime() < end) {
                    long since = System.nanoTime();
                    writePayment(connection);
                    latency.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since));
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("the floor could not be written", e.getCause());
    }
    return new Sample(latency, 0, Duration.ofNanos(System.nanoTime() - start), "");
  }

  private void writePayment(Connection connection) throws SQLException {
    Map<String, String> newIds = new HashMap<>();
    for (Template row : first) {
      insert(connection, row, newIds);
    }
    connection.commit();
    for (Template row : second) {
      if (WRITTEN_TWICE.contains(row.table())) {
        update(connection, row, newIds);
      } else {
        insert(connection, row, newIds);
      }
    }
    connection.commit();
  }

  private void insert(Connection connection, Template row, Map<String, String> newIds)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(row.insert())) {
      bind(statement, row, newIds);
      statement.executeUpdate();
    }
  }

  private void update(Connection connection, Template row, Map<String, String> newIds)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(row.update())) {
      int next = bind(statement, row, newIds);
      statement.setObject(next, row.values().get(row.at("account")));
      statement.setObject(next + 1, renewed(row, row.at("id"), newIds));
      statement.executeUpdate();
    }
  }

  private int bind(PreparedStatement statement, Template row, Map<String, String> newIds)
      throws SQLException {
    for (int at = 0; at < row.columns().size(); at++) {
      statement.setObject(at + 1, renewed(row, at, newIds));
    }
    return row.columns().size() + 1;
  }

  /** Each id of the learned payment becomes a new one, the same wherever it stands. */
  private @Nullable Object renewed(Template row, int at, Map<String, String> newIds) {
    Object value = row.values().get(at);
    boolean id = row.columns().get(at).equals("id");
    return value instanceof String old && (id || newIds.containsKey(old))
        ? newIds.computeIfAbsent(old, this::freshId)
        : value;
  }

  private String freshId(String old) {
    int underscore = old.lastIndexOf('_');
    return ids.next(underscore > 0 ? old.substring(0, underscore) : "k");
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
