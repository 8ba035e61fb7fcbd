/** Encryption of what must be recoverable, or is personal, in the gateway's database. */
@NullMarked
package dev.portcullis.gateway.sealing;

import org.jspecify.annotations.NullMarked;
