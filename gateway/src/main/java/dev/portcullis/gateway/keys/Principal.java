package dev.portcullis.gateway.keys;

import dev.portcullis.wire.key.KeyKind;

/**
 * Who asks. Everything that is read or written belongs to this account and mode; an object of
 * another is as if there were none.
 *
 * @param account the account's id, {@code acct_...}
 * @param livemode whether the key moves real money
 * @param keyId the key's id, {@code key_...}; safe to log
 * @param keyKind what the key is for
 */
public record Principal(String account, boolean livemode, String keyId, KeyKind keyKind) {

  /** Whether the request comes from a page, with a key that everybody can read. */
  public boolean isPublishable() {
    return keyKind == KeyKind.PUBLISHABLE;
  }
}
