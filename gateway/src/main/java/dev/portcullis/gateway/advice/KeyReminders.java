package dev.portcullis.gateway.advice;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Tells of what could be better about keys, without being asked: an event of the account for each
 * advice, once in thirty days however many gateways there are, and a figure for whoever watches.
 */
@Component
public final class KeyReminders implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(KeyReminders.class.getName());
  private static final Duration AGAIN = Duration.ofDays(30);

  /** Soon: what a process does for the first time later has what payments share compiled anew. */
  private static final long FIRST_SECONDS = 90;

  private static final long PAUSE_SECONDS = 60L * 60;
  private static final int PAGE = 500;

  /** That somebody was told; its id says what and in which thirty days. */
  private static final Table TABLE = Table.of("api_key_reminders", "fixed api_key text");

  private final KeyAdvisor advisor;
  private final Journal journal;
  private final Database database;
  private final Ids ids;
  private final InstantSource clock;
  private volatile Map<String, Integer> counts = Map.of();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("key-reminders").factory());
  private volatile boolean running;

  KeyReminders(
      KeyAdvisor advisor,
      Journal journal,
      Database database,
      Ids ids,
      InstantSource clock,
      MeterRegistry meters) {
    this.advisor = advisor;
    this.journal = journal;
    this.database = database;
    this.ids = ids;
    this.clock = clock;
    for (String type : KeyAdvice.EVENT_TYPES) {
      String reason = type.substring(type.lastIndexOf('.') + 1);
      Gauge.builder("portcullis.keys.advice", this, it -> it.counts.getOrDefault(reason, 0))
          .description("Keys about which something could be better, by what")
          .tag("reason", reason)
          .register(meters);
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a round never fails; the schedule ends with stop
  public void start() {
    running = true;
    timer.scheduleWithFixedDelay(this::roundSafely, FIRST_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void roundSafely() {
    try {
      LOG.log(Level.FINE, "{0} reminders of keys", round());
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "keys could not be looked at", e);
    }
  }

  /**
   * Looks at every account's keys.
   *
   * @return how many events were written
   */
  public int round() {
    Map<String, Integer> found = new HashMap<>();
    int told = 0;
    String last = "";
    List<String> accounts = accounts(last);
    while (!accounts.isEmpty() && !timer.isShutdown()) {
      for (String account : accounts) {
        for (KeyAdvice advice : advisor.advise(account)) {
          found.merge(advice.reason(), 1, Integer::sum);
          told += tell(advice) ? 1 : 0;
        }
      }
      last = accounts.getLast();
      accounts = accounts(last);
    }
    counts = Map.copyOf(found);
    return told;
  }

  private List<String> accounts(String after) {
    return database
        .across(AllAccounts.KEY_REMINDERS)
        .sql(
            "SELECT DISTINCT account FROM api_keys WHERE NOT revoked AND account > ?"
                + " ORDER BY account LIMIT ?")
        .params(after, PAGE)
        .query(String.class)
        .list();
  }

  /** The row and the event are one change: whoever comes second writes neither. */
  private boolean tell(KeyAdvice advice) {
    StoredKey key = advice.key();
    Instant now = clock.instant();
    String id = key.id() + "." + advice.reason() + "." + now.getEpochSecond() / AGAIN.toSeconds();
    Change.Builder change = Change.in(key.account(), key.livemode());
    change.insert(TABLE, Row.of(id, 1, now, key.id()));
    change.event(
        new Event(
            ids.next("evt"),
            now,
            advice.eventType(),
            "api_key",
            key.id(),
            key.life().version(),
            null,
            null,
            null,
            Json.writeString(snapshot(advice))));
    return switch (journal.commit(change.build())) {
      case Verdict.Committed _ -> true;
      case Verdict.Conflict _ -> false;
      case Verdict.Rejected _, Verdict.Unavailable _, Verdict.Unknown _ -> {
        LOG.log(Level.WARNING, "a reminder of {0} was not written; it comes again", key.id());
        yield false;
      }
    };
  }

  /** The key and what could be better about it, as the event shows it. */
  public static Map<String, @Nullable Object> snapshot(KeyAdvice advice) {
    StoredKey key = advice.key();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", key.id());
    tree.put("object", "api_key");
    tree.put("created", key.life().created().getEpochSecond());
    tree.put("livemode", key.livemode());
    tree.put("kind", key.kind().wireName());
    tree.put("hint", key.hint());
    tree.put("description", key.terms().description());
    tree.put("reason", advice.reason());
    tree.put("message", advice.sentence());
    tree.put("permissions", permissions(advice));
    return tree;
  }

  private static @Nullable List<String> permissions(KeyAdvice advice) {
    return switch (advice) {
      case KeyAdvice.Restrict restrict -> restrict.smallest().names();
      case KeyAdvice.Rotate _, KeyAdvice.Unused _ -> null;
    };
  }
}
