package dev.portcullis.gateway.events;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ListQuery;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Knows of which events everybody who wanted them has been told. */
public interface ToldEvents {

  /** Of older events nobody knows who was told of them. */
  Duration KNOWN_FOR = Duration.ofDays(30);

  /** So many events are looked at for a page of those that everybody was told of. */
  int MOST_LOOKED_AT = 10_000;

  /**
   * Some of the events that are asked for.
   *
   * @param ids those that belong on the page, and one more where there is one
   * @param lookedAt the last that was looked at, where there may be more behind it; null where that
   *     was all there is, or where there are enough
   */
  record Found(List<String> ids, @Nullable String lookedAt) {
    /** Takes a copy. */
    public Found {
      ids = List.copyOf(ids);
    }
  }

  /**
   * Events of which everybody has been told who wanted them, or of which somebody has not: is still
   * to be told, could not be, or was disabled or deleted before. Of what nobody wanted everybody
   * has been told.
   *
   * @param query the part of the list that is asked for
   * @param types of these types alone, none of them twice
   */
  Found find(Principal principal, boolean everybody, ListQuery query, List<String> types);
}
