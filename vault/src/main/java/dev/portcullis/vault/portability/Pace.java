package dev.portcullis.vault.portability;

/** Told after each batch; it may rest, so that payments have the machine. */
interface Pace {
  /**
   * @param nanos how long the batch took
   */
  void rest(long nanos);
}
