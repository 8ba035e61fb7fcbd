package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.Operation.Authorization;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction or a refund, as both APIs show it.
 *
 * @param legacyId its short name
 * @param refund whether it gives money back
 * @param amount in whole units; of what was taken, once something was
 * @param orderId the merchant's name for it, or null
 * @param created when
 * @param history what became of it, the oldest first; the last one is how it stands
 * @param payment the authorization behind it
 * @param refunds what was given back of it
 */
record Shown(
    String legacyId,
    boolean refund,
    String amount,
    @Nullable String orderId,
    Instant created,
    List<Event> history,
    Authorization payment,
    List<Shown> refunds) {

  /**
   * Something that became of it.
   *
   * @param status in GraphQL's words
   * @param at when
   * @param processor what the processor said, or null
   * @param rejection why Braintree itself rejected it, or null
   */
  record Event(
      String status, Instant at, @Nullable Processor processor, @Nullable String rejection) {}

  String status() {
    return history.getLast().status();
  }
}
