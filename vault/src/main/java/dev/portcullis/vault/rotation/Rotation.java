package dev.portcullis.vault.rotation;

import dev.portcullis.kit.Ids;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.rotation.RotationRun.Kind;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Rotates keys while the vault works. Whatever was done stays done: a rotation that was cut off
 * goes on at the next start, in whichever vault on this database is first.
 */
public final class Rotation implements Runnable {

  private static final Logger LOG = Logger.getLogger(Rotation.class.getName());

  /** One vault at a time works on a rotation. */
  private static final long LOCK = 7_110_009L;

  /** By then every vault has seen that a key is retired, many times over. */
  private static final Duration SEEN = Duration.ofMinutes(10);

  /** Answers to repeat, which are compared by fingerprints, live that long. */
  private static final Duration ANSWERS = Duration.ofHours(25);

  private static final int WRAPPED_AT_ONCE = 50;
  private static final Duration HOUSEKEEPING = Duration.ofHours(1);

  private final DataSource database;
  private final DataKeys keys;
  private final RotationStore store;
  private final FingerprintKeys fingerprints;
  private final Mover mover;
  private final Matcher matcher;
  private final Ids ids;
  private final InstantSource clock;
  private final Times times;
  private volatile boolean stopped;
  private Instant looked = Instant.MIN;

  /**
   * How long things take.
   *
   * @param settle how long after a key is retired another vault may still seal with it
   * @param destroyAfter how long a retired key is kept that seals nothing
   * @param dataKeyLife after what time a data key is retired by itself
   * @param fingerprintKeyLife after what time the fingerprint key is
   * @param masterKeyLife the master key's cryptoperiod, after which it is warned
   */
  public record Times(
      Duration settle,
      Duration destroyAfter,
      Duration dataKeyLife,
      Duration fingerprintKeyLife,
      Duration masterKeyLife) {}

  /**
   * @param pace what is done after each batch, given how long it took
   */
  public Rotation(
      DataSource database,
      DataKeys keys,
      FingerprintKeys fingerprints,
      Ids ids,
      InstantSource clock,
      Times times,
      java.util.function.LongConsumer pace) {
    this.database = database;
    this.keys = keys;
    this.store = new RotationStore(database, new AuditTrail(database, clock));
    this.fingerprints = fingerprints;
    Batches batches = new Batches(database, pace::accept);
    this.mover = new Mover(database, batches, keys);
    this.matcher = new Matcher(batches, keys, fingerprints);
    this.ids = ids;
    this.clock = clock;
    this.times = times;
  }

  /**
   * Begins a rotation; it goes on by itself.
   *
   * @throws ApiException if one runs already
   */
  RotationRun begin(Kind kind, @Nullable String account, String by) {
    String id = ids.next("rot");
    Instant now = clock.instant();
    boolean begun =
        switch (kind) {
          case MASTER -> store.beginMaster(id, keys.masterKey(), by, now);
          case DATA -> store.beginData(id, account, now, by, now);
          case FINGERPRINT -> store.beginFingerprint(id, fingerprints, by, now);
        };
    if (!begun) {
      throw new ApiException(
          ApiErrors.badRequest("A rotation is under way; wait until it has ended.")
              .withCode("rotation_under_way"));
    }
    notice();
    fingerprints.forget();
    return store.find(id);
  }

  List<RotationRun> list() {
    return store.list();
  }

  /** What the tables hold now, by their own word. */
  Map<String, @Nullable Object> statement() {
    return store.statement(keys.masterKey());
  }

  /** Takes note of keys that were retired at another vault on this database. */
  private void notice() {
    Set<String> retired = store.retiredSince(clock.instant().minus(SEEN));
    if (!retired.isEmpty()) {
      keys.stopSealingWith(retired);
    }
  }

