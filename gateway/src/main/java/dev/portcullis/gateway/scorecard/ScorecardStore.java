package dev.portcullis.gateway.scorecard;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.routing.Tenant;
import dev.portcullis.gateway.scorecard.Score.Calls;
import dev.portcullis.gateway.scorecard.Score.Ends;
import dev.portcullis.gateway.scorecard.Score.Latency;
import dev.portcullis.kit.Ids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Counts what is stored of payments and calls. */
@Component
class ScorecardStore {

  private static final String ENDS =
      "SELECT d.provider, d.region, d.brand, count(*),"
          + " count(*) FILTER (WHERE o.outcome = 'approved'),"
          + " count(*) FILTER (WHERE o.outcome = 'declined'),"
          + " count(*) FILTER (WHERE o.outcome = 'rejected'), count(o.latency_ms),"
          + " percentile_disc(0.5) WITHIN GROUP (ORDER BY o.latency_ms),"
          + " percentile_disc(0.95) WITHIN GROUP (ORDER BY o.latency_ms),"
          + " percentile_disc(0.99) WITHIN GROUP (ORDER BY o.latency_ms)"
          + " FROM route_decisions d LEFT JOIN route_outcomes o ON o.account = d.account"
          + " AND o.id = d.id WHERE d.account = ? AND d.livemode = ? AND d.id >= ?"
          + " GROUP BY GROUPING SETS ((d.provider), (d.provider, d.region, d.brand))";

  /** A minute counts once for the provider, whichever cards it was with. */
  private static final String CALLS =
      "SELECT provider, region, brand, sum(calls)::bigint, sum(unanswered)::bigint,"
          + " sum(bit_count(traffic::bit(64)))::bigint, sum(bit_count(answered::bit(64)))::bigint"
          + " FROM (SELECT provider, region, brand, hour, sum(calls) AS calls,"
          + " sum(unanswered) AS unanswered, bit_or(traffic) AS traffic,"
          + " bit_or(answered) AS answered FROM provider_hours WHERE account = ?"
          + " AND livemode = ? AND hour >= ? GROUP BY GROUPING SETS ((provider, hour),"
          + " (provider, hour, region, brand))) h GROUP BY provider, region, brand";

  private static final String DISPUTES =
      "SELECT coalesce(doc->>'provider', doc->>'connector'), count(*) FROM disputes"
          + " WHERE account = ? AND livemode = ?"
          + " AND doc->>'status' NOT IN ('won', 'lost', 'warning_closed') GROUP BY 1";

  private final Database database;

  ScorecardStore(Database database) {
    this.database = database;
  }

  private record Key(String provider, @Nullable String region, @Nullable String brand) {
    static Key of(ResultSet row) throws SQLException {
      return new Key(row.getString(1), row.getString(2), row.getString(3));
    }
  }

  private record Ended(Key key, Ends ends, @Nullable Latency latency) {}

  private record Called(Key key, Calls calls) {}

  /** All of an account and mode since then. */
  List<Score> scores(Tenant tenant, Instant since) {
    Map<Key, Ended> ended = new LinkedHashMap<>();
    database
        .of(tenant.account())
        .sql(ENDS)
        .params(tenant.account(), tenant.livemode(), Ids.first("op", since))
        .query((row, _) -> ended(row))
        .list()
        .forEach(each -> ended.put(each.key, each));
    Map<Key, Calls> called = new LinkedHashMap<>();
    database
        .of(tenant.account())
        .sql(CALLS)
        .params(tenant.account(), tenant.livemode(), since.atOffset(ZoneOffset.UTC))
        .query(
            (row, _) ->
                new Called(
                    Key.of(row),
                    new Calls(row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7))))
        .list()
        .forEach(each -> called.put(each.key, each.calls));
    called.keySet().forEach(key -> ended.putIfAbsent(key, new Ended(key, Ends.NONE, null)));
    List<Score> scores = new ArrayList<>();
    ended.forEach(
        (key, each) ->
            scores.add(
                new Score(
                    key.provider,
                    key.region,
                    key.brand,
                    each.ends,
                    called.getOrDefault(key, Calls.NONE),
                    each.latency)));
    return scores;
  }

  private static Ended ended(ResultSet row) throws SQLException {
    long answers = row.getLong(8);
    return new Ended(
        Key.of(row),
        new Ends(row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7)),
        answers == 0
            ? null
            : new Latency(answers, List.of(row.getInt(9), row.getInt(10), row.getInt(11))));
  }

  /** Disputes that are not over, by provider account. */
  Map<String, Long> disputes(Tenant tenant) {
    Map<String, Long> open = new HashMap<>();
    database
        .of(tenant.account())
        .sql(DISPUTES)
        .params(tenant.account(), tenant.livemode())
        .query(
            (ResultSet row) -> {
              open.put(row.getString(1), row.getLong(2));
            });
    return open;
  }

  /** Until when each provider account has attested its compliance. */
  Map<String, LocalDate> attestations(Tenant tenant) {
    Map<String, LocalDate> dates = new HashMap<>();
    database
        .of(tenant.account())
        .sql(
            "SELECT provider, expires FROM provider_attestations"
                + " WHERE account = ? AND livemode = ?")
        .params(tenant.account(), tenant.livemode())
        .query(
            (ResultSet row) -> {
              dates.put(
                  row.getString(1), Objects.requireNonNull(row.getObject(2, LocalDate.class)));
            });
    return dates;
  }

  void attest(Tenant tenant, String provider, LocalDate expires, Instant now, String by) {
    database
        .of(tenant.account())
        .sql(
            "INSERT INTO provider_attestations (account, livemode, provider, expires, noted,"
                + " noted_by) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, livemode, provider)"
                + " DO UPDATE SET expires = EXCLUDED.expires, noted = EXCLUDED.noted,"
                + " noted_by = EXCLUDED.noted_by")
        .params(
            tenant.account(),
            tenant.livemode(),
            provider,
            expires,
            now.atOffset(ZoneOffset.UTC),
            by)
        .update();
  }

  /** When the first of all attestations ends, or null where none is noted. */
  @Nullable LocalDate firstEnd() {
    return database
        .across(AllAccounts.METRICS)
        .sql("SELECT min(expires) FROM provider_attestations")
        .query((row, _) -> new End(row.getObject(1, LocalDate.class)))
        .single()
        .day;
  }

  private record End(@Nullable LocalDate day) {}
}
