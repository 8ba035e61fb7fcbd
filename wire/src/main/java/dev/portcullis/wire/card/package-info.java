/** Finding card numbers where none should be. */
@NullMarked
package dev.portcullis.wire.card;

import org.jspecify.annotations.NullMarked;
