/** The end of an account's cards: its data keys are destroyed. */
@NullMarked
package dev.portcullis.vault.shredding;

import org.jspecify.annotations.NullMarked;
