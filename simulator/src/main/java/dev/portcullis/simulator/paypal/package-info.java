/** PayPal's Orders v2 and Payments v2 with cards, its tokens and its webhooks. */
@NullMarked
package dev.portcullis.simulator.paypal;

import org.jspecify.annotations.NullMarked;
