package dev.portcullis.vault.audit;

import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailEntry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the trail with the heads in it, as both were at one moment.
 *
 * @param before the last head before it, or null
 * @param entries in their order
 * @param heads those of as many entries as are here; on the last page also those of more
 * @param isLast whether nothing comes after it
 */
record TrailPage(
    @Nullable SignedHead before, List<TrailEntry> entries, List<StoredHead> heads, boolean isLast) {

  /** The most entries of a page: it is held in memory. */
  static final int MOST = 1_000;

  /** More heads than entries are none of ours, and the first one too many is a fault. */
  private static final int MOST_HEADS = MOST + 1;

  /** A head as it is stored, whatever it is. */
  record StoredHead(long size, String text) {
    /** The head, if it is one. */
    Optional<SignedHead> read() {
      return SignedHead.parse(text).filter(head -> head.size() == size);
    }
  }

  /**
   * Reads one.
   *
   * @param connection with a transaction whose statements all see the same moment
   * @param after the number of the entry before it; 0 for the first page
   * @param most at most so many entries
   */
  static TrailPage read(Connection connection, long after, int most) throws SQLException {
    // What has a number below the first one is there too, for whoever looks for faults.
    long from = after == 0 ? Long.MIN_VALUE : after;
    List<TrailEntry> entries =
        Sql.query(
            connection,
            "select seq, at, action, subject, detail, previous, hash from audit_entry"
                + " where seq > ? order by seq limit ?",
            TrailPage::entry,
            from,
            most + 1);
    boolean isLast = entries.size() <= most;
    if (!isLast) {
      entries.removeLast();
    }
    long until = isLast ? Long.MAX_VALUE : entries.getLast().seq();
    return new TrailPage(
        after == 0 ? null : lastHead(connection, after).flatMap(StoredHead::read).orElse(null),
        entries,
        Sql.query(
            connection,
            "select size, head from audit_head where size > ? and size <= ? order by size limit ?",
            TrailPage::head,
            from,
            until,
            MOST_HEADS),
        isLast);
  }

  /** The last head of at most so many entries. */
  static Optional<StoredHead> lastHead(Connection connection, long size) throws SQLException {
    return Sql.query(
            connection,
            "select size, head from audit_head where size <= ? order by size desc limit 1",
            TrailPage::head,
            size)
        .stream()
        .findFirst();
  }

  /** Whether a head is stored, exactly as it was signed. */
  static boolean has(Connection connection, SignedHead head) throws SQLException {
    return !Sql.query(
            connection,
            "select 1 from audit_head where size = ? and head = ?",
            row -> row.getInt(1),
            head.size(),
            head.text())
        .isEmpty();
  }

  private static StoredHead head(ResultSet row) throws SQLException {
    return new StoredHead(row.getLong(1), String.valueOf(row.getString(2)));
  }

  private static TrailEntry entry(ResultSet row) throws SQLException {
    Instant at = Sql.instant(row, "at");
    List<String> texts = new ArrayList<>();
    for (String column : List.of("action", "subject", "detail")) {
      texts.add(String.valueOf(row.getString(column)));
    }
    return new TrailEntry(
        row.getLong("seq"), at, texts, row.getBytes("previous"), row.getBytes("hash"));
  }

  /**
   * Goes over it, from where a check of what comes before has ended.
   *
   * @param root the hash of the entry before it
   */
  TrailCheck check(Collection<HeadKey> keys, long after, byte[] root) {
    TrailCheck check = new TrailCheck(keys, after, root, before);
    int head = 0;
    for (TrailEntry entry : entries) {
      check.entry(entry);
      while (head < heads.size() && heads.get(head).size() <= check.entries()) {
        tell(check, heads.get(head++));
      }
    }
    while (head < heads.size()) {
      tell(check, heads.get(head++));
    }
    return check;
  }

  private static void tell(TrailCheck check, StoredHead head) {
    check.head(head.size(), head.text());
  }
}
