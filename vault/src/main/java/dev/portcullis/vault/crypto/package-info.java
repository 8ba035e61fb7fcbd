/** Keys and what is sealed under them: card numbers at rest, CVCs in memory, fingerprints. */
@NullMarked
package dev.portcullis.vault.crypto;

import org.jspecify.annotations.NullMarked;
