/** Reading what the journal wrote: one object, several, or a page of them. */
@NullMarked
package dev.portcullis.gateway.store;

import org.jspecify.annotations.NullMarked;
