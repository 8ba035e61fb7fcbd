/** The merchants' API keys, as keyed hashes that the gateway pushes. */
@NullMarked
package dev.portcullis.vault.keys;

import org.jspecify.annotations.NullMarked;
