package dev.portcullis.gateway.keys;

import dev.portcullis.wire.key.KeyKind;
import java.time.Instant;
import java.util.Optional;

/**
 * An API key as it may be shown to an administrator: everything but the key.
 *
 * @param account whose it is
 * @param livemode whether it moves real money
 * @param id {@code key_...}
 * @param kind what it is for
 * @param hint its redacted form
 * @param terms what it may do
 * @param life what has become of it
 */
public record StoredKey(
    String account,
    boolean livemode,
    String id,
    KeyKind kind,
    String hint,
    KeyTerms terms,
    Life life) {

  /**
   * What has become of a key.
   *
   * @param created when it was made
   * @param createdBy by whom; empty where nobody noted it
   * @param version 1 or more; each change raises it
   * @param vaultVersion the version that the vault has committed; 0 for none
   * @param rolledTo the key that has taken its place
   * @param revokedAt when it was revoked
   * @param lastUse when and from where it was last used, a little late
   */
  public record Life(
      Instant created,
      String createdBy,
      int version,
      int vaultVersion,
      Optional<String> rolledTo,
      Optional<Instant> revokedAt,
      Optional<Use> lastUse) {}

  /** A use of a key: when, and from which address. */
  public record Use(Instant at, String address) {}

  /** How a key stands. */
  public enum Status {
    ACTIVE,
    /** Another has taken its place; it works until it expires. */
    ROLLED,
    EXPIRED,
    REVOKED
  }

  /** How it stands at that moment. */
  public Status status(Instant now) {
    if (life.revokedAt().isPresent()) {
      return Status.REVOKED;
    }
    if (terms.expiresAt().filter(end -> !now.isBefore(end)).isPresent()) {
      return Status.EXPIRED;
    }
    return life.rolledTo().isPresent() ? Status.ROLLED : Status.ACTIVE;
  }

  /** Whether the vault has not yet committed what is said here: so long a revocation is pending. */
  public boolean isPendingAtVault() {
    return life.vaultVersion() < life.version();
  }
}
