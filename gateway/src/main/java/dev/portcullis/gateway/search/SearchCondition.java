package dev.portcullis.gateway.search;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query as SQL with parameters. No part of the client's text becomes SQL.
 *
 * @param candidates what a row has to meet; it is a hit then, unless {@code recheck} has a say
 * @param narrowing a part of it that an index answers in the order of ids, or nothing
 * @param terms a condition on the column {@code terms} that every hit meets, or nothing if the
 *     query cannot be answered by that index
 * @param recheck what only the opened document can tell
 */
record SearchCondition(Sql candidates, Sql narrowing, Sql terms, Recheck recheck) {

  /**
   * A piece of SQL.
   *
   * @param text the SQL, or empty for nothing
   * @param parameters its parameters, in order
   */
  record Sql(String text, List<Object> parameters) {
    static final Sql NOTHING = new Sql("", List.of());

    Sql {
      parameters = List.copyOf(parameters);
    }
  }

  /**
   * What a candidate has to meet besides: parts of sealed texts, of which the index knows only that
   * all their pieces are there.
   *
   * @param parts none if every candidate is a hit
   * @param certain with {@code OR}, the other clauses, one of which is enough; nothing with {@code
   *     AND}
   * @param any whether one part is enough
   */
  record Recheck(List<Part> parts, Sql certain, boolean any) {
    Recheck {
      parts = List.copyOf(parts);
    }

    boolean isNeeded() {
      return !parts.isEmpty();
    }

    boolean isMetBy(Map<String, @Nullable Object> doc) {
      return any
          ? parts.stream().anyMatch(part -> part.isMetBy(doc))
          : parts.stream().allMatch(part -> part.isMetBy(doc));
    }
  }

  /**
   * A sealed text contains another, or does not.
   *
   * @param path the names that lead to it
   */
  record Part(List<String> path, String text, boolean negated) {
    boolean isMetBy(Map<String, @Nullable Object> doc) {
      Object value = doc;
      for (String name : path) {
        value = value instanceof Map<?, ?> members ? members.get(name) : null;
      }
      boolean contained = value instanceof String whole && lower(whole).contains(lower(text));
      return contained != negated;
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }

  boolean hasTerms() {
    return !terms.text().isEmpty();
  }
}
