package dev.portcullis.gateway.requestlog;

import dev.portcullis.gateway.database.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes the log of requests, apart from what the requests do: a request puts its entry into a
 * bounded queue and goes on; one writer takes what has gathered, twice a second, many rows with one
 * statement. What does not fit into the queue, or cannot be written, is lost: it is counted and
 * said, and no payment waits for it.
 */
@Component
public final class RequestLog implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(RequestLog.class.getName());
  private static final int CAPACITY = 10_000;
  private static final int BATCH = 1_000;
  private static final long PAUSE_MILLIS = 500;

  private static final String INSERT =
      "INSERT INTO request_logs (account, livemode, id, created, method, path, status, micros,"
          + " api_key, api_version, address, user_agent, parameters) SELECT a, l::boolean, i,"
          + " to_timestamp(c::bigint / 1e6), m, p, s::int, u::bigint, k, v, d, g, r FROM"
          + " unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
          + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) AS t (a, l, i, c,"
          + " m, p, s, u, k, v, d, g, r) ON CONFLICT DO NOTHING";

  private final BlockingQueue<RequestEntry> queue;
  private final Database database;
  private final Counter written;
  private final Counter overflowed;
  private final Counter failed;
  private final AtomicLong lost = new AtomicLong();
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("request-log").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // flush never throws; the schedule ends with close
  RequestLog(Database database, MeterRegistry meters) {
    this.queue = new ArrayBlockingQueue<>(CAPACITY);
    this.database = database;
    this.written =
        Counter.builder("portcullis.request.log.written")
            .description("Requests that were written to the log")
            .register(meters);
    this.overflowed = lost(meters, "overflow");
    this.failed = lost(meters, "database");
    Gauge.builder("portcullis.request.log.waiting", queue, BlockingQueue::size)
        .description("Requests that wait to be written to the log")
        .register(meters);
    writer.scheduleWithFixedDelay(this::flush, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Counter lost(MeterRegistry meters, String reason) {
    return Counter.builder("portcullis.request.log.lost")
        .description("Requests that are not in the log, and why")
        .tag("reason", reason)
        .register(meters);
  }

  /** Takes an entry, at once and without fail; a full queue loses it. */
  public void add(RequestEntry entry) {
    if (!queue.offer(entry)) {
      overflowed.increment();
      lost.incrementAndGet();
    }
  }

  /** Writes what has gathered; never throws. */
  public synchronized void flush() {
    List<RequestEntry> batch = new ArrayList<>(BATCH);
    while (queue.drainTo(batch, BATCH) > 0) {
      write(batch);
      batch.clear();
    }
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      LOG.log(Level.WARNING, "{0} requests are not in the request log", missing);
    }
  }

  private void write(List<RequestEntry> batch) {
    try {
      database
          .ofEach(batch.stream().map(e -> e.principal().account()).toList())
          .sql(INSERT)
          .params(
              column(batch, e -> e.principal().account()),
              column(batch, e -> Boolean.toString(e.principal().livemode())),
              column(batch, RequestEntry::id),
              column(
                  batch, e -> Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, e.created()))),
              column(batch, RequestEntry::method),
              column(batch, RequestEntry::path),
              column(batch, e -> Integer.toString(e.status())),
              column(batch, e -> Long.toString(e.micros())),
              column(batch, e -> e.principal().keyId()),
              column(batch, RequestEntry::version),
              column(batch, RequestEntry::address),
              column(batch, RequestEntry::userAgent),
              column(batch, RequestEntry::parameters))
          .update();
      written.increment(batch.size());
    } catch (DataAccessException e) {
      failed.increment(batch.size());
      lost.addAndGet(batch.size());
      LOG.log(Level.FINE, "the request log cannot be written", e);
    }
  }

  private static String[] column(List<RequestEntry> batch, Function<RequestEntry, String> value) {
    return batch.stream().map(value).toArray(String[]::new);
  }

  /** Writes what is left. */
  @Override
  public void close() {
    writer.shutdown();
    flush();
  }
}
