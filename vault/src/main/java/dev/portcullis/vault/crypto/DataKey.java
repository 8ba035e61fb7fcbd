package dev.portcullis.vault.crypto;

import com.google.crypto.tink.Aead;
import java.security.GeneralSecurityException;

/** An unwrapped data key of one owner and period, ready for use; AES-256-GCM. */
public final class DataKey {

  private final String id;
  private final Owner owner;
  private final Aead aead;

  DataKey(String id, Owner owner, Aead aead) {
    this.id = id;
    this.owner = owner;
    this.aead = aead;
  }

  /** The key's id, stored beside what it sealed. */
  public String id() {
    return id;
  }

  /**
   * Seals bytes for one row.
   *
   * @param purpose what the bytes are; part of what the ciphertext is bound to
   * @param row the row's id, likewise
   */
  public byte[] seal(Purpose purpose, String row, byte[] plaintext) {
    try {
      return aead.encrypt(plaintext, owner.context(purpose.context(), row));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens what was sealed for that row; the caller clears it.
   *
   * @throws TamperedException if the bytes were changed, or sealed for another row, purpose,
   *     account or mode
   */
  public byte[] open(Purpose purpose, String row, byte[] sealed) {
    try {
      return aead.decrypt(sealed, owner.context(purpose.context(), row));
    } catch (GeneralSecurityException e) {
      throw new TamperedException("a stored value does not belong to its row", e);
    }
  }

  /** What is sealed. A ciphertext of one purpose does not open for another. */
  public enum Purpose {
    CARD_NUMBER("card number"),
    CARD_DETAILS("card details"),
    ANSWER("answer"),
    TOTP("totp");

    private final String context;

    Purpose(String context) {
      this.context = context;
    }

    String context() {
      return context;
    }
  }
}
