/** Log lines that tell no secret. */
@NullMarked
package dev.portcullis.wire.log;

import org.jspecify.annotations.NullMarked;
