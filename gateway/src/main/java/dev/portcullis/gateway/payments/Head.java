package dev.portcullis.gateway.payments;

import java.time.Instant;

/**
 * What every stored object begins with.
 *
 * @param id the object
 * @param account whose it is
 * @param livemode whether it moves real money
 * @param version 1 when new, one more with each change; the sequence of its events
 * @param created when it was made
 */
public record Head(String id, String account, boolean livemode, int version, Instant created) {

  /** A new object's head. */
  public static Head fresh(String id, String account, boolean livemode, Instant now) {
    return new Head(id, account, livemode, 1, now);
  }

  /** The head after the next change. */
  Head next() {
    return new Head(id, account, livemode, version + 1, created);
  }
}
