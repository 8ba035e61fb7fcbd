package dev.portcullis.vault.crypto;

/** The account's data keys were destroyed: what they sealed opens no more, and there are no new. */
public final class KeysDestroyedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeysDestroyedException(Owner owner) {
    // An answer and not a fault: no stack trace is taken.
    super("the data keys of " + owner.account() + " were destroyed", null, false, false);
  }
}
