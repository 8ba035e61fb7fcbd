/**
 * Cards in bulk, from other vaults and to them, in files that OpenPGP encrypts, by two people
 * (docs/PORTABILITY.md).
 */
@NullMarked
package dev.portcullis.vault.portability;

import org.jspecify.annotations.NullMarked;
