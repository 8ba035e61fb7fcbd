package dev.portcullis.gateway.webhooks;

import java.time.Instant;

/**
 * A delivery that this process alone attempts until the lease is over.
 *
 * @param event the event's id
 * @param endpoint the endpoint's id
 * @param created when the event happened
 * @param sequence the version of the event's object
 * @param attempt the number of this attempt, 1 or more
 * @param step which attempt of the schedule it is, 1 or more; the same unless it was sent again or
 *     some came to nothing here
 * @param lease until when; it is also what the row must still say when the outcome is written
 */
record Claim(
    String account,
    boolean livemode,
    String event,
    String endpoint,
    Instant created,
    int sequence,
    int attempt,
    int step,
    Instant lease) {}
