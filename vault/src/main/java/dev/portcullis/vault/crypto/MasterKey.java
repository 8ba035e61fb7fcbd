package dev.portcullis.vault.crypto;

import java.security.GeneralSecurityException;

/**
 * The key that wraps data keys. It is the one thing to replace by an HSM or a key service: it is
 * asked once per data key and 90 days, never per card.
 */
public interface MasterKey {

  /** Which key this is; stored beside what it wrapped, so that a rotation knows what is left. */
  String id();

  /**
   * Wraps a data key with authenticated encryption.
   *
   * @param context what the wrapped key is bound to
   */
  byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException;

  /**
   * The data key; the caller clears it.
   *
   * @throws GeneralSecurityException if the bytes were changed, or wrapped by another key or for
   *     another context
   */
  byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException;
}
