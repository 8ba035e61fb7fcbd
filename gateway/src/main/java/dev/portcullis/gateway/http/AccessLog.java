package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.requestlog.LoggedParameters;
import dev.portcullis.gateway.requestlog.RequestEntry;
import dev.portcullis.gateway.requestlog.RequestLog;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.log.Redaction;
import dev.portcullis.wire.log.RefusalLines;
import dev.portcullis.wire.net.ClientAddress;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.stereotype.Component;

/**
 * One line, one measurement and one entry in the account's log for each request; the measurement
 * alone for one that a limit refused. Strangers fill no log: what they are refused has some lines
 * and then one that says how many more there were. The line names the route's pattern and what has
 * the form of an object's id: a path may hold what a client should not have put there, and a query
 * always may.
 */
@Component
final class AccessLog {

  private static final Logger LOG = LoggerFactory.getLogger("access");

  /** From this status on an answer is a refusal or a failure. */
  private static final int REFUSED = 400;

  private static final int MAX_PATH = 500;
  private static final int MAX_USER_AGENT = 200;
  private static final int MAX_SAID = 500;
  private static final int MOST_CAUSES = 8;

  /** The members of an error that go into its line; others hold objects, or quote the client. */
  private static final List<String> SAID =
      List.of("type", "code", "decline_code", "param", "charge");

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

  private record Series(String method, String route, int status) {}

  private final MeterRegistry meters;
  private final RequestLog requests;
  private final InstantSource clock;
  private final RefusalLines refusals;
  private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

  AccessLog(MeterRegistry meters, RequestLog requests, InstantSource clock) {
    this.meters = meters;
    this.requests = requests;
    this.clock = clock;
    this.refusals = new RefusalLines(clock, LOG::warn);
  }

  long start() {
    return System.nanoTime();
  }

  void write(long start, Call call, Answer answer) {
    long nanos = System.nanoTime() - start;
    int status = answer.status();
    Route route = call.route;
    Series series =
        route == null
            ? new Series("other", "none", status)
            : new Series(route.method().name(), route.path(), status);
    timers.computeIfAbsent(series, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    Principal principal = call.principal;
    if (call.limited) {
      return;
    }
    if (isWritten(call, principal, status)) {
      line(series, call, status, nanos, inside(call, answer)).log("request");
    }
    if (route != null && principal != null) {
      requests.add(entry(call, route, principal, status, nanos));
    }
  }

  /** Everybody has a page's key. */
  private boolean isWritten(Call call, @Nullable Principal principal, int status) {
    boolean stranger = principal == null || principal.isPublishable();
    return status < REFUSED
        || !stranger
        || refusals.isWritten(status, ClientAddress.network(call.address));
  }

  private static LoggingEventBuilder line(
      Series series, Call call, int status, long nanos, Map<String, String> inside) {
    Principal principal = call.principal;
    LoggingEventBuilder line =
        LOG.atInfo()
            .addKeyValue("request", call.requestId)
            .addKeyValue("method", series.method())
            .addKeyValue("route", series.route())
            .addKeyValue("objects", String.join(" ", call.objects))
            .addKeyValue("status", status)
            .addKeyValue("micros", nanos / 1_000)
            .addKeyValue("account", principal == null ? "" : principal.account())
            .addKeyValue("key", principal == null ? "" : principal.keyId());
    for (Map.Entry<String, String> more : inside.entrySet()) {
      line = line.addKeyValue(more.getKey(), more.getValue());
    }
    return line;
  }

  /** Of an error: what the client was told, and what nobody outside is, why. */
  private static Map<String, String> inside(Call call, Answer answer) {
    if (answer.status() < REFUSED) {
      return Map.of();
    }
    Map<String, String> inside = new LinkedHashMap<>();
    if (Json.readObject(answer.body()).get("error") instanceof Map<?, ?> error) {
      for (String member : SAID) {
        if (error.get(member) instanceof String text) {
          inside.put(member, bounded(text, MAX_SAID));
        }
      }
    }
    if (call.cause != null) {
      inside.put("reason", bounded(reason(call.cause), MAX_SAID));
    }
    return inside;
  }

  /** Each cause in a few words, the outermost first. */
  private static String reason(Throwable cause) {
    return Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
        .limit(MOST_CAUSES)
        .map(each -> each.getClass().getSimpleName() + ": " + each.getMessage())
        .collect(Collectors.joining(", because of "));
  }

  private RequestEntry entry(Call call, Route route, Principal principal, int status, long nanos) {
    String userAgent = call.http.getHeader("User-Agent");
    return new RequestEntry(
        call.requestId,
        principal,
        clock.instant().minusNanos(nanos),
        route.method().name(),
        bounded(call.http.getRequestURI(), MAX_PATH),
        status,
        nanos / 1_000,
        call.version.text(),
        call.address.getHostAddress(),
        userAgent == null ? "" : bounded(userAgent, MAX_USER_AGENT),
        LoggedParameters.of(route.parameters(), call.parameters));
  }

  /** Printable ASCII without secrets and card numbers. */
  private static String bounded(String text, int max) {
    String printable = UNPRINTABLE.matcher(text).replaceAll("?");
    String scrubbed = Redaction.scrub(printable);
    return scrubbed.length() <= max ? scrubbed : scrubbed.substring(0, max);
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
