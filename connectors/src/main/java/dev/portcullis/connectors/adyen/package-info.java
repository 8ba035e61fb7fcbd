/** Adyen: Checkout API v71 with cards that the vault fills in. */
@NullMarked
package dev.portcullis.connectors.adyen;

import org.jspecify.annotations.NullMarked;
