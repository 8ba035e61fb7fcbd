/** The append-only trail of what administration and people did. */
@NullMarked
package dev.portcullis.gateway.audit;

import org.jspecify.annotations.NullMarked;
