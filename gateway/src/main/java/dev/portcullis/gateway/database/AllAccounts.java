package dev.portcullis.gateway.database;

/**
 * Work that must see the rows of all accounts at once, and why it must. There is no other way past
 * row-level security, so whoever wonders who may look across accounts finds everybody here.
 */
public enum AllAccounts {
  /** A command names no account: it is about the only one that there is. */
  ADMINISTRATION,
  /** The audit trail is one chain of hashes, whatever account an entry is about. */
  AUDIT_TRAIL,
  /** A request shows a key and no account: the key, found by its hash, says whose it is. */
  AUTHENTICATION,
  /** Alarms of card testing are looked at by every gateway, for all accounts together. */
  CARD_TESTING,
  /** Feeds of disputes that are due, whoever has one. */
  DISPUTE_FEEDS,
  /** The vault must know every key. */
  KEY_PUSHER,
  /** Which accounts have keys to be looked at. */
  KEY_REMINDERS,
  /** Figures of the whole gateway, for whoever watches it. */
  METRICS,
  /** What providers have told by themselves and is due, whoever it is about. */
  NOTIFICATIONS,
  /**
   * Pages that are watched, whoever has had it done, and whom to tell of a change in our own pages,
   * which are everybody's.
   */
  PAGES,
  /** What is old enough is deleted, whose ever it was. */
  PURGE,
  /** After a restore, all operations are compared with the providers' books. */
  RECONCILIATION,
  /** Operations that are due, whoever asked for them. */
  RESOLVER,
  /** Declined charges that are to be tried again by now, whose ever they are. */
  RETRIES,
  /** Which account comes next when all that was sealed is sealed anew. */
  SEALING,
  /** Checkout sessions whose time is over. */
  SESSION_EXPIRY,
  /** Checkout sessions whose payment has ended while nobody looked at their page. */
  SESSION_PAYMENTS,
  /** Events that somebody is to be told of, whoever it is. */
  WEBHOOKS
}
