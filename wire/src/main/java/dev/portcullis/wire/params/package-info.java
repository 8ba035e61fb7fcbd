/** Request parameters: decoding them, and saying what they may be. */
@NullMarked
package dev.portcullis.wire.params;

import org.jspecify.annotations.NullMarked;
