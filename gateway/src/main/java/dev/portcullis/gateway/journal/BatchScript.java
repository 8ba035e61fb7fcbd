package dev.portcullis.gateway.journal;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.database.Scope;
import dev.portcullis.gateway.work.Caches;
import java.util.List;

/**
 * The text of a whole batch, from BEGIN on.
 *
 * <p>It is thousands of characters long and the same for each change of a kind. The driver finds
 * its prepared statements by it, which costs nothing where it is the same string.
 *
 * @param sql the text
 * @param written for each statement of a table, the columns for which it has parameters
 */
record BatchScript(String sql, List<List<Integer>> written) {

  private static final String MARK =
      "INSERT INTO journal_batches (id, created, void) VALUES (?, now(), false)";

  /**
   * Behind a guard: a transaction that wrote nothing, since its key was on record, leaves a mark
   * that says so. Whoever reads it back runs the change again and learns why.
   */
  private static final String MARK_OF_GUARDED =
      "INSERT INTO journal_batches (id, created, void) VALUES (?, now(), NOT "
          + BatchText.GUARDED
          + ")";

  /** So many the driver keeps, too; a batch of many changes can be of any mixture of tables. */
  private static final int KEPT = 256;

  private record Kind(List<BatchText> texts, boolean guarded, boolean whole) {}

  private static final Cache<Kind, BatchScript> SCRIPTS =
      Caches.bounded().maximumSize(KEPT).build();

  /**
   * The script.
   *
   * @param texts the statements of the batch's tables
   * @param guarded whether the first of them is a guard, which the mark then comes behind
   * @param whole whether COMMIT comes last
   */
  static BatchScript of(List<BatchText> texts, boolean guarded, boolean whole) {
    return SCRIPTS.get(new Kind(List.copyOf(texts), guarded, whole), BatchScript::write);
  }

  private static BatchScript write(Kind kind) {
    int ahead = kind.guarded ? 1 : 0;
    StringBuilder sql = new StringBuilder("BEGIN;\n").append(Scope.SQL);
    append(sql, kind.texts.subList(0, ahead));
    sql.append(";\n").append(kind.guarded ? MARK_OF_GUARDED : MARK);
    append(sql, kind.texts.subList(ahead, kind.texts.size()));
    sql.append(kind.whole ? ";\nCOMMIT" : "");
    return new BatchScript(sql.toString(), kind.texts.stream().map(BatchText::written).toList());
  }

  private static void append(StringBuilder sql, List<BatchText> texts) {
    texts.forEach(text -> sql.append(";\n").append(text.sql()));
  }
}
