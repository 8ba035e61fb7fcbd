package dev.portcullis.vault.http;

/** A held call was taken back by its client, or let go too late; nothing has been done. */
public final class TakenBackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TakenBackException() {
    super("the call was taken back", null, false, false);
  }
}
