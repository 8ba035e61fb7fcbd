package dev.portcullis.connectors.spi;

/** Who starts a payment, as the card networks' stored-credential rules ask. */
public enum Initiator {
  /** The cardholder is present and can answer a challenge. */
  CUSTOMER,
  /** The merchant charges a stored card and nobody can answer a challenge. */
  MERCHANT
}
