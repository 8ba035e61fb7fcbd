package dev.portcullis.gateway.search;

import dev.portcullis.gateway.journal.Table;
import java.util.Map;

/**
 * A type of object that can be searched. Each is a bean; its table has the column {@code terms}
 * with an index, and its objects are a {@link dev.portcullis.gateway.http.Resource}.
 *
 * @param object the type on the wire, for instance {@code charge}
 * @param path of its list: {@code /v1/charges}
 * @param table where its objects are
 * @param condition on the row that always holds, SQL, for instance {@code NOT deleted}; or empty
 * @param metadata the SQL expression of its metadata
 * @param fields by the names that a query uses
 */
public record Searchable(
    String object,
    String path,
    Table table,
    String condition,
    String metadata,
    Map<String, SearchField> fields) {

  public Searchable {
    fields = Map.copyOf(fields);
  }

  /** When the object was made, in Unix seconds: the same for every type. */
  public static final SearchField CREATED =
      SearchField.number("floor(extract(epoch FROM created))");
}
