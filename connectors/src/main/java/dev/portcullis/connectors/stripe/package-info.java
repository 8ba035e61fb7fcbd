/** Stripe: payment intents with cards that the vault fills in. */
@NullMarked
package dev.portcullis.connectors.stripe;

import org.jspecify.annotations.NullMarked;
