/** Addresses of the network. */
@NullMarked
package dev.portcullis.wire.net;

import org.jspecify.annotations.NullMarked;
