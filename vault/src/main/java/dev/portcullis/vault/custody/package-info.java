/**
 * The master key that several custodians open together, each with a share that alone is nothing.
 */
@NullMarked
package dev.portcullis.vault.custody;

import org.jspecify.annotations.NullMarked;
