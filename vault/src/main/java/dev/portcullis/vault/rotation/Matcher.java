package dev.portcullis.vault.rotation;

import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.Fingerprints;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.error.ApiErrors;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Has each card be known by the newest fingerprint key, for which each is opened once. */
final class Matcher {

  private static final Logger LOG = Logger.getLogger(Matcher.class.getName());

  /** Cards that open and are not known by the newest key. */
  static final String UNKNOWN =
      " from card c where not exists (select from card_match m where m.account = c.account"
          + " and m.livemode = c.livemode"
          + " and m.key_version = (select max(version) from fingerprint_key)"
          + " and m.shown = c.fingerprint) and not exists (select from shredded_account s"
          + " where s.account = c.account and s.livemode = c.livemode)";

  private final Batches batches;
  private final DataKeys keys;
  private final FingerprintKeys fingerprints;

  private record Card(Owner owner, String id, String dataKey, byte[] sealed, String shown) {}

  Matcher(Batches batches, DataKeys keys, FingerprintKeys fingerprints) {
    this.batches = batches;
    this.keys = keys;
    this.fingerprints = fingerprints;
  }

  /** Goes once over the cards; how many it has made known. */
  long pass(Batches.Progress progress, BooleanSupplier stop) throws SQLException {
    Fingerprints newest = fingerprints.live().getFirst();
    return batches.pass(
        "select c.ctid::text" + UNKNOWN,
        (connection, places) -> match(connection, places, newest),
        progress,
        stop);
  }

  private int match(Connection connection, Array places, Fingerprints newest) throws SQLException {
    int known = 0;
    for (Card card : cards(connection, places)) {
      known += match(connection, card, newest) ? 1 : 0;
    }
    return known;
  }

  private static List<Card> cards(Connection connection, Array places) throws SQLException {
    return Sql.query(
        connection,
        "select account, livemode, id, data_key, sealed, fingerprint from card"
            + " where ctid = any(?::tid[])",
        row ->
            new Card(
                new Owner(row.getString(1), row.getBoolean(2)),
                row.getString(3),
                row.getString(4),
                row.getBytes(5),
                row.getString(6)),
        places);
  }

  /** Whether the card could be opened; one that somebody changed stays as it is, and is named. */
  private boolean match(Connection connection, Card card, Fingerprints newest) throws SQLException {
    byte[] digits;
    try {
      digits =
          keys.byId(card.owner(), card.dataKey())
              .open(DataKey.Purpose.CARD_NUMBER, card.id(), card.sealed());
    } catch (TamperedException e) {
      LOG.log(
          Level.SEVERE,
          "a card does not open and is not known by the newest fingerprint key: {0} of {1}: {2}",
          new Object[] {ApiErrors.shown(card.id()), card.owner().account(), e.getMessage()});
      return false;
    }
    try {
      keep(connection, card, newest.version(), newest.ofCard(card.owner(), digits));
      return true;
    } finally {
      Arrays.fill(digits, (byte) 0);
    }
  }

  private static void keep(Connection connection, Card card, int version, String mac)
      throws SQLException {
    String account = card.owner().account();
    boolean livemode = card.owner().livemode();
    int made =
        Sql.update(
            connection,
            "insert into card_match (account, livemode, key_version, mac, shown)"
                + " values (?, ?, ?, ?, ?) on conflict do nothing",
            account,
            livemode,
            version,
            mac,
            card.shown());
    if (made == 0) {
      // Two vaults met it at the moment at which the key changed, and gave it two names.
      Sql.update(
          connection,
          "update card c set fingerprint = m.shown from card_match m where c.account = ?"
              + " and c.id = ? and m.account = c.account and m.livemode = c.livemode"
              + " and m.key_version = ? and m.mac = ? and m.shown <> c.fingerprint",
          account,
          card.id(),
          version,
          mac);
    }
  }
}
