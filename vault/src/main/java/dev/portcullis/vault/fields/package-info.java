/** The frames that a card is typed into: what they are made of, and what they report. */
@NullMarked
package dev.portcullis.vault.fields;

import org.jspecify.annotations.NullMarked;
