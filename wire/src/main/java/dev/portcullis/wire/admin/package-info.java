/** The administration's API, the same in each zone: JSON over TLS, on a port of its own. */
@NullMarked
package dev.portcullis.wire.admin;

import org.jspecify.annotations.NullMarked;
