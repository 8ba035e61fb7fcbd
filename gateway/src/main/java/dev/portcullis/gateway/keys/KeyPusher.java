package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.heartbeat.Heartbeat;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permissions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Sees to it that the vault knows every key: all at start, for the vault may have been restored
 * meanwhile, and whatever changes afterwards, whoever changed it. What the vault has committed is
 * noted with the key; what it did not acknowledge is sent again. Where the vault knows a key at a
 * version as new, one of the two databases was restored to an older state: a key that either zone
 * knows as revoked is revoked in both, and otherwise the gateway's terms are sent anew under a
 * version above the vault's, since the vault would take no later change under a lower one.
 */
@Component
public final class KeyPusher implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(KeyPusher.class.getName());
  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final int BATCH = 500;

  /** By then revocations do not reach the vault through this gateway. */
  private static final Duration LATE = Duration.ofMinutes(1);

  private static final String SELECT =
      "SELECT id, version, account, livemode, kind, hash, revoked, permissions, cidrs, expires_at"
          + " FROM api_keys";

  private final Database database;
  private final KeyRegister vault;
  private final ApiKeys apiKeys;
  private final Heartbeat heartbeat;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("key-pusher").daemon(true).unstarted(task));
  private volatile boolean complete;
  private @Nullable KeyRecord last;
  private volatile @Nullable ScheduledFuture<?> pushing;

  KeyPusher(Database database, KeyRegister vault, ApiKeys apiKeys, Heartbeats heartbeats) {
    this.database = database;
    this.vault = vault;
    this.apiKeys = apiKeys;
    this.heartbeat = heartbeats.of("key-push", LATE);
  }

  /** Whether the vault has once had every key since this process started. */
  public boolean isComplete() {
    return complete;
  }

  @Override
  public void start() {
    pushing = timer.scheduleWithFixedDelay(this::push, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    pushing = null;
    timer.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return pushing != null;
  }

  /** Pushes what the vault has not acknowledged; the first time everything, whoever told it. */
  void push() {
    try {
      pushAll();
      heartbeat.beat();
    } catch (ApiException | DataAccessException e) {
      LOG.log(Level.WARNING, "The vault does not have every API key yet: {0}", e.getMessage());
    } catch (RuntimeException | Error e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.SEVERE, "The push of API keys failed.", e);
    }
  }

  private void pushAll() {
    while (true) {
      List<KeyRecord> batch = complete ? pending() : from(last);
      if (batch.isEmpty()) {
        complete = true;
        return;
      }
      List<KeyRegister.Held> held = vault.push(batch);
      acknowledge(batch, held);
      last = batch.getLast();
      if (complete && batch.size() < BATCH) {
        return;
      }
    }
  }

  /** Keys in the order of the table, after that one. */
  private List<KeyRecord> from(@Nullable KeyRecord after) {
    return database
        .across(AllAccounts.KEY_PUSHER)
        .sql(SELECT + " WHERE (account, id) > (?, ?) ORDER BY account, id LIMIT ?")
        .params(after == null ? "" : after.account(), after == null ? "" : after.id(), BATCH)
        .query(KeyPusher::row)
        .list();
  }

  /** Keys that have changed since the vault was told, by whichever gateway. */
  private List<KeyRecord> pending() {
    return database
        .across(AllAccounts.KEY_PUSHER)
        .sql(SELECT + " WHERE vault_version < version ORDER BY account, id LIMIT ?")
        .param(BATCH)
        .query(KeyPusher::row)
        .list();
  }

  private void acknowledge(List<KeyRecord> pushed, List<KeyRegister.Held> held) {
    List<KeyRecord> keys = new ArrayList<>();
    for (int at = 0; at < pushed.size(); at++) {
      if (held.get(at).taken()) {
        keys.add(pushed.get(at));
      } else {
        apiKeys.outrun(pushed.get(at), held.get(at));
      }
    }
    database
        .across(AllAccounts.KEY_PUSHER)
        .sql(
            "UPDATE api_keys k SET vault_version = u.version::integer"
                + " FROM unnest(?::text[], ?::text[], ?::text[]) AS u (account, id, version)"
                + " WHERE k.account = u.account AND k.id = u.id"
                + " AND k.vault_version < u.version::integer")
        .params(
            column(keys, KeyRecord::account),
            column(keys, KeyRecord::id),
            column(keys, key -> Integer.toString(key.version())))
        .update();
  }

  private static String[] column(List<KeyRecord> keys, Function<KeyRecord, String> value) {
    return keys.stream().map(value).toArray(String[]::new);
  }

  private static KeyRecord row(ResultSet row, int number) throws SQLException {
    return new KeyRecord(
        row.getString(1),
        row.getInt(2),
        row.getString(3),
        row.getBoolean(4),
        KeyKind.ofWireName(row.getString(5)),
        row.getString(6),
        new KeyTerms(
            Permissions.parse(KeyTable.texts(row.getArray(8))),
            KeyTable.cidrs(row.getArray(9)),
            KeyTable.instant(row, 10),
            ""),
        row.getBoolean(7));
  }
}
