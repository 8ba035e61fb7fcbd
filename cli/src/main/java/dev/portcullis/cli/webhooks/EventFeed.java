package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.webhooks.Api.AwayException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as they happen, each once. The order in which events are committed is not the order of
 * their ids or times: one that was made earlier may appear later. So each look goes back over the
 * last {@value #OVERLAP_SECONDS} seconds before the newest event, and what was told is left out.
 */
final class EventFeed {

  /** Far longer than any commit takes. */
  static final long OVERLAP_SECONDS = 120;

  /** At most so many pages are read at once. */
  static final int MOST_PAGES = 200;

  private final Source source;
  private final Map<String, Long> told = new HashMap<>();
  private long from;
  private boolean cut;

  /**
   * @param source where events are listed
   * @param start what happened before this second is not told, in seconds since 1970
   */
  EventFeed(Source source, long start) {
    this.source = source;
    this.from = start;
  }

  /** A list of events, newest first, page by page. */
  @FunctionalInterface
  interface Source {

    /**
     * One page.
     *
     * @param from the second since which events count
     * @param after the id of the event that the page follows, or null for the newest page
     */
    Page page(long from, @Nullable String after) throws AwayException;
  }

  /**
   * Part of the list.
   *
   * @param more whether there are older ones
   */
  record Page(List<Event> events, boolean more) {
    Page {
      events = List.copyOf(events);
    }
  }

  /**
   * Something that happened.
   *
   * @param created in seconds since 1970
   * @param document all of it
   */
  record Event(String id, String type, long created, Map<String, @Nullable Object> document) {}

  /** What is new, the oldest first. A look that fails changes nothing: the next one finds it. */
  List<Event> next() throws AwayException {
    List<Event> fresh = new ArrayList<>();
    String after = null;
    long newest = from;
    boolean more = true;
    for (int pages = 0; more && pages < MOST_PAGES; pages++) {
      Page page = source.page(from, after);
      for (Event event : page.events()) {
        newest = Math.max(newest, event.created());
        if (!told.containsKey(event.id())) {
          fresh.add(event);
        }
        after = event.id();
      }
      more = page.more() && !page.events().isEmpty();
    }
    cut = more;
    fresh.forEach(event -> told.put(event.id(), event.created()));
    from = Math.max(from, newest - OVERLAP_SECONDS);
    told.values().removeIf(created -> created < from);
    Collections.reverse(fresh);
    return fresh;
  }

  /** Whether the last look found more than it takes in: what is older is not told. */
  boolean isCut() {
    return cut;
  }
}
