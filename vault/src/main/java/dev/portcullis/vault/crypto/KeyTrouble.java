package dev.portcullis.vault.crypto;

/**
 * Why a master key cannot be used now.
 *
 * @param kind what kind of trouble it is
 * @param sentence for the person who runs the vault; never a secret
 */
public record KeyTrouble(Kind kind, String sentence) {

  /** What kind of trouble it is, and so who ends it. */
  public enum Kind {
    /** Its custodians have not opened it. */
    SEALED,
    /** Where it lives does not answer, or asks to come back later; it ends by itself. */
    UNREACHABLE,
    /** Where it lives refuses: a right, a credential or the key's state must be seen to. */
    REFUSED,
    /** Nobody has configured the key that this was wrapped by. */
    UNKNOWN_KEY
  }
}
