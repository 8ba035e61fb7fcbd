package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Seals the values of a table whose key is account and id. A row is written only as it was read:
 * whoever changes it meanwhile seals it by the newest key anyhow. Its version stays, since what it
 * says stays.
 */
public final class TableResealing implements Resealing {

  private final Database database;
  private final String table;
  private final List<Sealed> columns;

  /**
   * A column with sealed values.
   *
   * @param type its PostgreSQL type
   * @param renewal how a value is sealed anew
   */
  public record Sealed(String name, String type, Renewal renewal) {}

  /** How a value is sealed anew. */
  @FunctionalInterface
  public interface Renewal {
    /** The new value; empty if the newest key has sealed it. */
    Optional<String> of(String account, boolean livemode, String id, String value);
  }

  private record Row(boolean livemode, String id, int version, List<@Nullable String> values) {}

  public TableResealing(Database database, String table, List<Sealed> columns) {
    this.database = database;
    this.table = table;
    this.columns = List.copyOf(columns);
  }

  /** The table's columns that the journal seals. */
  public static TableResealing of(
      Database database, Table table, Sealer sealer, PersonalData personal) {
    List<Sealed> columns = new ArrayList<>();
    for (Table.Column column : table.columns()) {
      Renewal renewal =
          switch (column.protection()) {
            case NONE, BLIND_VALUE, BLIND_TERMS -> null;
            case PERSONAL ->
                (account, livemode, id, value) ->
                    personal.renewed(Place.of(account, livemode, table, column, id), value);
            case WHOLE ->
                (account, livemode, id, value) ->
                    sealer.renewed(Place.of(account, livemode, table, column, id), value);
          };
      if (renewal != null) {
        columns.add(new Sealed(column.name(), column.type(), renewal));
      }
    }
    return new TableResealing(database, table.name(), columns);
  }

  @Override
  public String table() {
    return table;
  }

  @Override
  public Part next(String after, int limit) {
    int slash = after.indexOf('/');
    String account = slash < 0 ? accountAfter("") : after.substring(0, slash);
    if (account == null) {
      return new Part(0, 0, null);
    }
    List<Row> rows = rows(account, slash < 0 ? "" : after.substring(slash + 1), limit);
    int sealed = 0;
    for (Row row : rows) {
      sealed += renew(account, row) ? 1 : 0;
    }
    if (rows.size() == limit) {
      return new Part(rows.size(), sealed, account + '/' + rows.getLast().id);
    }
    String following = accountAfter(account);
    return new Part(rows.size(), sealed, following == null ? null : following + '/');
  }

  private @Nullable String accountAfter(String account) {
    return database
        .across(AllAccounts.SEALING)
        .sql("SELECT id FROM accounts WHERE id > ? ORDER BY id LIMIT 1")
        .param(account)
        .query(String.class)
        .optional()
        .orElse(null);
  }

  // Names of tables and columns are constants of this program.
  private List<Row> rows(String account, String after, int limit) {
    String values =
        columns.stream().map(column -> column.name + "::text").collect(Collectors.joining(", "));
    return database
        .of(account)
        .sql(
            "SELECT livemode, id, version, %s FROM %s WHERE account = ? AND id > ? ORDER BY id LIMIT ?"
                .formatted(values, table))
        .params(account, after, limit)
        .query((row, _) -> row(row))
        .list();
  }

  private Row row(ResultSet row) throws SQLException {
    List<@Nullable String> values = new ArrayList<>();
    for (int at = 0; at < columns.size(); at++) {
      values.add(row.getString(at + 4));
    }
    return new Row(row.getBoolean(1), row.getString(2), row.getInt(3), values);
  }

  private boolean renew(String account, Row row) {
    List<String> sets = new ArrayList<>();
    List<@Nullable Object> params = new ArrayList<>();
    for (int at = 0; at < columns.size(); at++) {
      String value = row.values.get(at);
      Sealed column = columns.get(at);
      Optional<String> fresh =
          value == null
              ? Optional.empty()
              : column.renewal.of(account, row.livemode, row.id, value);
      if (fresh.isPresent()) {
        sets.add(column.name + " = ?::" + column.type);
        params.add(fresh.get());
      }
    }
    if (sets.isEmpty()) {
      return false;
    }
    params.addAll(List.of(account, row.id, row.version));
    return database
            .of(account)
            .sql(
                "UPDATE %s SET %s WHERE account = ? AND id = ? AND version = ?"
                    .formatted(table, String.join(", ", sets)))
            .params(params)
            .update()
        == 1;
  }
}
