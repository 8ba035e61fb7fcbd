/** The vault's own way to its database: statements, values, transactions. */
@NullMarked
package dev.portcullis.vault.store;

import org.jspecify.annotations.NullMarked;
