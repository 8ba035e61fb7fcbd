package dev.portcullis.gateway.routing;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.routing.Rates.Outcomes;
import dev.portcullis.kit.Ids;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What an account's provider accounts have approved in the last {@link #WINDOW}, whichever gateway
 * asked them and however late the answer came: counted in the database every {@link #FRESH}, beside
 * the payments, of which none waits for it.
 */
@Component
final class ObservedRates {

  /** How far back outcomes count. */
  static final Duration WINDOW = Duration.ofHours(24);

  /** And how many at most, so that counting takes no longer where there are more. */
  static final int MOST_DECISIONS = 100_000;

  private static final Duration FRESH = Duration.ofSeconds(20);
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final int MOST_ACCOUNTS = 1_000;

  private record Segment(String provider, String brand, String region) {}

  private record Count(Segment segment, Outcomes outcomes) {}

  private final Database database;
  private final InstantSource clock;
  private final AsyncLoadingCache<Tenant, Map<Segment, Outcomes>> cache;

  ObservedRates(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    Executor threads = Thread::startVirtualThread;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MOST_ACCOUNTS)
            .refreshAfterWrite(FRESH)
            .expireAfterWrite(KEPT)
            .executor(threads)
            .buildAsync(this::count);
  }

  /**
   * What those provider accounts have made of cards of that brand and region. Nothing where no rule
   * asks for it, nor until it has been counted for the first time.
   */
  Rates of(Tenant tenant, @Nullable Rules rules, List<String> providers, Facts facts) {
    if (rules == null || !rules.usesRates()) {
      return Rates.NONE;
    }
    CompletableFuture<Map<Segment, Outcomes>> counting = cache.get(tenant);
    if (!counting.isDone() || counting.isCompletedExceptionally()) {
      return Rates.NONE;
    }
    Map<Segment, Outcomes> all = counting.join();
    Map<String, Outcomes> found = new HashMap<>();
    for (String provider : providers) {
      Outcomes outcomes =
          all.get(new Segment(provider, facts.card().brand(), facts.region().wire()));
      if (outcomes != null) {
        found.put(provider, outcomes);
      }
    }
    return new Rates(found);
  }

  private Map<Segment, Outcomes> count(Tenant tenant) {
    Map<Segment, Outcomes> counts = new HashMap<>();
    database
        .of(tenant.account())
        .sql(
            "SELECT d.provider, d.brand, d.region,"
                + " count(*) FILTER (WHERE o.outcome = 'approved'),"
                + " count(*) FILTER (WHERE o.outcome = 'declined')"
                + " FROM (SELECT account, id, provider, brand, region FROM route_decisions"
                + " WHERE account = ? AND livemode = ? AND id >= ? ORDER BY id DESC LIMIT ?) d"
                + " JOIN route_outcomes o ON o.account = d.account AND o.id = d.id"
                + " GROUP BY d.provider, d.brand, d.region")
        .params(
            tenant.account(),
            tenant.livemode(),
            Ids.first(DecisionStore.PREFIX, clock.instant().minus(WINDOW)),
            MOST_DECISIONS)
        .query(
            (row, _) ->
                new Count(
                    new Segment(row.getString(1), row.getString(2), row.getString(3)),
                    new Outcomes(row.getLong(4), row.getLong(5))))
        .list()
        .forEach(count -> counts.put(count.segment(), count.outcomes()));
    return Map.copyOf(counts);
  }
}
