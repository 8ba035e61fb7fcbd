/** Compares a gateway that was restored from a backup with what its providers know. */
@NullMarked
package dev.portcullis.gateway.recovery;

import org.jspecify.annotations.NullMarked;
