package dev.portcullis.vault.crypto;

import com.google.crypto.tink.subtle.AesGcmJce;
import dev.portcullis.kit.Ids;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

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
  private final MasterKeys masterKeys;
  private final Ids ids;
  private final SecureRandom random;
  private final InstantSource clock;
  private final MasterKeyCheck check;
  private volatile Held held;

  private record Current(Owner owner, int period) {}

  private record ById(Owner owner, String id) {}

  /** What is in memory until it is all forgotten at once; loads under way end in their own. */
  private static final class Held {
    final SingleFlightCache<Current, DataKey> current;
    final SingleFlightCache<ById, DataKey> byId;
    volatile boolean forgotten;

    Held(InstantSource clock, MasterKeys masterKeys) {
      @Nullable Duration life = masterKeys.dataKeyLife().orElse(null);
      current = new SingleFlightCache<>(BOUND, clock, life);
      byId = new SingleFlightCache<>(BOUND, clock, life);
    }
  }

  public DataKeys(
      DataSource database, MasterKeys masterKeys, InstantSource clock, SecureRandom random) {
    this(new JdbcDataKeyStore(database, clock), masterKeys, clock, random);
  }

  DataKeys(DataKeyStore store, MasterKeys masterKeys, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.masterKeys = masterKeys;
    this.ids = new Ids(clock, random);
    this.random = random;
    this.clock = clock;
    this.check = new MasterKeyCheck(store, masterKeys, random);
    this.held = new Held(clock, masterKeys);
  }

  /**
   * Checks, before anything is sealed or opened, that the master keys can be used and are those
   * that wrapped what is stored: of each the oldest and the newest data key that seal something,
   * and some more, are unwrapped. While one is sealed only their names are compared.
   *
   * @throws SQLException if the database cannot be reached
   * @throws WrongMasterKeyException if one that is needed is not configured
   * @throws KeyUnavailableException if one that is needed cannot be used now
   */
  public void requireMasterKey() throws SQLException {
    check.require();
  }

  /**
   * What stored data keys say of a master key that may be another than those that are configured.
   *
   * @throws SQLException if the database cannot be reached
   * @throws KeyUnavailableException if it cannot be used now
   */
  public Evidence evidence(MasterKey key) throws SQLException {
    return check.evidence(key);
  }

  /**
   * The key to seal with now.
   *
   * @throws KeysDestroyedException if the owner's keys were destroyed
   * @throws SQLException if the database cannot be reached
   * @throws KeyUnavailableException if it is not in memory and its master key cannot be used now
   */
  public DataKey current(Owner owner) throws SQLException {
    int period = (int) (clock.instant().getEpochSecond() / PERIOD.toSeconds());
    Held now = held;
    return load(
        now.current,
        new Current(owner, period),
        () -> {
          requireKept(owner);
          var row = store.find(owner, period);
          DataKey key =
              unwrap(row.isPresent() ? row.get() : store.insertOrFind(make(owner, period)), now);
          now.byId.put(new ById(owner, key.id()), key);
          return key;
        });
  }

  /**
   * The key that sealed a row.
   *
   * @throws SQLException if the database cannot be reached
   * @throws KeysDestroyedException if the owner's keys were destroyed
   * @throws TamperedException if there is no such key of that owner, or it does not unwrap
   * @throws KeyUnavailableException if it is not in memory and its master key cannot be used now
   */
  public DataKey byId(Owner owner, String id) throws SQLException {
    Held now = held;
    return load(
        now.byId,
        new ById(owner, id),
        () -> {
          requireKept(owner);
          return unwrap(
              store
                  .find(owner, id)
                  .filter(row -> row.owner().equals(owner))
                  .orElseThrow(() -> noSuchKey(id)),
              now);
        });
  }

  /** A key of theirs that is there all the same was made by a vault that did not know yet. */
  private void requireKept(Owner owner) throws SQLException {
    if (store.isDestroyed(owner)) {
      throw new KeysDestroyedException(owner);
    }
  }

  /**
   * Forgets every data key at once, also those that somebody works with; the master key unwraps
   * them anew when it can.
   */
  public synchronized void forget() {
    Held before = held;
    held = new Held(clock, masterKeys);
    before.forgotten = true;
  }

  /**
   * Wraps data keys anew that an older master key wraps, each on its own, so that whenever it is
   * cut off every key is wrapped by one of the two.
   *
   * @param most how many at most
   * @return how many it wrapped; 0 when there are none left
   * @throws KeyUnavailableException if one of the master keys cannot be used now
   */
  public int rewrap(int most) throws SQLException {
    MasterKey master = masterKeys.current();
    int count = 0;
    for (DataKeyStore.Row row : store.wrappedByOthersThan(master.id(), most)) {
      byte[] context = context(row);
      try {
        byte[] key = masterKeys.byId(row.masterKey()).unwrap(row.wrapped(), context);
        try {
          count += store.rewrap(row, master.id(), master.wrap(key, context)) ? 1 : 0;
        } finally {
          Arrays.fill(key, (byte) 0);
        }
      } catch (GeneralSecurityException e) {
        throw new TamperedException("a data key does not unwrap: " + row.id(), e);
      }
    }
    return count;
  }

  /** The id of the master key that wraps from now on. */
  public String masterKey() {
    return masterKeys.current().id();
  }

  /** Seals nothing more under those keys. */
  public void stopSealingWith(Set<String> retired) {
    held.current.remove(key -> retired.contains(key.id()));
  }

  /** Lets go of those keys, which are destroyed. */
  public void drop(Set<String> destroyed) {
    held.current.remove(key -> destroyed.contains(key.id()));
    held.byId.remove(key -> destroyed.contains(key.id()));
  }

  /** Forgets data keys that were in memory for too long; to be called every few seconds. */
  public void sweep() {
    held.current.sweep();
    held.byId.sweep();
  }

  /** How many data keys are in memory. */
  public int inMemory() {
    return held.byId.size();
  }

  private static TamperedException noSuchKey(String id) {
    return new TamperedException("no such data key of this owner: " + id, new KeyMissing());
  }

  private DataKeyStore.Row make(Owner owner, int period) throws GeneralSecurityException {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    try {
      String id = ids.next("dek");
      MasterKey master = masterKeys.current();
      byte[] wrapped = master.wrap(key, context(owner, id, period));
      return new DataKeyStore.Row(id, owner, period, master.id(), wrapped);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private DataKey unwrap(DataKeyStore.Row row, Held by) {
    try {
      byte[] key = masterKeys.byId(row.masterKey()).unwrap(row.wrapped(), context(row));
      try {
        return new DataKey(row.id(), row.owner(), new AesGcmJce(key), () -> by.forgotten);
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } catch (GeneralSecurityException e) {
      throw new TamperedException("a data key does not unwrap: " + row.id(), e);
    }
  }

  static byte[] context(DataKeyStore.Row row) {
    return context(row.owner(), row.id(), row.period());
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
