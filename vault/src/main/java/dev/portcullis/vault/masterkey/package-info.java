/** Where the vault's master key lives, as the configuration says. */
@NullMarked
package dev.portcullis.vault.masterkey;

import org.jspecify.annotations.NullMarked;
