/** A zone's configuration. */
@NullMarked
package dev.portcullis.wire.config;

import org.jspecify.annotations.NullMarked;
