package dev.portcullis.gateway.keys;

import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.key.Permissions;

/**
 * Who asks. Everything that is read or written belongs to this account and mode; an object of
 * another is as if there were none.
 *
 * @param account the account's id, {@code acct_...}
 * @param livemode whether the key moves real money
 * @param keyId the key's id, {@code key_...}; safe to log
 * @param keyKind what the key is for
 * @param permissions what a restricted key may do
 * @param hint the key's redacted form, for its holder
 */
public record Principal(
    String account,
    boolean livemode,
    String keyId,
    KeyKind keyKind,
    Permissions permissions,
    String hint) {

  /** One without permissions of its own and without a key to show. */
  public Principal(String account, boolean livemode, String keyId, KeyKind keyKind) {
    this(account, livemode, keyId, keyKind, Permissions.NONE, "");
  }

  /** Whether the request comes from a page, with a key that everybody can read. */
  public boolean isPublishable() {
    return keyKind == KeyKind.PUBLISHABLE;
  }

  /** Whether a restricted key has that permission; a secret key has them all. */
  public boolean may(Permission needed) {
    return switch (keyKind) {
      case SECRET -> true;
      case PUBLISHABLE -> false;
      case RESTRICTED -> permissions.allow(needed);
    };
  }
}
