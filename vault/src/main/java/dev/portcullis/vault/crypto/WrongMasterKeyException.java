package dev.portcullis.vault.crypto;

import org.jspecify.annotations.Nullable;

/**
 * The master key is not the one that the stored data keys were wrapped by; the message is one
 * sentence for the person who runs the vault. Going on would lose cards: new ones would be sealed
 * under a key that the old ones do not open with.
 */
public final class WrongMasterKeyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  WrongMasterKeyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
