/** The people who administer the vault. */
@NullMarked
package dev.portcullis.vault.people;

import org.jspecify.annotations.NullMarked;
