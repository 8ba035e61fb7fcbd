package dev.portcullis.vault.crypto;

import org.jspecify.annotations.Nullable;

/**
 * What stored data keys say of a master key.
 *
 * @param any whether any names it
 * @param against the id of one that names it and does not unwrap with it; null if there is none
 */
public record Evidence(boolean any, @Nullable String against) {}
