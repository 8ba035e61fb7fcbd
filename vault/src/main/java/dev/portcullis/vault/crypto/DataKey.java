package dev.portcullis.vault.crypto;

import com.google.crypto.tink.Aead;
import java.security.GeneralSecurityException;
import java.util.function.BooleanSupplier;

/** An unwrapped data key of one owner and period, ready for use; AES-256-GCM. */
public final class DataKey {

  private final String id;
  private final Owner owner;
  private final Aead aead;
  private final BooleanSupplier forgotten;

  /**
   * @param forgotten whether nothing may be done with it any more
   */
  DataKey(String id, Owner owner, Aead aead, BooleanSupplier forgotten) {
    this.id = id;
    this.owner = owner;
    this.aead = aead;
    this.forgotten = forgotten;
  }

  /** Whoever held on to the key while the vault was sealed cannot use it either. */
  private Aead aead() {
    if (forgotten.getAsBoolean()) {
      throw new KeyUnavailableException(
          new KeyTrouble(KeyTrouble.Kind.SEALED, "The vault was sealed meanwhile."));
    }
    return aead;
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
   * @throws KeyUnavailableException if the vault was sealed meanwhile
   */
  public byte[] seal(Purpose purpose, String row, byte[] plaintext) {
    try {
      return aead().encrypt(plaintext, owner.context(purpose.context(), row));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens what was sealed for that row; the caller clears it.
   *
   * @throws TamperedException if the bytes were changed, or sealed for another row, purpose,
   *     account or mode
   * @throws KeyUnavailableException if the vault was sealed meanwhile
   */
  public byte[] open(Purpose purpose, String row, byte[] sealed) {
    try {
      return aead().decrypt(sealed, owner.context(purpose.context(), row));
    } catch (GeneralSecurityException e) {
      throw new TamperedException("a stored value does not belong to its row", e);
    }
  }

  /** What is sealed. A ciphertext of one purpose does not open for another. */
  public enum Purpose {
    CARD_NUMBER("card number"),
    CARD_DETAILS("card details"),
    ANSWER("answer"),
    PROVIDER_SECRET("provider secret"),
    FINGERPRINT_KEY("fingerprint key"),
    OPENPGP_KEY("openpgp key"),
    TOTP("totp"),
    AUDIT_KEY("audit key"),
    CONFIRMATION("confirmation");

    private final String context;

    Purpose(String context) {
      this.context = context;
    }

    String context() {
      return context;
    }
  }
}
