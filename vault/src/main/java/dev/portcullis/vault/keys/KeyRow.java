package dev.portcullis.vault.keys;

import dev.portcullis.wire.key.KeyKind;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
    boolean revoked) {

  /** Whether that is the same key with the same terms at the same version. */
  boolean isSame(KeyRow other) {
    return account.equals(other.account)
        && id.equals(other.id)
        && version == other.version
        && livemode == other.livemode
        && kind == other.kind
        && MessageDigest.isEqual(hash, other.hash)
        && scopes.equals(other.scopes)
        && cidrs.equals(other.cidrs)
        && Objects.equals(millis(expiresAt), millis(other.expiresAt))
        && revoked == other.revoked;
  }

  /** The database keeps microseconds. */
  private static @Nullable Long millis(@Nullable Instant at) {
    return at == null ? null : at.toEpochMilli();
  }
}
