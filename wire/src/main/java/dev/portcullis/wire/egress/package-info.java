/** Calls to other hosts, with their addresses checked. */
@NullMarked
package dev.portcullis.wire.egress;

import org.jspecify.annotations.NullMarked;
