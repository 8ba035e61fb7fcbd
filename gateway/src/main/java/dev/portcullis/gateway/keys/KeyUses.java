package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.database.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Notes when and from where keys are used. Nobody waits for it: the newest use of each key is kept
 * in memory and written every ten seconds with all others. The use of a key that has been rolled is
 * reported, since whoever uses it will be shut out when it ends.
 */
@Component
public final class KeyUses implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(KeyUses.class.getName());
  private static final long PAUSE_SECONDS = 10;

  private static final String UPDATE =
      "UPDATE api_keys k SET last_used_at = u.at::timestamptz, last_used_address = u.address"
          + " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS u (account, id, at,"
          + " address) WHERE k.account = u.account AND k.id = u.id"
          + " AND (k.last_used_at IS NULL OR k.last_used_at < u.at::timestamptz)";

  private record Use(String account, String id, boolean rolled, Instant at, String address) {}

  private final Database database;
  private final Counter rolledUses;
  private final Map<String, Use> newest = new ConcurrentHashMap<>();
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("key-uses").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // flush never throws; the schedule ends with close
  KeyUses(Database database, MeterRegistry meters) {
    this.database = database;
    this.rolledUses =
        Counter.builder("portcullis.keys.rolled.uses")
            .description("Requests with a key that another one has replaced")
            .register(meters);
    writer.scheduleWithFixedDelay(this::flush, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  /** Notes a use. There are as many entries as keys that were used since the last flush. */
  void note(KeyRecord key, boolean rolled, Instant at, InetAddress address) {
    if (rolled) {
      rolledUses.increment();
    }
    newest.put(
        key.account() + " " + key.id(),
        new Use(key.account(), key.id(), rolled, at, address.getHostAddress()));
  }

  /** Writes what has gathered; never throws. What cannot be written is lost. */
  public void flush() {
    List<Use> uses =
        newest.keySet().stream().sorted().map(newest::remove).filter(use -> use != null).toList();
    if (uses.isEmpty()) {
      return;
    }
    uses.stream()
        .filter(Use::rolled)
        .forEach(
            use ->
                LOG.log(
                    Level.WARNING,
                    "The key {0} of {1} was rolled and is still used, from {2}.",
                    new Object[] {use.id(), use.account(), use.address()}));
    try {
      database
          .ofEach(uses.stream().map(Use::account).toList())
          .sql(UPDATE)
          .params(
              column(uses, Use::account),
              column(uses, Use::id),
              column(uses, use -> use.at().toString()),
              column(uses, Use::address))
          .update();
    } catch (DataAccessException e) {
      LOG.log(Level.FINE, "the uses of keys cannot be written", e);
    }
  }

  private static String[] column(List<Use> uses, Function<Use, String> value) {
    return uses.stream().map(value).toArray(String[]::new);
  }

  /** Writes what is left. */
  @Override
  public void close() {
    writer.shutdown();
    flush();
  }
}
