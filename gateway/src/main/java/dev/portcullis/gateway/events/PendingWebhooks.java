package dev.portcullis.gateway.events;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Knows who has yet to be told of events. */
public interface PendingWebhooks {

  /**
   * How many endpoints have yet to be told of each event.
   *
   * @param events their ids
   * @return no entry for an event that nobody waits for
   */
  Map<String, Integer> pending(Principal principal, Collection<String> events);

  /**
   * The condition on events that everybody who wanted one has been told of it, or that somebody has
   * not: is still to be told, could not be, or was disabled or deleted before. What nobody wanted
   * has been told to everybody.
   *
   * @param query the part of the list that is asked for
   * @param types further conditions, on the event's type alone
   */
  Filter told(Principal principal, boolean everybody, ListQuery query, List<Filter> types);
}
