/** Adyen's Checkout API v71 as far as payments with cards need it, and its standard webhooks. */
@NullMarked
package dev.portcullis.simulator.adyen;

import org.jspecify.annotations.NullMarked;
