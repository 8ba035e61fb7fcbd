package dev.portcullis.vault.crypto;

import java.nio.charset.StandardCharsets;

/**
 * Whose data it is. Keys, fingerprints and ciphertexts are bound to it, so that nothing of one
 * account opens or compares in another, nor a test object in live mode.
 *
 * @param account the account's id
 * @param livemode whether it is real money
 */
public record Owner(String account, boolean livemode) {

  /** The vault's own administration, which belongs to no account. */
  public static final Owner ADMINISTRATION = new Owner("administration", true);

  /**
   * Bytes that say the owner, a purpose and a name in one way only: none of them may hold the
   * separator.
   *
   * @throws IllegalArgumentException if the account or the name has a NUL
   */
  byte[] context(String purpose, String name) {
    if (account.indexOf('\0') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL in a name");
    }
    String mode = livemode ? "live" : "test";
    return String.join("\0", "portcullis", purpose, account, mode, name)
        .getBytes(StandardCharsets.UTF_8);
  }
}
