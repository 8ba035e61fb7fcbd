/** TLS identities and contexts. */
@NullMarked
package dev.portcullis.wire.tls;

import org.jspecify.annotations.NullMarked;
