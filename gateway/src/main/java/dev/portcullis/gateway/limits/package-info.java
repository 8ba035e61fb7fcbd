/** How much of the gateway one key, account or address may use, and what is let go of first. */
@NullMarked
package dev.portcullis.gateway.limits;

import org.jspecify.annotations.NullMarked;
