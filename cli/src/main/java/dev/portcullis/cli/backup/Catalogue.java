package dev.portcullis.cli.backup;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a database is made of, as it says itself: a list kept by hand would leave out the table that
 * comes next.
 */
final class Catalogue {

  private static final String OURS =
      " n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ";

  /** Partitions are reached through their table. Flyway's own table is told as a history. */
  private static final String TABLES =
      "SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum)"
          + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " JOIN pg_attribute a ON a.attrelid = c.oid"
          + " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0"
          + " AND NOT a.attisdropped AND a.attgenerated = ''"
          + " AND c.relname <> 'flyway_schema_history' AND"
          + OURS
          + "GROUP BY 1, 2 ORDER BY 1, 2";

  private static final String REFERENCES =
      "SELECT DISTINCT n.nspname, c.relname, pn.nspname, p.relname FROM pg_constraint k"
          + " JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " JOIN pg_class p ON p.oid = k.confrelid"
          + " JOIN pg_namespace pn ON pn.oid = p.relnamespace"
          + " WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND"
          + OURS;

  private static final String SEQUENCES =
      "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind = 'S' AND"
          + OURS
          + "ORDER BY 1, 2";

  private static final String HISTORY =
      "SELECT version, checksum FROM flyway_schema_history"
          + " WHERE success AND version IS NOT NULL ORDER BY installed_rank";

  private Catalogue() {}

  /**
   * Where a sequence stands.
   *
   * @param last the last number it gave, or will give first when none was called
   */
  record Sequence(String schema, String name, long last, boolean called) {
    String quoted() {
      return TableName.quote(schema) + "." + TableName.quote(name);
    }
  }

  /** Every table, each after those that it refers to. */
  static List<TableName> tables(Connection connection) throws SQLException {
    Map<String, TableName> all = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(TABLES)) {
      while (rows.next()) {
        Array columns = rows.getArray(3);
        TableName table =
            new TableName(
                rows.getString(1), rows.getString(2), Arrays.asList((String[]) columns.getArray()));
        all.put(table.quoted(), table);
      }
    }
    return inOrder(all, references(connection));
  }

  private static Map<String, Set<String>> references(Connection connection) throws SQLException {
    Map<String, Set<String>> references = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(REFERENCES)) {
      while (rows.next()) {
        String from = new TableName(rows.getString(1), rows.getString(2), List.of()).quoted();
        String to = new TableName(rows.getString(3), rows.getString(4), List.of()).quoted();
        references.computeIfAbsent(from, _ -> new LinkedHashSet<>()).add(to);
      }
    }
    return references;
  }

  static List<TableName> inOrder(
      Map<String, TableName> tables, Map<String, Set<String>> references) {
    List<TableName> ordered = new ArrayList<>();
    Set<String> done = new LinkedHashSet<>();
    while (ordered.size() < tables.size()) {
      int before = ordered.size();
      tables.forEach(
          (name, table) -> {
            boolean free =
                references.getOrDefault(name, Set.of()).stream()
                    .allMatch(parent -> done.contains(parent) || !tables.containsKey(parent));
            if (free && done.add(name)) {
              ordered.add(table);
            }
          });
      if (ordered.size() == before) {
        throw new IllegalStateException("tables refer to each other in a circle: " + references);
      }
    }
    return ordered;
  }

  static List<Sequence> sequences(Connection connection) throws SQLException {
    List<Sequence> sequences = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(SEQUENCES)) {
      while (rows.next()) {
        sequences.add(sequence(connection, rows.getString(1), rows.getString(2)));
      }
    }
    return sequences;
  }

  private static Sequence sequence(Connection connection, String schema, String name)
      throws SQLException {
    String from = TableName.quote(schema) + "." + TableName.quote(name);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last_value, is_called FROM " + from)) {
      row.next();
      return new Sequence(schema, name, row.getLong(1), row.getBoolean(2));
    }
  }

  static List<Preamble.Migration> history(Connection connection) throws SQLException {
    List<Preamble.Migration> history = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(HISTORY)) {
      while (rows.next()) {
        history.add(new Preamble.Migration(rows.getString(1), rows.getLong(2)));
      }
    }
    return history;
  }
}
