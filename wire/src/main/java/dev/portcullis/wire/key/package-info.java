/** API keys: their form, their hash, how a request carries one. */
@NullMarked
package dev.portcullis.wire.key;

import org.jspecify.annotations.NullMarked;
