/** The errors that an API client is told of. */
@NullMarked
package dev.portcullis.wire.error;

import org.jspecify.annotations.NullMarked;
