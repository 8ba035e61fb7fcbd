/** API keys: which there are, whose they are, and that the vault knows them too. */
@NullMarked
package dev.portcullis.gateway.keys;

import org.jspecify.annotations.NullMarked;
