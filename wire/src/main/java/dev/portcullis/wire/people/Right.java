package dev.portcullis.wire.people;

/** What a command needs; {@link Role} says who has it. */
public enum Right {
  /** Whoever is signed in. */
  SIGNED_IN,
  /** See which API keys there are, and what could be better about them. */
  READ_KEYS,
  /** See the accounts at providers, how payments are routed to them, and how they do. */
  READ_PROVIDERS,
  /** See how payment pages compare with what was approved, and what browsers report of them. */
  READ_PAGES,
  /** See who the people are. */
  READ_PEOPLE,
  /** See the audit trail. */
  READ_AUDIT,
  /** Make, change, roll and revoke API keys. */
  MANAGE_KEYS,
  /** Connect, pause and change accounts at providers, and how payments are routed to them. */
  MANAGE_PROVIDERS,
  /** Compare providers' reports with what is known here, and settle what differs. */
  RECONCILE,
  /** Approve payment pages as they are, and say which are watched. */
  MANAGE_PAGES,
  /** Add, reset and remove people. */
  MANAGE_PEOPLE,
  /** Let payments go on after a restore. */
  RESUME_PAYMENTS,
  /** Seal the vault, and call its custodians together to make or change the master key's shares. */
  MANAGE_CUSTODY,
  /** See the vault's policies, the names of its secrets, and what was proposed. */
  READ_VAULT,
  /** Enter secrets; propose and confirm what two people change. */
  MANAGE_VAULT,
  /** Destroy the keys of an account's cards. */
  SHRED_ACCOUNTS
}
