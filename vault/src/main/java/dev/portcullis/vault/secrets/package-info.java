/** The providers' secrets: sealed, versioned, each bound to its one use. */
@NullMarked
package dev.portcullis.vault.secrets;

import org.jspecify.annotations.NullMarked;
