package dev.portcullis.vault.crypto;

import java.security.GeneralSecurityException;
import java.util.Optional;

/**
 * The key that wraps data keys, wherever it lives: in a file, under custodians' shares, in an HSM
 * or with a key service. It is asked once per data key and 90 days, and again when a data key is to
 * come back into memory; never per card.
 *
 * <p>For use by many threads. Every implementation keeps the same contract, which one suite of
 * tests holds it to.
 */
public interface MasterKey extends AutoCloseable {

  /**
   * Which key this is; stored beside what it wrapped, so that a rotation knows what is left. It is
   * the same after every start, and no two keys have the same. No secret.
   */
  String id();

  /**
   * Wraps a data key with authenticated encryption.
   *
   * @param context what the wrapped key is bound to; not empty, and not secret
   * @throws KeyUnavailableException if the key cannot be used now
   */
  byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException;

  /**
   * The data key; the caller clears it.
   *
   * @throws GeneralSecurityException if the bytes were changed, or wrapped by another key or for
   *     another context
   * @throws KeyUnavailableException if the key cannot be used now
   */
  byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException;

  /**
   * Why the key cannot be used, as far as is known without asking anybody; empty when it can, or
   * when nobody has tried.
   */
  default Optional<KeyTrouble> trouble() {
    return Optional.empty();
  }

  /** Keeps its credentials fresh; to be called every few seconds, and may ask outside. */
  default void tend() {}

  /** Lets go of connections and of what is in memory. */
  @Override
  default void close() {}
}
