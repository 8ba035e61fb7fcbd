package dev.portcullis.gateway.keys;

import dev.portcullis.wire.key.KeyKind;

/**
 * An API key as the vault is told of it.
 *
 * @param id {@code key_...}
 * @param version 1 or more; a newer one replaces an older one, never the other way
 * @param account whose it is
 * @param livemode whether it moves real money
 * @param kind what it is for
 * @param hash the keyed hash in hexadecimal, 64 digits
 * @param terms what it may do, from where and until when
 * @param revoked whether it has ceased to work
 */
public record KeyRecord(
    String id,
    int version,
    String account,
    boolean livemode,
    KeyKind kind,
    String hash,
    KeyTerms terms,
    boolean revoked) {}
