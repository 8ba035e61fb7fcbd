/** Token buckets, for every zone. */
@NullMarked
package dev.portcullis.wire.limits;

import org.jspecify.annotations.NullMarked;
