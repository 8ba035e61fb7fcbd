/** The only way out to a provider: policy, slots, egress, the filtering of answers. */
@NullMarked
package dev.portcullis.vault.forward;

import org.jspecify.annotations.NullMarked;
