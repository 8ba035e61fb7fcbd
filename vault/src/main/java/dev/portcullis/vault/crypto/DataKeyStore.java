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

  /** A data key, and whether it seals something. */
  record Sampled(Row row, boolean used) {}

  /**
   * Of the data keys that a master key wraps, retired ones too: the oldest, the newest and some at
   * random, each perhaps more than once; those that seal something before all others.
   *
   * @param most how many at random
   */
  List<Sampled> sample(String masterKey, int most) throws SQLException;

  /** Whether a data key that one of those master keys wraps seals something. */
  boolean areUsed(Set<String> masterKeys) throws SQLException;

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
