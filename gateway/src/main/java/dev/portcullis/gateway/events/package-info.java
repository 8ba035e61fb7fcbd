/** Events: what happened, with the object as it was then. */
@NullMarked
package dev.portcullis.gateway.events;

import org.jspecify.annotations.NullMarked;
