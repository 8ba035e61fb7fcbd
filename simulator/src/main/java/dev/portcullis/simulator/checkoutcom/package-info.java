/** Checkout.com's payments API over books of its own. */
@NullMarked
package dev.portcullis.simulator.checkoutcom;

import org.jspecify.annotations.NullMarked;
