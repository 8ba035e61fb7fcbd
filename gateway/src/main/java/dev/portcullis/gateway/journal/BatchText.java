package dev.portcullis.gateway.journal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The text of one statement of a batch: some rows of one table, written in one way.
 *
 * @param table the table
 * @param kind how it is written
 * @param rows how many rows are said outright, or {@link #ARRAYS}
 * @param form what becomes of a row that does not take
 */
record BatchText(Table table, Kind kind, int rows, Form form) {

  /** In the place of a number of rows: any number, as arrays, one for each column. */
  static final int ARRAYS = 0;

  /** Columns that every table has, which come first. */
  static final int LEADING = 5;

  /** How rows are written. */
  enum Kind {
    INSERT,
    ENSURE,
    UPDATE;

    static Kind of(Write write) {
      return switch (write) {
        case Write.Insert insert -> INSERT;
        case Write.Ensure ensure -> ENSURE;
        case Write.Update update -> UPDATE;
      };
    }
  }

  /** What becomes of a row that does not take, since it is there or was changed meanwhile. */
  enum Form {
    /** The statement returns the rows that took; COMMIT is up to whoever reads that. */
    TOLD,
    /** The statement fails, and with it the transaction, whose COMMIT is on its way already. */
    FAILS,
    /** As {@link #FAILS}, but it writes nothing where {@link #GUARD} found its key on record. */
    FAILS_IF_GUARDED,
    /**
     * Takes an idempotency key and returns whether it took. Its being there is nobody's fault, and
     * no error in the database's log: what follows writes nothing then.
     */
    GUARD
  }

  /** Whether the key of the transaction's guard took. */
  static final String GUARDED = "current_setting('portcullis.key_taken') = 'true'";

  /** The columns beyond the leading ones for which it has a parameter, by their place. */
  List<Integer> written() {
    List<Integer> written = new ArrayList<>();
    for (int c = 0; c < table.columns().size(); c++) {
      if (kind != Kind.UPDATE || !table.columns().get(c).fixed()) {
        written.add(c);
      }
    }
    return written;
  }

  /** The statement. */
  String sql() {
    List<String> names =
        new ArrayList<>(List.of("account", "livemode", "id", "version", "created"));
    List<String> types =
        new ArrayList<>(List.of("text", "boolean", "text", "integer", "timestamptz"));
    for (int c : written()) {
      names.add(table.columns().get(c).name());
      types.add(table.columns().get(c).type());
    }
    String statement = kind == Kind.UPDATE ? update(names, types) : insert(names, types);
    if (table.equals(Event.TABLE)) {
      return Outbox.with(statement, eventsTold());
    }
    String returned = kind == Kind.UPDATE ? " RETURNING t.account, t.id" : " RETURNING account, id";
    return switch (form) {
      case TOLD -> statement + returned;
      case FAILS, FAILS_IF_GUARDED ->
          kind == Kind.ENSURE || failsByItself()
              ? statement
              : "WITH took AS ("
                  + statement
                  + returned
                  + ") SELECT journal_lost() FROM took HAVING "
                  + lost();
      case GUARD ->
          "WITH took AS ("
              + statement
              + returned
              + ") SELECT set_config('portcullis.key_taken', (count(*) = "
              + rows
              + ")::text, true) FROM took";
    };
  }

  /**
   * Whether the database itself refuses a row of it that is there already, by a {@link
   * BatchStatement#isLost state of its own}. To look first, and to count then, costs a fifth to two
   * fifths more.
   */
  private boolean failsByItself() {
    boolean fails = form == Form.FAILS || form == Form.FAILS_IF_GUARDED;
    return fails && kind == Kind.INSERT && table.keyAlone();
  }

  private String lost() {
    return "count(*) <> " + rows + (form == Form.FAILS_IF_GUARDED ? " AND " + GUARDED : "");
  }

  /**
   * What the statement of events returns: how many are told of them, and for each who won, unless
   * all have.
   */
  private String eventsTold() {
    if (failsByItself()) {
      return Outbox.DELIVERIES;
    }
    if (form != Form.TOLD) {
      throw new IllegalStateException("events are inserted, and nothing but their key is unique");
    }
    return Outbox.DELIVERIES + ", account, id FROM written";
  }

  private String insert(List<String> names, List<String> types) {
    return "INSERT INTO "
        + table.name()
        + " ("
        + String.join(", ", names)
        + ") SELECT "
        + casts(names, types)
        + " FROM "
        + source(names)
        + (form == Form.FAILS_IF_GUARDED ? " WHERE " + GUARDED : "")
        + (failsByItself() ? "" : " ON CONFLICT DO NOTHING");
  }

  private String update(List<String> names, List<String> types) {
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
        + table.name()
        + " t SET "
        + set
        + " FROM "
        + source(names)
        + " WHERE t.account = u.account AND t.id = u.id AND t.livemode = u.livemode::boolean"
        + " AND t.version = u.version::integer - 1"
        + (form == Form.FAILS_IF_GUARDED ? " AND " + GUARDED : "");
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
  private String source(List<String> names) {
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
