/** The append-only trail of what the vault's administration did. */
@NullMarked
package dev.portcullis.vault.audit;

import org.jspecify.annotations.NullMarked;
