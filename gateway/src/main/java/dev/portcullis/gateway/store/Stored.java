package dev.portcullis.gateway.store;

import java.time.Instant;

/**
 * A row of an object's table.
 *
 * @param id the object's id
 * @param livemode whether it belongs to live mode
 * @param version 1 or more; the next update writes one more
 * @param created when the object was made
 * @param doc the JSON document
 */
public record Stored(String id, boolean livemode, int version, Instant created, String doc) {

  /** The same row with its document in another form. */
  Stored with(String newDoc) {
    return new Stored(id, livemode, version, created, newDoc);
  }
}
