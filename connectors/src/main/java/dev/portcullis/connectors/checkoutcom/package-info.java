/** Checkout.com: its unified payments API with cards that the vault fills in. */
@NullMarked
package dev.portcullis.connectors.checkoutcom;

import org.jspecify.annotations.NullMarked;
