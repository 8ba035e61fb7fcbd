@NullMarked
package dev.portcullis.wire.audit;

import org.jspecify.annotations.NullMarked;
