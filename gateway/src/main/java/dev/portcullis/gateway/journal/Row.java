package dev.portcullis.gateway.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row as it shall be.
 *
 * @param id unique within the account and the table
 * @param version 1 when it is new; each update writes one more than it has read
 * @param created when the object was made
 * @param values the values of {@link Table#columns()}, as PostgreSQL reads their text
 */
public record Row(String id, int version, Instant created, List<@Nullable String> values) {

  /**
   * A row from values of any type whose text PostgreSQL understands: strings, numbers, booleans,
   * instants.
   */
  public static Row of(String id, int version, Instant created, @Nullable Object... values) {
    List<@Nullable String> texts = new ArrayList<>(values.length);
    for (Object value : Arrays.asList(values)) {
      texts.add(value == null ? null : value.toString());
    }
    return new Row(id, version, created, Collections.unmodifiableList(texts));
  }
}
