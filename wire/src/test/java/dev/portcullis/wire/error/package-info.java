@NullMarked
package dev.portcullis.wire.error;

import org.jspecify.annotations.NullMarked;
