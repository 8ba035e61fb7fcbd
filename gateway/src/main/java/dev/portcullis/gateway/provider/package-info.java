/**
 * The road to the providers: the vault's client, the processor that stores each operation before it
 * is sent, and the resolver of answers that did not come.
 */
@NullMarked
package dev.portcullis.gateway.provider;

import org.jspecify.annotations.NullMarked;
