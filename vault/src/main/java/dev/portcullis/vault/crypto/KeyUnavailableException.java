package dev.portcullis.vault.crypto;

/**
 * A data key is needed and the master key cannot be used now. Nothing was done and nothing is lost:
 * the same request works once the key is there again.
 */
public final class KeyUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient KeyTrouble trouble;

  public KeyUnavailableException(KeyTrouble trouble) {
    super(trouble.sentence());
    this.trouble = trouble;
  }

  /** Why. */
  public KeyTrouble trouble() {
    return trouble;
  }
}
