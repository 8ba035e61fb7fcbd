package dev.portcullis.vault.crypto;

/** A stored ciphertext was changed or moved. It is never a client's fault and always an alarm. */
public final class TamperedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TamperedException(String message, Throwable cause) {
    super(message, cause);
  }
}
