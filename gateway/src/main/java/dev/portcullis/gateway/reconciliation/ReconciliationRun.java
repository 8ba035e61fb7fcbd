package dev.portcullis.gateway.reconciliation;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One report, as far as it has been read.
 *
 * @param whose whose books, and where
 * @param day which day the report is about, UTC
 * @param source {@value #FEED}, or the format of the file
 * @param done whether it was compared
 * @param read how many records of it were taken
 * @param cursor where the feed goes on
 * @param columns the names of the file's columns, or null while they have not come
 * @param report what came of it
 */
record ReconciliationRun(
    Whose whose,
    String id,
    LocalDate day,
    String source,
    boolean done,
    int read,
    String cursor,
    @Nullable List<String> columns,
    Map<String, @Nullable Object> report) {

  /** The provider's own list of operations. */
  static final String FEED = "feed";

  /**
   * Whose books.
   *
   * @param provider the provider account's name
   */
  record Whose(String account, boolean livemode, String provider) {}
}
