package dev.portcullis.simulator;

/** What a test card does, as Stripe documents it. */
public enum Story {
  APPROVE,
  /** Declines when a CVC came, because the check fails; approves without one. */
  CVC_FAILS,
  POSTAL_CODE_FAILS,
  LINE1_FAILS,
  ADDRESS_FAILS,
  ADDRESS_UNAVAILABLE,
  /** Charged, and the money is the merchant's at once. */
  FUNDS_AT_ONCE,
  /** A refund is pending for a while, then done. */
  REFUND_PENDING,
  /** A refund looks done for a while, then fails. */
  REFUND_FAILS,
  /** Charged, then disputed as fraud: the money is taken back at once. */
  DISPUTE_FRAUDULENT,
  /** Charged, then disputed: the goods did not come. */
  DISPUTE_NOT_RECEIVED,
  /** Charged, then the bank asks about it, and takes no money yet. */
  DISPUTE_INQUIRY,
  /** Authenticated without asking the shopper anything. */
  FRICTIONLESS,
  /** Asks the shopper on every payment; refuses whatever comes without one. */
  AUTHENTICATE,
  /** Asks a present shopper; charges without one pass once the card was set up. */
  AUTHENTICATE_UNLESS_SET_UP,
  /** Asks a present shopper; every charge without one passes. */
  AUTHENTICATE_ON_SESSION,
  AUTHENTICATE_THEN_DECLINE,
  /** Can be set up; each charge asks and then has no funds. */
  AUTHENTICATE_THEN_INSUFFICIENT_FUNDS,
  /** Can be set up; each charge is refused. */
  DECLINE_CHARGES,
  DECLINE_GENERIC,
  DECLINE_INSUFFICIENT_FUNDS,
  DECLINE_LOST_CARD,
  DECLINE_STOLEN_CARD,
  DECLINE_EXPIRED_CARD,
  DECLINE_INCORRECT_CVC,
  DECLINE_PROCESSING_ERROR,
  DECLINE_VELOCITY,
  DECLINE_FRAUDULENT,
  /** Not a test card: refused, so that nobody mistakes this for a place to pay. */
  NOT_A_TEST_CARD
}
