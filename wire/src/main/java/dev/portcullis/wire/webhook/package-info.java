/**
 * How webhooks are signed and verified: Stripe's scheme and the Standard Webhooks specification.
 * Pure code; who sends and who receives is elsewhere.
 */
@NullMarked
package dev.portcullis.wire.webhook;

import org.jspecify.annotations.NullMarked;
