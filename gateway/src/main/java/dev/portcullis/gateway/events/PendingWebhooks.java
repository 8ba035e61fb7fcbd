package dev.portcullis.gateway.events;

import dev.portcullis.gateway.keys.Principal;
import java.time.Instant;

/** Knows who waits for events. */
public interface PendingWebhooks {

  /** One look at those who wait for events of that account and mode. */
  Count count(Principal principal);

  /** What one look has seen. */
  interface Count {
    /**
     * How many wait for an event: those that want its type and wanted it already when it happened.
     *
     * @param type the event's
     * @param happened when
     */
    int of(String type, Instant happened);
  }
}
