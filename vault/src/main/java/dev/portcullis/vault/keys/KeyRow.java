package dev.portcullis.vault.keys;

import dev.portcullis.wire.key.KeyKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key as the gateway pushes it.
 *
 * @param account the account it belongs to
 * @param id the key's id
 * @param version higher is newer
 * @param livemode whether it moves real money
 * @param kind what it is for
 * @param hash the key's keyed hash, 32 bytes
 * @param scopes what a restricted key may do
 * @param cidrs from where it may be used; empty for anywhere
 * @param expiresAt when it ends, or null
 * @param revoked whether it has ended
 */
record KeyRow(
    String account,
    String id,
    long version,
    boolean livemode,
    KeyKind kind,
    byte[] hash,
    List<String> scopes,
    List<String> cidrs,
    @Nullable Instant expiresAt,
    boolean revoked) {}
