package dev.portcullis.vault.crypto;

import com.google.crypto.tink.subtle.AesGcmJce;
import dev.portcullis.kit.Ids;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;

/**
 * The data keys: one for each account, mode and 90 days, made when first needed, kept wrapped by
 * the master key, unwrapped once into a bounded cache.
 *
 * <p>A random 96-bit nonce for each message keeps a key sound for 2^32 of them (NIST SP 800-38D,
 * 8.3); 90 days of one account stay far below.
 */
public final class DataKeys {

  static final Duration PERIOD = Duration.ofDays(90);

  private static final int KEY_BYTES = 32;
  private static final int BOUND = 4_096;

  private final DataKeyStore store;
  private final MasterKey masterKey;
  private final Ids ids;
  private final SecureRandom random;
  private final InstantSource clock;

  private final SingleFlightCache<Current, DataKey> current = new SingleFlightCache<>(BOUND);
  private final SingleFlightCache<ById, DataKey> byId = new SingleFlightCache<>(BOUND);

  private record Current(Owner owner, int period) {}

  private record ById(Owner owner, String id) {}

  public DataKeys(
      DataSource database, MasterKey masterKey, InstantSource clock, SecureRandom random) {
    this(new JdbcDataKeyStore(database, clock), masterKey, clock, random);
  }

  DataKeys(DataKeyStore store, MasterKey masterKey, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.masterKey = masterKey;
    this.ids = new Ids(clock, random);
    this.random = random;
    this.clock = clock;
  }

  /**
   * Checks, before anything is sealed or opened, that the master key is the one that wrapped what
   * is stored.
   *
   * @throws SQLException if the database cannot be reached
   * @throws WrongMasterKeyException if it is another
   */
  public void requireMasterKey() throws SQLException {
    var other = store.otherMasterKey(masterKey.id());
    if (other.isPresent()) {
      throw new WrongMasterKeyException(
          "The vault's master key is %s and stored data keys are wrapped by %s; restore that master key."
              .formatted(masterKey.id(), other.get()));
    }
    var newest = store.newest();
    if (newest.isPresent() && !unwraps(newest.get())) {
      throw new WrongMasterKeyException(
          "The vault's newest data key, %s, does not unwrap with the master key it names; restore the vault's database."
              .formatted(newest.get().id()));
    }
  }

  private boolean unwraps(DataKeyStore.Row row) {
    try {
      unwrap(row);
      return true;
    } catch (TamperedException e) {
      return false;
    }
  }

  /**
   * The key to seal with now.
   *
   * @throws SQLException if the database cannot be reached
   */
  public DataKey current(Owner owner) throws SQLException {
    int period = (int) (clock.instant().getEpochSecond() / PERIOD.toSeconds());
    return load(
        current,
        new Current(owner, period),
        () -> {
          var row = store.find(owner, period);
          DataKey key =
              unwrap(row.isPresent() ? row.get() : store.insertOrFind(make(owner, period)));
          byId.put(new ById(owner, key.id()), key);
          return key;
        });
  }

  /**
   * The key that sealed a row.
   *
   * @throws SQLException if the database cannot be reached
   * @throws TamperedException if there is no such key of that owner, or it does not unwrap
   */
  public DataKey byId(Owner owner, String id) throws SQLException {
    return load(
        byId,
        new ById(owner, id),
        () ->
            unwrap(
                store
                    .find(owner, id)
                    .filter(row -> row.owner().equals(owner))
                    .orElseThrow(() -> noSuchKey(id))));
  }

  private static TamperedException noSuchKey(String id) {
    return new TamperedException("no such data key of this owner: " + id, new KeyMissing());
  }

  private DataKeyStore.Row make(Owner owner, int period) throws GeneralSecurityException {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    try {
      String id = ids.next("dek");
      byte[] wrapped = masterKey.wrap(key, context(owner, id, period));
      return new DataKeyStore.Row(id, owner, period, masterKey.id(), wrapped);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private DataKey unwrap(DataKeyStore.Row row) {
    try {
      byte[] key = masterKey.unwrap(row.wrapped(), context(row.owner(), row.id(), row.period()));
      try {
        return new DataKey(row.id(), row.owner(), new AesGcmJce(key));
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } catch (GeneralSecurityException e) {
      throw new TamperedException("a data key does not unwrap: " + row.id(), e);
    }
  }

  private static byte[] context(Owner owner, String id, int period) {
    return owner.context("data key " + period, id);
  }

  private static <K> DataKey load(
      SingleFlightCache<K, DataKey> cache, K key, SingleFlightCache.Loader<DataKey> loader)
      throws SQLException {
    try {
      return cache.get(key, loader);
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case SQLException sql -> throw new SQLException(sql.getMessage(), sql.getSQLState(), sql);
        case RuntimeException known -> throw known;
        case null, default -> throw e;
      }
    }
  }

  /** The reason of a {@link TamperedException} for a key that is not there. */
  private static final class KeyMissing extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
