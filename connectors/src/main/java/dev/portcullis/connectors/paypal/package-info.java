/** PayPal: Orders v2 and Payments v2 with cards that the vault fills in. */
@NullMarked
package dev.portcullis.connectors.paypal;

import org.jspecify.annotations.NullMarked;
