package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Principal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * One line and one measurement for each request. Only the route's pattern is named: a path may hold
 * what a client should not have put there, and a query always may.
 */
@Component
final class AccessLog {

  private static final Logger LOG = LoggerFactory.getLogger("access");

  private record Series(String method, String route, int status) {}

  private final MeterRegistry meters;
  private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

  AccessLog(MeterRegistry meters) {
    this.meters = meters;
  }

  long start() {
    return System.nanoTime();
  }

  void write(long start, Call call, int status) {
    long nanos = System.nanoTime() - start;
    Route route = call.route;
    Series series =
        route == null
            ? new Series("other", "none", status)
            : new Series(route.method().name(), route.path(), status);
    timers.computeIfAbsent(series, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    Principal principal = call.principal;
    LOG.atInfo()
        .addKeyValue("request", call.requestId)
        .addKeyValue("method", series.method())
        .addKeyValue("route", series.route())
        .addKeyValue("status", status)
        .addKeyValue("micros", nanos / 1_000)
        .addKeyValue("account", principal == null ? "" : principal.account())
        .addKeyValue("key", principal == null ? "" : principal.keyId())
        .log("request");
  }

  private Timer timer(Series series) {
    return Timer.builder("portcullis.api.requests")
        .description("API requests by route and status")
        .tag("method", series.method())
        .tag("route", series.route())
        .tag("status", Integer.toString(series.status()))
        .register(meters);
  }
}
