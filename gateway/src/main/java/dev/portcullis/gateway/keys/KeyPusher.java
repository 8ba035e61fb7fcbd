package dev.portcullis.gateway.keys;

import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.KeyKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Sees to it that the vault knows every key: all at start, and whatever changes afterwards, whoever
 * changed it. What the vault did not acknowledge is sent again.
 */
@Component
public final class KeyPusher implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(KeyPusher.class.getName());
  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final int BATCH = 500;

  private final JdbcClient jdbc;
  private final KeyRegister vault;
  private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("key-pusher").daemon(true).unstarted(task));
  private volatile boolean complete;
  private volatile @Nullable ScheduledFuture<?> pushing;

  KeyPusher(JdbcClient jdbc, KeyRegister vault) {
    this.jdbc = jdbc;
    this.vault = vault;
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

  private void push() {
    try {
      List<KeyRecord> changed =
          all().stream()
              .filter(key -> acknowledged.getOrDefault(key.id(), 0) < key.version())
              .toList();
      for (int from = 0; from < changed.size(); from += BATCH) {
        List<KeyRecord> batch = changed.subList(from, Math.min(changed.size(), from + BATCH));
        vault.push(batch);
        batch.forEach(key -> acknowledged.put(key.id(), key.version()));
      }
      complete = true;
    } catch (ApiException | DataAccessException e) {
      LOG.log(Level.WARNING, "The vault does not have every API key yet: {0}", e.getMessage());
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.SEVERE, "The push of API keys failed.", e);
    }
  }

  private List<KeyRecord> all() {
    return jdbc.sql("SELECT id, version, account, livemode, kind, hash, revoked FROM api_keys")
        .query(
            (row, _) ->
                new KeyRecord(
                    row.getString(1),
                    row.getInt(2),
                    row.getString(3),
                    row.getBoolean(4),
                    KeyKind.ofWireName(row.getString(5)),
                    row.getString(6),
                    row.getBoolean(7)))
        .list();
  }
}
