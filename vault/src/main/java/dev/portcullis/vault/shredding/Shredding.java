package dev.portcullis.vault.shredding;

import dev.portcullis.vault.crypto.Owner;

/**
 * The change: all data keys of that account in that mode are destroyed, for ever. {@link
 * Shredder#apply} makes it.
 *
 * @param owner whose keys
 */
public record Shredding(Owner owner) {

  /** What the audit trail calls it. */
  public String action() {
    return "account.shredded";
  }

  /** The account. */
  public String subject() {
    return owner.account();
  }

  /** All of the change in a few words. */
  public String content() {
    return owner.livemode() ? "live" : "test";
  }
}
