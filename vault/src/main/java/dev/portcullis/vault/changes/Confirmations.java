package dev.portcullis.vault.changes;

import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKey.Purpose;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.KeysDestroyedException;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The vault's own word that two people confirmed a change: a ciphertext of nothing, bound to what
 * was changed and by whom. Whoever writes to the database alone can write such a row and cannot
 * seal it, so that nothing is done by it (PCI DSS 3.7.6).
 */
public final class Confirmations {

  /**
   * All that is vouched for, as one text; no part of it holds a line's end. The content is in it by
   * its hash.
   */
  public static final String BOUND =
      "id || chr(10) || action || chr(10) || subject || chr(10) || encode(hash, 'hex') || chr(10)"
          + " || proposed_by || chr(10) || decided_by || chr(10)"
          + " || (extract(epoch from decided_at) * 1000000)::bigint";

  private static final Logger LOG = Logger.getLogger(Confirmations.class.getName());
  private static final byte[] NOTHING = {};
  private static final int MOST_LOOKED_AT = 10;
  private static final String ROWS =
      "select id, " + BOUND + ", data_key, sealed from pending_change where state = 'applied' and ";

  private final DataKeys keys;

  /** Vouched for by the administration's data keys. */
  public Confirmations(DataKeys keys) {
    this.keys = keys;
  }

  /**
   * What was confirmed.
   *
   * @param id the change's
   * @param hash of {@link Change#hash(String, String, String)}
   */
  public record Claim(
      String id, String action, String subject, String hash, String proposedBy, String decidedBy) {}

  private record Row(String id, String bound, @Nullable String dataKey, byte @Nullable [] sealed) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(row.getString(1), row.getString(2), row.getString(3), row.getBytes(4));
    }
  }

  /**
   * Vouches for a change that was just applied, within the transaction that says so: for what was
   * confirmed, and not for what the database has made of it.
   *
   * @param at when, in whole microseconds
   * @throws KeyUnavailableException while the vault is sealed, or the place of its key is away
   */
  void vouch(Connection connection, Change change, String by, Instant at) throws SQLException {
    String id = change.id();
    String bound =
        String.join(
            "\n",
            id,
            change.action(),
            change.subject(),
            change.hash(),
            change.proposedBy(),
            by,
            Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, at)));
    DataKey key = keys.current(Owner.ADMINISTRATION);
    update(
        connection,
        "update pending_change set data_key = ?, sealed = ? where id = ?",
        key.id(),
        key.seal(Purpose.CONFIRMATION, bound, NOTHING),
        id);
  }

  /**
   * Whether two people confirmed that, as far as this vault has seen.
   *
   * @throws dev.portcullis.vault.store.StoreFailure if the database cannot be used
   * @throws KeyUnavailableException while the vault is sealed, or the place of its key is away
   */
  public boolean vouchFor(Sql sql, Claim claim) throws SQLException {
    return isOneSealed(
        sql.query(
            ROWS
                + "id = ? and action = ? and subject = ? and hash = ? and proposed_by = ? and"
                + " decided_by = ?",
            Row::of,
            claim.id(),
            claim.action(),
            claim.subject(),
            HexFormat.of().parseHex(claim.hash()),
            claim.proposedBy(),
            claim.decidedBy()));
  }

  /**
   * Whether two people ever confirmed such a change, as far as this vault has seen.
   *
   * @throws dev.portcullis.vault.store.StoreFailure if the database cannot be used
   * @throws KeyUnavailableException while the vault is sealed, or the place of its key is away
   */
  public boolean vouchFor(Sql sql, String action, String subject) throws SQLException {
    return isOneSealed(
        sql.query(
            ROWS + "action = ? and subject = ? order by decided_at desc limit " + MOST_LOOKED_AT,
            Row::of,
            action,
            subject));
  }

  private boolean isOneSealed(List<Row> rows) throws SQLException {
    for (Row row : rows) {
      if (isSealed(row)) {
        return true;
      }
    }
    return false;
  }

  private boolean isSealed(Row row) throws SQLException {
    if (row.dataKey() == null || row.sealed() == null) {
      LOG.severe(() -> "nothing vouches for the change " + row.id());
      return false;
    }
    try {
      keys.byId(Owner.ADMINISTRATION, row.dataKey())
          .open(Purpose.CONFIRMATION, row.bound(), row.sealed());
      return true;
    } catch (TamperedException | KeysDestroyedException e) {
      LOG.log(
          Level.SEVERE, e, () -> "the change " + row.id() + " is not what two people confirmed");
      return false;
    }
  }
}
