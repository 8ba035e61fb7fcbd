package dev.portcullis.vault.crypto;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where wrapped data keys are kept. */
interface DataKeyStore {

  /**
   * A wrapped data key.
   *
   * @param id the key's id
   * @param owner whose it is
   * @param period the number of its 90 days since 1970-01-01
   * @param masterKey which master key wrapped it
   * @param wrapped the wrapped bytes
   */
  record Row(String id, Owner owner, int period, String masterKey, byte[] wrapped) {}

  Optional<Row> find(Owner owner, int period) throws SQLException;

  /** The key of that id, also if it is retired. */
  Optional<Row> find(Owner owner, String id) throws SQLException;

  /** Whether its data keys were destroyed, for ever. */
  boolean isDestroyed(Owner owner) throws SQLException;

  /** The data key made last, of whichever owner; empty while there is none. */
  Optional<Row> newest() throws SQLException;

  /** The ids of all master keys that a stored data key is wrapped by. */
  Set<String> masterKeys() throws SQLException;

  /** Wrapped keys, retired ones too, that another master key wraps; at most that many. */
  List<Row> wrappedByOthersThan(String masterKey, int most) throws SQLException;

  /**
   * Puts another wrapping of the same key in place of this one; false if it was replaced before.
   */
  boolean rewrap(Row before, String masterKey, byte[] wrapped) throws SQLException;

  /** Stores the key unless there is one for its owner and period; the one that then stands. */
  Row insertOrFind(Row row) throws SQLException;
}
