@NullMarked
package dev.portcullis.wire.limits;

import org.jspecify.annotations.NullMarked;
