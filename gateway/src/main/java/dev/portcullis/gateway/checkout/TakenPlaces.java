package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import java.time.Instant;

/**
 * How many sessions have a place of a payment link at most. Whoever takes one writes the next
 * version, so that of two who see the last place one is refused by the journal; a place that
 * becomes free is found when they are counted the next time. A row of its own: nobody who pays
 * changes the link, and its merchant can at any time.
 *
 * @param link whose
 * @param version of the row; 0 if there is none yet
 * @param created when it was first counted
 * @param most how many have a place at most; {@link #UNKNOWN} if they have to be counted
 */
record TakenPlaces(String link, int version, Instant created, int most) {

  static final int UNKNOWN = Integer.MAX_VALUE;

  static final Table TABLE = Table.of("payment_link_places", "taken integer");

  /** The next version. */
  TakenPlaces with(int taken) {
    return new TakenPlaces(link, version + 1, created, taken);
  }

  /** Writes this version, which is not the one that was read. */
  void in(Change.Builder change) {
    Row row = Row.of(link, version, created, most);
    if (version == 1) {
      change.insert(TABLE, row);
    } else {
      change.update(TABLE, row);
    }
  }
}
