package dev.portcullis.vault.forward;

/** Whether a notification is from the provider. */
sealed interface Verdict {

  /**
   * It is.
   *
   * @param by which version of which secret, or which certificate, has signed it
   */
  record Signed(String by) implements Verdict {}

  /** It is not; the reason is for the log. */
  record Unsigned(String reason) implements Verdict {}

  /** It cannot be said now, and may be later; the reason is for the log. */
  record Unknown(String reason) implements Verdict {}
}
