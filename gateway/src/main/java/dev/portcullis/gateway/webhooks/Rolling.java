package dev.portcullis.gateway.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sealed value that signs, and the one before it for as long as receivers change over.
 *
 * @param current the one that receivers were told last
 * @param previous the one before, which signs too until {@code until}; or null
 * @param until until when it does, or null
 */
record Rolling(String current, @Nullable String previous, @Nullable Instant until) {

  /** Where the parts stand in a document. */
  record Names(String current, String previous, String until) {}

  static Rolling fresh(String current) {
    return new Rolling(current, null, null);
  }

  /** Null where there is none. */
  static @Nullable Rolling read(Names names, Map<String, @Nullable Object> doc) {
    return doc.get(names.current) instanceof String current
        ? new Rolling(
            current,
            (String) doc.get(names.previous),
            doc.get(names.until) instanceof Long seconds ? Instant.ofEpochSecond(seconds) : null)
        : null;
  }

  void put(Names names, Map<String, @Nullable Object> doc) {
    doc.put(names.current, current);
    if (previous != null && until != null) {
      doc.put(names.previous, previous);
      doc.put(names.until, until.getEpochSecond());
    }
  }

  /** Whether the one before still signs. */
  boolean overlaps(Instant now) {
    return previous != null && until != null && now.isBefore(until);
  }

  /** Those that sign at that time, the newest first. */
  List<String> at(Instant now) {
    return previous != null && overlaps(now) ? List.of(current, previous) : List.of(current);
  }

  /** With another one; this one signs beside it until then. */
  Rolling rolled(String fresh, Instant now, Instant end) {
    return end.isAfter(now) ? new Rolling(fresh, current, end) : fresh(fresh);
  }

  @Override
  public String toString() {
    return "Rolling";
  }
}
