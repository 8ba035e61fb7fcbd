/** Cards: their numbers, what is known of them, the store, and the intake in Stripe's wire form. */
@NullMarked
package dev.portcullis.vault.card;

import org.jspecify.annotations.NullMarked;
