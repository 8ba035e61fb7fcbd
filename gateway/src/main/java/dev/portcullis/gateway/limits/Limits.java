package dev.portcullis.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.LimitReached.Reason;
import dev.portcullis.gateway.limits.LimitSettings.Holder;
import dev.portcullis.gateway.work.Caches;
import dev.portcullis.wire.net.ClientAddress;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What one key, account or address may use; each refusal is counted. */
public final class Limits {

  private static final Logger LOG = Logger.getLogger(Limits.class.getName());

  private final RateLimits rates;
  private final AtOnceLimits atOnce;
  private final GuessedKeys guesses;
  private final MeterRegistry meters;

  /** Whom the log has named in the last minute: a flood is one line a minute. */
  private final Cache<String, Boolean> named =
      Caches.bounded().maximumSize(1_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  /** A place among the requests under way, to be given back. */
  @FunctionalInterface
  public interface Ticket extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param time what the buckets are filled by
   * @param pressure how many changes or reads wait for the database now
   * @param guesses told of addresses that are stopped because they guess keys
   */
  Limits(
      LimitSettings settings,
      TimeMeter time,
      IntSupplier pressure,
      GuessedKeys guesses,
      MeterRegistry meters) {
    this.guesses = guesses;
    this.rates = new RateLimits(settings, time);
    this.atOnce = new AtOnceLimits(settings, pressure);
    this.meters = meters;
    Gauge.builder("portcullis.limits.buckets", rates, RateLimits::size)
        .description("Token buckets in memory")
        .register(meters);
    for (RouteClass kind : RouteClass.values()) {
      Gauge.builder("portcullis.limits.running", atOnce, limits -> limits.running(kind))
          .description("Requests under way, by class of routes")
          .tag("class", kind.wire())
          .register(meters);
      Gauge.builder("portcullis.limits.waiting", atOnce, limits -> limits.waiting(kind))
          .description("Requests that wait to begin, by class of routes")
          .tag("class", kind.wire())
          .register(meters);
    }
  }

  /** For a request whose key may be none: guessing costs a query each, and is stopped before it. */
  public Guess guess(InetAddress address) {
    return new Guess(
        rates,
        address,
        (addresses, seconds) -> {
          guesses.report(addresses);
          return refused(Reason.GLOBAL_RATE, seconds, "unknown-keys", "any", addresses);
        });
  }

  /**
   * Takes a token from each bucket. Everybody can read a publishable key, so no bucket is shared by
   * those who have it: each address has its own, and a few of them can neither use up the key for
   * the shop's other shoppers nor the account for its servers. How much all pages of an account do
   * at once is bounded by their places. A server's own address says nothing of a shopper; its key
   * comes before the account, so that a flood with one key leaves the account to its others.
   *
   * @throws LimitReached 429
   */
  public void admit(Principal principal, String address, RouteClass kind) {
    boolean live = principal.livemode();
    if (principal.isPublishable()) {
      String name = principal.account() + " " + address;
      check(Holder.ADDRESS, name, live, kind, Reason.GLOBAL_RATE);
      return;
    }
    check(Holder.KEY, principal.keyId(), live, kind, Reason.ENDPOINT_RATE);
    check(Holder.ACCOUNT, principal.account(), live, kind, Reason.ENDPOINT_RATE);
  }

  /**
   * Takes a token for a request that is answered without a key. Whoever has many networks finds one
   * bucket more for the whole /48, eight times as large.
   *
   * @throws LimitReached 429
   */
  public void admitStranger(Errand errand, InetAddress address) {
    int times = errand.times();
    checkStranger(errand, ClientAddress.network(address), times);
    ClientAddress.site(address).ifPresent(site -> checkStranger(errand, site, times * Guess.SITE));
  }

  private void checkStranger(Errand errand, String addresses, int times) {
    long wait = rates.takeStranger(errand, addresses, times);
    if (wait > 0) {
      throw refused(Reason.GLOBAL_RATE, wait, "address", errand.wire(), addresses);
    }
  }

  private void check(Holder holder, String name, boolean live, RouteClass kind, Reason reason) {
    long wait = rates.take(holder, name, live, kind);
    if (wait > 0) {
      throw refused(
          reason, wait, holder.name().toLowerCase(java.util.Locale.ROOT), kind.wire(), name);
    }
  }

  private LimitReached refused(Reason reason, long wait, String limit, String kind, String name) {
    count(limit, kind);
    if (named.asMap().putIfAbsent(limit + " " + kind + " " + name, true) == null) {
      LOG.log(
          Level.WARNING,
          "the limit {0} of {1} is reached by {2}; further refusals in this minute are counted and"
              + " not logged",
          new Object[] {limit, kind, name});
    }
    return LimitReached.tooMany(reason, wait);
  }

  private void count(String limit, String kind) {
    Counter.builder("portcullis.limits.refused")
        .description("Requests that a limit refused")
        .tag("limit", limit)
        .tag("class", kind)
        .register(meters)
        .increment();
  }

  /**
   * A place among the requests under way.
   *
   * @throws LimitReached 429 or 503 if there is none in time
   */
  public Ticket enter(Principal principal, RouteClass kind) {
    try {
      AtOnceLimits.Place place =
          principal.isPublishable()
              ? atOnce.enterFromPage(principal.account(), principal.livemode(), kind)
              : atOnce.enter(principal.account(), principal.livemode(), kind);
      return place::close;
    } catch (LimitReached e) {
      count(e.error().status() == 503 ? "all-at-once" : "account-at-once", kind.wire());
      throw e;
    }
  }
}
