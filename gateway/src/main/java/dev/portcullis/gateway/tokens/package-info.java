/** Single-use card tokens, which lie in the vault. */
@NullMarked
package dev.portcullis.gateway.tokens;

import org.jspecify.annotations.NullMarked;
