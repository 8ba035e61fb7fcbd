package dev.portcullis.gateway.events;

import dev.portcullis.gateway.keys.Principal;
import java.util.Collection;
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
}
