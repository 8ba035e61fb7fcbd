package dev.portcullis.gateway.journal;

/** Makes changes durable. */
public interface Journal {

  /**
   * Makes the change durable, or not, as a whole. Waits until it is known which.
   *
   * @return what became of it; never null
   */
  Verdict commit(Change change);
}
