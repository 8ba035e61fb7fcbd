/**
 * Stripe's API as far as payments with cards need it: payment and setup intents, refunds, events.
 */
@NullMarked
package dev.portcullis.simulator.stripe;

import org.jspecify.annotations.NullMarked;
