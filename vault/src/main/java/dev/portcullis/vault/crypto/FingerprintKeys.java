package dev.portcullis.vault.crypto;

import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.store.Sql;
import dev.portcullis.vault.store.StoreFailure;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;

/**
 * The keys of cards' fingerprints, sealed in the database under a data key of the administration:
 * whoever has the disk and not the master key can try no card number (PCI DSS 3.5.1.1).
 *
 * <p>The newest makes every new fingerprint; those before it are there until each card is known by
 * the newest, so that both match meanwhile.
 */
public final class FingerprintKeys {

  /** Another vault that began a rotation is heard of within this time. */
  private static final Duration HELD = Duration.ofSeconds(3);

  private static final int KEY_BYTES = 32;
  private static final String ALL = "all";

  private final Sql sql;
  private final DataKeys keys;
  private final SecureRandom random;
  private final InstantSource clock;
  private volatile SingleFlightCache<String, List<Fingerprints>> cache;

  private record Row(int version, String dataKey, byte[] sealed) {}

  public FingerprintKeys(
      DataSource database, DataKeys keys, SecureRandom random, InstantSource clock) {
    this.sql = new Sql(database);
    this.keys = keys;
    this.random = random;
    this.clock = clock;
    this.cache = new SingleFlightCache<>(1, clock, HELD);
  }

  /**
   * All that are not destroyed, the newest first; at least one.
   *
   * @throws SQLException if the database cannot be reached
   * @throws KeyUnavailableException if the master key cannot be used now
   * @throws TamperedException if a row was changed
   */
  public List<Fingerprints> live() throws SQLException {
    try {
      return cache.get(ALL, this::load);
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case StoreFailure failure -> throw new SQLException(failure.getMessage(), failure);
        case SQLException failure ->
            throw new SQLException(failure.getMessage(), failure.getSQLState(), failure);
        case RuntimeException known -> throw known;
        case null, default -> throw e;
      }
    }
  }

  /** Forgets them; the master key opens them anew when it can. Loads under way end in their own. */
  public void forget() {
    cache = new SingleFlightCache<>(1, clock, HELD);
  }

  /** Forgets them when they were in memory for too long; to be called every few seconds. */
  public void sweep() {
    cache.sweep();
  }

  private List<Fingerprints> load() throws SQLException {
    List<Row> rows = rows();
    if (rows.isEmpty()) {
      make();
      rows = rows();
    }
    List<Fingerprints> live = new ArrayList<>();
    for (Row row : rows) {
      byte[] key =
          keys.byId(Owner.ADMINISTRATION, row.dataKey())
              .open(DataKey.Purpose.FINGERPRINT_KEY, Integer.toString(row.version()), row.sealed());
      try {
        live.add(new Fingerprints(row.version(), key));
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    }
    return List.copyOf(live);
  }

  private List<Row> rows() {
    return sql.query(
        "select version, data_key, sealed from fingerprint_key order by version desc",
        row -> new Row(row.getInt(1), row.getString(2), row.getBytes(3)));
  }

  /** Two vaults that start at the same time make one. */
  private void make() {
    byte[] key = fresh();
    sql.within(connection -> insert(connection, 1, key, clock.instant()));
  }

  private byte[] fresh() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  /** Stores the key and clears it. */
  private Integer insert(Connection connection, int version, byte[] key, Instant now)
      throws SQLException {
    try {
      DataKey by = keys.current(Owner.ADMINISTRATION);
      return update(
          connection,
          "insert into fingerprint_key (version, account, livemode, data_key, sealed, created)"
              + " values (?, ?, ?, ?, ?, ?) on conflict do nothing",
          version,
          Owner.ADMINISTRATION.account(),
          Owner.ADMINISTRATION.livemode(),
          by.id(),
          by.seal(DataKey.Purpose.FINGERPRINT_KEY, Integer.toString(version), key),
          now);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Makes the next version within a transaction; from its commit on it is the newest. {@link
   * #forget} after that.
   */
  public void renew(Connection connection, Instant now) throws SQLException {
    live(); // whatever comes, there is a first one
    update(connection, "lock table fingerprint_key in share row exclusive mode");
    int newest =
        query(connection, "select max(version) from fingerprint_key", row -> row.getInt(1))
            .getFirst();
    update(connection, "update fingerprint_key set retired = ? where retired is null", now);
    insert(connection, newest + 1, fresh(), now);
  }
}
