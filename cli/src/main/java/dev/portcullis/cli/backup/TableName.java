package dev.portcullis.cli.backup;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table as the catalogue names it.
 *
 * @param columns those that are stored, in order; what is computed from others is left out
 */
record TableName(String schema, String name, List<String> columns) {
  TableName {
    columns = List.copyOf(columns);
  }

  /** For statements: quoted, since a name cannot be bound. */
  String quoted() {
    return quote(schema) + "." + quote(name);
  }

  private String quotedColumns() {
    return columns.stream().map(TableName::quote).collect(Collectors.joining(", "));
  }

  String copyOut() {
    return "COPY (SELECT " + quotedColumns() + " FROM " + quoted() + ") TO STDOUT";
  }

  String copyIn() {
    return "COPY " + quoted() + " (" + quotedColumns() + ") FROM STDIN";
  }

  /** For people. */
  String shown() {
    return schema.equals("public") ? name : schema + "." + name;
  }

  static String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
