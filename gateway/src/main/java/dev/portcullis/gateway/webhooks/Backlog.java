package dev.portcullis.gateway.webhooks;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint for which something waits.
 *
 * @param due when the first of it is to be sent
 * @param open whether it is there and enabled
 * @param pausedUntil until when it is left alone, or null
 */
record Backlog(
    String account,
    boolean livemode,
    String endpoint,
    Instant due,
    boolean open,
    @Nullable Instant pausedUntil) {

  /** Whether something can be sent now. */
  boolean isDue(Instant now) {
    return open && !due.isAfter(now) && (pausedUntil == null || !pausedUntil.isAfter(now));
  }
}
