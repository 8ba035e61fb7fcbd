package dev.portcullis.gateway.risk;

import java.util.Locale;

/**
 * What attempts have in common.
 *
 * @param account whose attempts
 * @param livemode of both
 * @param kind what they share
 * @param value that itself: a fingerprint, a customer; of an address its keyed hash
 */
record Scope(String account, boolean livemode, Kind kind, String value)
    implements Comparable<Scope> {

  /** From the narrow to the broad: what a narrow scope explains says nothing of a broad one. */
  enum Kind {
    /** One card, tried again and again. */
    CARD,
    CUSTOMER,
    ADDRESS,
    BIN,
    /** Amounts of the same order. Card testers try small ones. */
    AMOUNT,
    KEY;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }
  }

  /** In one order for all, so that two gateways lock rows in the same order. */
  @Override
  public int compareTo(Scope other) {
    int byAccount = account.compareTo(other.account);
    if (byAccount != 0) {
      return byAccount;
    }
    int byMode = Boolean.compare(livemode, other.livemode);
    if (byMode != 0) {
      return byMode;
    }
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : value.compareTo(other.value);
  }
}
