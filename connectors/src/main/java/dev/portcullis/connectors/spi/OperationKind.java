package dev.portcullis.connectors.spi;

/** The verbs that change something at a provider, each stored before it is sent. */
public enum OperationKind {
  /** Reserve money on a card, and take it at once when asked to. */
  AUTHORIZE,
  /** Go on with an authorization after its shopper came back from a challenge. */
  COMPLETE,
  /** Take money that an authorization reserved. */
  CAPTURE,
  /** Give up what an authorization still reserves. */
  CANCEL,
  /** Give back money that was taken. */
  REFUND,
  /** Say why a disputed charge was right. */
  SUBMIT_EVIDENCE,
  /** Accept that a disputed charge is lost. */
  ACCEPT_DISPUTE
}
