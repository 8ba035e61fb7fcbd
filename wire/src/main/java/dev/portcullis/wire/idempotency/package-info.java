/** Idempotency keys. */
@NullMarked
package dev.portcullis.wire.idempotency;

import org.jspecify.annotations.NullMarked;
