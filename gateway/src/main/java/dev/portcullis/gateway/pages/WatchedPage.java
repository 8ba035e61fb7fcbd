package dev.portcullis.gateway.pages;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page that is looked at now and then, and what came of it.
 *
 * @param account whose it is; empty for our own
 * @param note what the person who had it watched said of it
 * @param standing how it stood at the last look
 */
record WatchedPage(
    String account,
    boolean livemode,
    String id,
    Instant created,
    URI url,
    String note,
    Standing standing) {

  /** How it compares with what was approved. */
  enum State {
    /** Nobody has looked at it yet, or approved what it is. */
    WAITING,
    SAME,
    CHANGED
  }

  /**
   * How it stood.
   *
   * @param checked the last look, or null
   * @param good the last look that found it as approved, or null
   * @param failures looks since that could not get it
   * @param since since when it is not as approved, or null
   * @param told what was told of, as {@link #news()} had it, or null
   * @param seen what was seen last, or null
   * @param differences in what from what was approved
   * @param fault why the last look did not get it, or null
   */
  record Standing(
      State state,
      @Nullable Instant checked,
      @Nullable Instant good,
      int failures,
      @Nullable Instant since,
      @Nullable String told,
      @Nullable Inventory seen,
      List<Difference> differences,
      @Nullable String fault) {

    static final Standing NEW =
        new Standing(State.WAITING, null, null, 0, null, null, null, List.of(), null);

    /** After so many tries it is said that a page cannot be got. */
    static final int FAILING = 3;

    boolean isFailing() {
      return failures >= FAILING;
    }

    Standing failed(Instant now, String why) {
      return new Standing(
          state, now, good, Math.min(failures + 1, 1_000), since, told, seen, differences, why);
    }

    /** It cannot be compared, which is a difference beside those that were seen last. */
    Standing blind(Instant now, PageUnread why) {
      Instant begun = since == null ? now : since;
      List<Difference> how = new ArrayList<>();
      how.add(Difference.of(why));
      differences.stream().filter(each -> !each.isBlind()).forEach(how::add);
      Standing failed = failed(now, why.why());
      return new Standing(
          State.CHANGED, now, good, failed.failures, begun, told, seen, how, failed.fault);
    }

    /**
     * What there is to be told of, as a text that is the same for the same alone; empty where there
     * is nothing.
     */
    String news() {
      if (state != State.CHANGED) {
        return "";
      }
      return differences.stream()
          .filter(Difference::isBlind)
          .findFirst()
          .map(Difference::subject)
          .orElseGet(() -> seen == null ? "" : seen.fingerprint());
    }

    /** Whether nothing is left to be told of. */
    boolean isTold() {
      return news().isEmpty() || news().equals(told);
    }

    Standing waiting(Instant now, Inventory inventory) {
      return new Standing(State.WAITING, now, good, 0, null, null, inventory, List.of(), null);
    }

    Standing same(Instant now, Inventory inventory) {
      return new Standing(State.SAME, now, now, 0, null, null, inventory, List.of(), null);
    }

    Standing changed(Instant now, Inventory inventory, List<Difference> how) {
      Instant begun = since == null ? now : since;
      return new Standing(State.CHANGED, now, good, 0, begun, told, inventory, how, null);
    }

    /** All of it was told. */
    Standing asTold() {
      return new Standing(state, checked, good, failures, since, news(), seen, differences, fault);
    }

    /** What has no column of its own. */
    Map<String, @Nullable Object> doc() {
      Map<String, @Nullable Object> doc = new LinkedHashMap<>();
      doc.put("seen", seen == null ? null : seen.json());
      doc.put("differences", differences.stream().map(Difference::json).toList());
      doc.put("fault", fault);
      return doc;
    }

    static List<Difference> differences(@Nullable Object json) {
      List<Difference> differences = new ArrayList<>();
      if (json instanceof List<?> list) {
        for (Object each : list) {
          if (each instanceof Map<?, ?> map) {
            differences.add(
                new Difference(
                    Item.Kind.ofWire(String.valueOf(map.get("kind"))),
                    String.valueOf(map.get("subject")),
                    (String) map.get("expected"),
                    (String) map.get("received")));
          }
        }
      }
      return differences;
    }
  }

  /** Whether it is one of ours: the payment page, the frames. */
  boolean isOwn() {
    return account.isEmpty();
  }

  /** The same with another standing. */
  WatchedPage with(Standing now) {
    return new WatchedPage(account, livemode, id, created, url, note, now);
  }
}
