package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.heartbeat.Heartbeat;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.wire.error.ApiException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
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
 * in memory and written every ten seconds with all others, and with them what the vault has noted
 * at the cards origin. The use of a key that has been rolled is reported, since whoever uses it
 * will be shut out when it ends.
 */
@Component
public final class KeyUses implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(KeyUses.class.getName());
  private static final long PAUSE_SECONDS = 10;

  /** By then keys that only pages use look unused. */
  private static final Duration LATE = Duration.ofMinutes(5);

  /** Of the vault's pages, one round's worth; what is left comes with the next one. */
  private static final int PAGES = 40;

  private static final String USES =
      " FROM unnest(?::text[], ?::text[], ?::timestamptz[], ?::text[]) AS u (account, id, at,"
          + " address) WHERE k.account = u.account AND k.id = u.id";

  private static final String AT_API =
      "UPDATE api_keys k SET last_used_at = u.at, last_used_address = u.address"
          + USES
          + " AND (k.last_used_at IS NULL OR k.last_used_at < u.at)";

  /** Whoever was at the API origin since is not taken back. */
  private static final String AT_CARDS =
      "UPDATE api_keys k SET cards_used_at = u.at, last_used_at = greatest(k.last_used_at, u.at),"
          + " last_used_address = CASE WHEN k.last_used_at > u.at THEN k.last_used_address"
          + " ELSE u.address END"
          + USES
          + " AND (k.cards_used_at IS NULL OR k.cards_used_at < u.at)";

  private static final String ROLLED =
      " RETURNING k.account, k.id, u.address, k.rolled_to IS NOT NULL";

  private record Written(String account, String id, String address, boolean rolled) {}

  private final Database database;
  private final KeyRegister vault;
  private final Counter rolledUses;
  private final Heartbeat heartbeat;
  private final Map<String, KeyRegister.Use> newest = new ConcurrentHashMap<>();

  /** What the vault may forget; of the writer's thread, or of a test's. */
  private List<KeyRegister.Use> written = List.of();

  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("key-uses").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // flush never throws; the schedule ends with close
  KeyUses(Database database, KeyRegister vault, MeterRegistry meters, Heartbeats heartbeats) {
    this.database = database;
    this.vault = vault;
    this.heartbeat = heartbeats.of("key-uses", LATE);
    this.rolledUses =
        Counter.builder("portcullis.keys.rolled.uses")
            .description(
                "Requests with a key that another one has replaced; at the cards origin, ten"
                    + " seconds with such requests")
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
        new KeyRegister.Use(key.account(), key.id(), at, address.getHostAddress()));
  }

  /**
   * Writes what has gathered, here and at the vault; never throws. What cannot be written of the
   * gateway's own is lost; the vault keeps its until it hears that they are written.
   */
  public synchronized void flush() {
    try {
      writeOwn();
      writeVaults();
      heartbeat.beat();
    } catch (ApiException | DataAccessException e) {
      LOG.log(Level.FINE, "the uses of keys cannot be written", e);
    } catch (RuntimeException | Error e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.SEVERE, "The uses of API keys could not be written.", e);
    }
  }

  private void writeOwn() {
    write(
        AT_API,
        newest.keySet().stream().sorted().map(newest::remove).filter(use -> use != null).toList());
  }

  private void writeVaults() {
    for (int page = 0; page < PAGES; page++) {
      List<KeyRegister.Use> uses = vault.uses(written);
      int rolled = write(AT_CARDS, uses);
      rolledUses.increment(rolled);
      written = uses;
      if (uses.size() < KeyRegister.USES) {
        return;
      }
    }
  }

  /**
   * Writes them, and says which keys have been rolled.
   *
   * @return how many of them
   */
  private int write(String update, List<KeyRegister.Use> uses) {
    if (uses.isEmpty()) {
      return 0;
    }
    // In one order, whichever gateway writes.
    List<KeyRegister.Use> sorted =
        uses.stream()
            .sorted(
                Comparator.comparing(KeyRegister.Use::account).thenComparing(KeyRegister.Use::id))
            .toList();
    List<Written> rolled =
        database
            .ofEach(sorted.stream().map(KeyRegister.Use::account).toList())
            .sql(update + ROLLED)
            .params(
                column(sorted, KeyRegister.Use::account),
                column(sorted, KeyRegister.Use::id),
                column(sorted, use -> use.at().toString()),
                column(sorted, KeyRegister.Use::address))
            .query(
                (row, _) ->
                    new Written(
                        row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)))
            .list()
            .stream()
            .filter(Written::rolled)
            .toList();
    rolled.forEach(
        use ->
            LOG.log(
                Level.WARNING,
                "The key {0} of {1} was rolled and is still used, from {2}.",
                new Object[] {use.id(), use.account(), use.address()}));
    return rolled.size();
  }

  private static String[] column(
      List<KeyRegister.Use> uses, Function<KeyRegister.Use, String> value) {
    return uses.stream().map(value).toArray(String[]::new);
  }

  /**
   * Writes what is left here; what is left at the vault another gateway writes, or this one later.
   */
  @Override
  public void close() {
    writer.shutdown();
    try {
      writeOwn();
    } catch (DataAccessException e) {
      LOG.log(Level.FINE, "the last uses of keys cannot be written", e);
    }
  }
}
