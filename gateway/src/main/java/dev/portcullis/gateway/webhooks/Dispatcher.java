package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.events.EventRenderer;
import dev.portcullis.gateway.versions.DefaultVersions;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.gateway.webhooks.DeliveryStore.Told;
import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One round of sending: finds the endpoints for which something is due, takes as much of it as has
 * places, and has each attempt made on a thread of its own. An attempt is never waited for.
 */
final class Dispatcher {

  private static final Logger LOG = Logger.getLogger(Dispatcher.class.getName());

  /** Endpoints that one round looks at; the next one goes on behind them. */
  private static final int LOOK = 1_000;

  private static final int CANCELED_AT_ONCE = 1_000;

  /** What an attempt takes beside its time limit: until it begins, and until it is written. */
  static final Duration MARGIN = Duration.ofSeconds(10);

  private final DeliveryStore store;
  private final Lanes lanes;
  private final Sender sender;
  private final EventRenderer renderer;
  private final DefaultVersions versions;
  private final InstantSource clock;
  private final Duration timeout;

  /**
   * The endpoint that was served last: a round begins behind it. Were it always the same one that
   * is asked first, it and the next ones could keep all places for ever.
   */
  private String last = "";

  Dispatcher(
      DeliveryStore store,
      Lanes lanes,
      Sender sender,
      EventRenderer renderer,
      DefaultVersions versions,
      InstantSource clock,
      Duration timeout) {
    this.store = store;
    this.lanes = lanes;
    this.sender = sender;
    this.renderer = renderer;
    this.versions = versions;
    this.clock = clock;
    this.timeout = timeout;
  }

  /** Who is told of an attempt that is over; each that was begun is told of once. */
  interface Ended {
    void accept(Attempted attempted);
  }

  /**
   * Works on what is due now.
   *
   * @return whether there is more that could be sent at once
   */
  boolean round(ExecutorService threads, Ended ended) {
    // Stored to the microsecond, and compared when the outcome is written.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    List<Backlog> backlogs = new ArrayList<>(store.backlogs(last, LOOK));
    boolean more = backlogs.size() == LOOK;
    if (!more && !last.isEmpty()) {
      backlogs.addAll(from(LOOK - backlogs.size()));
    }
    for (Backlog closed : backlogs) {
      if (!closed.open()) {
        more |= store.cancel(closed, now, CANCELED_AT_ONCE) == CANCELED_AT_ONCE;
      }
    }
    List<Backlog> due = backlogs.stream().filter(each -> each.isDue(now)).toList();
    Map<String, Integer> places = places(due);
    if (places.isEmpty()) {
      last = backlogs.size() == LOOK ? backlogs.getLast().endpoint() : last;
      return more;
    }
    last = List.copyOf(places.keySet()).getLast();
    List<Claim> claims = store.claim(places, now, now.plus(timeout).plus(MARGIN));
    begin(claims, threads, ended);
    return more || claims.size() == DeliveryStore.MOST_CLAIMED;
  }

  /** Those up to the one that was served last, when there are no more behind it. */
  private List<Backlog> from(int limit) {
    return store.backlogs("", limit).stream()
        .filter(each -> each.endpoint().compareTo(last) <= 0)
        .toList();
  }

  /** A share of the claim for each, so that one long backlog does not take all of it. */
  private Map<String, Integer> places(List<Backlog> due) {
    Map<String, Integer> places = new LinkedHashMap<>();
    int left = Math.min(DeliveryStore.MOST_CLAIMED, lanes.free());
    int endpoints = due.size();
    for (Backlog each : due) {
      int free =
          lanes.free(
              each.endpoint(), each.livemode(), Math.ceilDiv(left, Math.max(1, endpoints--)));
      if (free > 0) {
        places.put(each.endpoint(), free);
        left -= free;
      }
    }
    return places;
  }

  private void begin(List<Claim> claims, ExecutorService threads, Ended ended) {
    if (claims.isEmpty()) {
      return;
    }
    claims.forEach(lanes::begin);
    Batch batch;
    try {
      batch = new Batch(store.events(claims), store.endpoints(claims));
    } catch (RuntimeException e) {
      // The leases bring them back.
      claims.forEach(lanes::end);
      throw e;
    }
    for (Claim claim : claims) {
      threads.execute(() -> ended.accept(attempt(claim, batch)));
    }
  }

  /** What was claimed together; an event that several endpoints are told of is made up once. */
  private final class Batch {
    private final Map<String, Told> events;
    private final Map<String, WebhookEndpoint> endpoints;
    private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();

    Batch(Map<String, Told> events, Map<String, WebhookEndpoint> endpoints) {
      this.events = events;
      this.endpoints = endpoints;
    }

    byte[] body(Claim claim, Told told, WebhookEndpoint endpoint) {
      Version version =
          endpoint
              .apiVersion()
              .flatMap(Version::find)
              .orElseGet(() -> versions.of(claim.account(), claim.livemode()));
      return bodies.computeIfAbsent(
          claim.account() + ' ' + claim.event() + ' ' + version.text() + ' ' + endpoint.payload(),
          _ ->
              endpoint
                  .payload()
                  .bytes(renderer.render(claim.account(), told.event(), version, told.pending())));
    }
  }

  private Attempted attempt(Claim claim, Batch batch) {
    Instant begun = clock.instant();
    try {
      WebhookEndpoint endpoint =
          batch.endpoints.get(DeliveryStore.key(claim.account(), claim.endpoint()));
      Told told = batch.events.get(DeliveryStore.key(claim.account(), claim.event()));
      if (endpoint == null || told == null) {
        return unmade(claim, begun, endpoint == null ? "the endpoint is gone" : "no such event");
      }
      byte[] body = batch.body(claim, told, endpoint);
      if (clock.instant().plus(timeout).isAfter(claim.lease())) {
        // Another process may take it before this attempt would be over.
        return unmade(claim, begun, "this process was too slow");
      }
      return sender.send(claim, endpoint, body);
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "event " + claim.event() + " cannot be sent to " + claim.endpoint(), e);
      return unmade(claim, begun, "an error of the gateway");
    }
  }

  private Attempted unmade(Claim claim, Instant begun, String reason) {
    return new Attempted(
        claim, begun, Duration.between(begun, clock.instant()), 0, new Outcome.Unmade(reason));
  }
}
