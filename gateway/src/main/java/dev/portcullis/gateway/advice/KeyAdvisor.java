package dev.portcullis.gateway.advice;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.ApiEndpoint;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.key.Permissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Looks at an account's keys as an administrator should now and then. What a key needs is read off
 * the log of requests, which is kept for 30 days: of a key that does something once a quarter it
 * does not know, and says so by naming the number of requests.
 */
@Component
public final class KeyAdvisor {

  /** Of the newest requests of an account, so that no account's log is read as a whole. */
  private static final int NEWEST = 200_000;

  /** A key that is younger has not shown yet what it is for. */
  private static final Duration WATCHED = Duration.ofDays(7);

  /** What stands for an id in a path, so that many requests are one kind. */
  private static final String ID = "x_0";

  private static final String KINDS =
      "SELECT api_key, method, regexp_replace(path, '/[a-z]+(_test|_live)?_[0-9A-Za-z]{16,}', '/"
          + ID
          + "', 'g'), expand, count(*) FROM (SELECT api_key, method, path,"
          + " CASE WHEN parameters LIKE '%\"expand\"%' THEN parameters::jsonb ->> 'expand' ELSE ''"
          + " END AS expand FROM request_logs WHERE account = ? AND livemode = ?"
          + " ORDER BY id DESC LIMIT "
          + NEWEST
          + ") AS newest GROUP BY 1, 2, 3, 4";

  /** Cards are not in the log: it is the API origin's. */
  private static final String TOOK_CARDS =
      "SELECT id FROM api_keys WHERE account = ? AND cards_used_at > ?";

  private static final Duration REQUESTS_KEPT = Duration.ofDays(30);

  private static final List<Permission> FOR_CARDS =
      List.of(ApiResource.PAYMENT_METHOD.write(), ApiResource.TOKEN.write());

  private record Kind(String key, String method, String path, String expand, long requests) {}

  private final ApiKeys keys;
  private final ApiEndpoint endpoint;
  private final Database database;
  private final InstantSource clock;
  private final Duration rotationAge;
  private final Duration unusedAfter;

  KeyAdvisor(
      ApiKeys keys,
      ApiEndpoint endpoint,
      Database database,
      InstantSource clock,
      ZoneConfig config) {
    this.keys = keys;
    this.endpoint = endpoint;
    this.database = database;
    this.clock = clock;
    this.rotationAge = config.duration("keys.rotation-age");
    this.unusedAfter = config.duration("keys.unused-after");
  }

  /** All that could be better about an account's keys. */
  public List<KeyAdvice> advise(String account) {
    Instant now = clock.instant();
    List<StoredKey> active =
        keys.list(account).stream()
            .filter(key -> key.status(now) == StoredKey.Status.ACTIVE)
            .toList();
    Map<String, Usage> usage = new HashMap<>();
    Set<String> tookCards = new HashSet<>();
    if (active.stream().anyMatch(key -> isWatched(key, now))) {
      usage.putAll(usage(account, false));
      usage.putAll(usage(account, true));
      tookCards.addAll(tookCards(account, now));
    }
    List<KeyAdvice> advice = new ArrayList<>();
    for (StoredKey key : active) {
      Duration age = Duration.between(key.life().created(), now);
      Instant lastUse = key.life().lastUse().map(StoredKey.Use::at).orElse(key.life().created());
      if (lastUse.plus(unusedAfter).isBefore(now)) {
        advice.add(new KeyAdvice.Unused(key, lastUse));
      } else if (age.compareTo(rotationAge) > 0) {
        advice.add(new KeyAdvice.Rotate(key, age));
      }
      Usage used = usage.get(key.id());
      if (used != null && isWatched(key, now)) {
        if (tookCards.contains(key.id())) {
          used.needed.addAll(forCards(key));
        }
        restrict(key, used).ifPresent(advice::add);
      }
    }
    return advice;
  }

  private List<String> tookCards(String account, Instant now) {
    return database
        .of(account)
        .sql(TOOK_CARDS)
        .params(account, now.minus(REQUESTS_KEPT).atOffset(ZoneOffset.UTC))
        .query(String.class)
        .list();
  }

  /** Of a restricted key, which of the two it has: it took no card by the other. */
  private static List<Permission> forCards(StoredKey key) {
    return FOR_CARDS.stream()
        .filter(
            permission ->
                key.kind() == KeyKind.SECRET || key.terms().permissions().allow(permission))
        .toList();
  }

  private static boolean isWatched(StoredKey key, Instant now) {
    return key.kind() != KeyKind.PUBLISHABLE && key.life().created().plus(WATCHED).isBefore(now);
  }

  /** What a key did: all that it needed, and whether all of it can be said in permissions. */
  private static final class Usage {
    final Set<Permission> needed = new HashSet<>();
    long requests;
  }

  private Map<String, Usage> usage(String account, boolean livemode) {
    Map<String, Usage> usage = new HashMap<>();
    List<Kind> kinds =
        database
            .of(account)
            .sql(KINDS)
            .params(account, livemode)
            .query(
                (row, _) ->
                    new Kind(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        Optional.ofNullable(row.getString(4)).orElse(""),
                        row.getLong(5)))
            .list();
    for (Kind kind : kinds) {
      Optional<Route> route = endpoint.find(kind.method(), kind.path());
      if (route.isEmpty()) {
        continue; // a path that is not served any more, and so needs nothing
      }
      Usage used = usage.computeIfAbsent(kind.key(), _ -> new Usage());
      used.requests += kind.requests();
      route.get().access().permission().ifPresent(used.needed::add);
      used.needed.addAll(expanded(kind.expand()));
    }
    return usage;
  }

  /** What is expanded is read: {@code ["data.customer","latest_charge"]} reads two more. */
  static Set<Permission> expanded(String paths) {
    Set<Permission> needed = new HashSet<>();
    for (String segment : paths.split("[^a-z_]+", -1)) {
      for (ApiResource resource : ApiResource.values()) {
        String name = resource.wireName();
        if (segment.equals(name) || segment.equals(name + "s") || segment.endsWith("_" + name)) {
          needed.add(resource.read());
        }
      }
    }
    return needed;
  }

  private static Optional<KeyAdvice> restrict(StoredKey key, Usage used) {
    Permissions smallest = Permissions.of(used.needed);
    boolean useful =
        !smallest.isEmpty()
            && (key.kind() == KeyKind.SECRET || !smallest.equals(key.terms().permissions()));
    return useful
        ? Optional.of(new KeyAdvice.Restrict(key, smallest, used.requests))
        : Optional.empty();
  }
}
