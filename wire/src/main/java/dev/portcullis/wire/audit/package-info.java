/** What the audit trails of the zones have in common. */
@NullMarked
package dev.portcullis.wire.audit;

import org.jspecify.annotations.NullMarked;