  /** Goes on with what is to be done; called again and again. It never fails. */
  @Override
  public void run() {
    try {
      notice();
      Optional<RotationRun> running = store.running();
      if (running.isPresent() || isTimeToLook()) {
        alone(running.map(this::work).orElseGet(this::housekeep));
      }
    } catch (KeyUnavailableException e) {
      LOG.log(Level.WARNING, "the rotation of keys waits: {0}", e.getMessage());
    } catch (SQLException | StoreFailure e) {
      LOG.log(Level.WARNING, "the rotation of keys waits for the database", e);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.SEVERE, "the rotation of keys failed and is tried again", e);
    }
  }

  /** Lets the batch under way end, and begins no other. */
  public void stop() {
    stopped = true;
  }

  private interface Work {
    void run() throws SQLException;
  }

  private void alone(Work work) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet got = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
        if (!got.next() || !got.getBoolean(1)) {
          return;
        }
      }
      try {
        work.run();
      } finally {
        statement.execute("select pg_advisory_unlock(" + LOCK + ")");
      }
    }
  }

  private Work work(RotationRun run) {
    return () -> {
      switch (run.kind()) {
        case MASTER -> rewrap(run);
        case DATA -> move(run, mover::pass);
        case FINGERPRINT -> move(run, matcher::pass);
      }
    };
  }

  private void rewrap(RotationRun run) throws SQLException {
    int wrapped = keys.rewrap(WRAPPED_AT_ONCE);
    while (wrapped > 0 && !stopped) {
      store.moved(run.id(), wrapped);
      wrapped = keys.rewrap(WRAPPED_AT_ONCE);
    }
    if (!stopped) {
      finish(run);
    }
  }

  /** Goes once over everything; how many rows it could do. */
  private interface Pass {
    long over(Batches.Progress progress, BooleanSupplier stop) throws SQLException;
  }

  private void move(RotationRun run, Pass pass) throws SQLException {
    boolean settled = !clock.instant().isBefore(run.started().plus(times.settle()));
    long moved =
        pass.over(
            (connection, rows) -> RotationStore.moved(connection, run.id(), rows), () -> stopped);
    // Only a pass that began when nobody sealed with those keys any more, and that found nothing
    // that it could move, is the end.
    if (settled && moved == 0 && !stopped) {
      finish(run);
    }
  }

  private void finish(RotationRun run) {
    store.finish(run, keys.masterKey(), clock.instant());
    RotationRun ended = store.find(run.id());
    LOG.log(
        Level.INFO,
        "the rotation {0} of {1} keys is {2}: {3}",
        new Object[] {
          ended.id(), ended.kind().wireName(), ended.state().name(), ended.statement()
        });
  }

  private void destroyFingerprintKeys(Instant now) throws SQLException {
    Duration kept = times.destroyAfter().compareTo(ANSWERS) < 0 ? ANSWERS : times.destroyAfter();
    Instant destroyable = now.minus(kept).minus(SEEN);
    if (store.hasFingerprintKeyRetiredBefore(destroyable)) {
      // A vault that stood still may have met a card under it since.
      matcher.pass((_, _) -> {}, () -> stopped);
      store.destroyFingerprintKeysBefore(destroyable);
      fingerprints.forget();
    }
  }

  private boolean isTimeToLook() {
    return !clock.instant().isBefore(looked.plus(HOUSEKEEPING));
  }

  private Work housekeep() {
    return () -> {
      Instant now = clock.instant();
      looked = now;
      Instant destroyable = now.minus(times.destroyAfter());
      if (store.hasRetiredBefore(destroyable)) {
        // A vault that stood still may have sealed something with them since.
        mover.pass((_, _) -> {}, () -> stopped);
        keys.drop(store.destroyBefore(destroyable));
      }
      destroyFingerprintKeys(now);
      Instant old = now.minus(times.dataKeyLife());
      if (store.hasDataKeyBefore(old)) {
        store.beginData(ids.next("rot"), null, old, "schedule", now);
        notice();
      } else if (store.hasFingerprintKeyBefore(now.minus(times.fingerprintKeyLife()))) {
        store.beginFingerprint(ids.next("rot"), fingerprints, "schedule", now);
        fingerprints.forget();
      }
      Instant seen = store.masterKeySeen(keys.masterKey(), now);
      if (seen.plus(times.masterKeyLife()).isBefore(now)) {
        LOG.log(
            Level.WARNING,
            "the master key {0} is in use since {1}, beyond its cryptoperiod: rotate it",
            new Object[] {keys.masterKey(), seen});
      }
    };
  }
}
