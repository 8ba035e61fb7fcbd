package dev.portcullis.gateway.disputes;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How far each provider account's disputes have been read. */
@Component
public final class FeedStore {

  private static final Logger LOG = Logger.getLogger(FeedStore.class.getName());

  /** Nobody keeps a feed for longer without saying so again. */
  public static final Duration LONGEST_LEASE = Duration.ofMinutes(2);

  private final Database database;

  FeedStore(Database database) {
    this.database = database;
  }

  /**
   * Which feed.
   *
   * @param account whose
   * @param livemode whether it is about real money
   * @param provider where
   */
  public record Feed(String account, boolean livemode, Provider provider) {
    String name() {
      return provider.name();
    }

    /** Who is asked for it: the provider account. */
    String lane() {
      return String.join(" ", account, Boolean.toString(livemode), name());
    }
  }

  /**
   * A feed that this process alone reads until the lease is over.
   *
   * @param feed which
   * @param cursor where the next page begins
   * @param waiting notices that were read and could not be taken in yet
   * @param lease until when; it is also what the stored row must still say when it is written
   */
  public record Claimed(Feed feed, String cursor, List<DisputeNotice> waiting, Instant lease) {
    /** Takes a copy. */
    public Claimed {
      waiting = List.copyOf(waiting);
    }
  }

  /** Whose feeds are read by one puller. */
  public sealed interface Source {

    /** Every account's at the sandbox, in test mode; no account has to connect it. */
    record Sandbox() implements Source {}

    /**
     * Those of provider accounts that were connected, of both modes.
     *
     * @param connectors by name, those whose disputes can be listed
     */
    record Connected(List<String> connectors) implements Source {
      /** Takes a copy. */
      public Connected {
        connectors = List.copyOf(connectors);
      }
    }
  }

  /** Makes each feed that there is none of yet. */
  void ensure(Source source, Instant now) {
    switch (source) {
      case Source.Sandbox _ ->
          database
              .across(AllAccounts.DISPUTE_FEEDS)
              .sql(
                  "INSERT INTO provider_feeds (account, livemode, id, cursor, due, waiting)"
                      + " SELECT a.id, false, f.id, f.cursor, f.due, '{}' FROM accounts a,"
                      + " (SELECT ? AS id, ? AS cursor, ?::timestamptz AS due) f"
                      + " WHERE NOT EXISTS (SELECT FROM provider_feeds p WHERE p.account = a.id"
                      + " AND NOT p.livemode AND p.id = f.id) ON CONFLICT DO NOTHING")
              .params(Provider.SANDBOX_NAME, DisputeFeed.BEGINNING, utc(now))
              .update();
      case Source.Connected(List<String> connectors) ->
          database
              .across(AllAccounts.DISPUTE_FEEDS)
              .sql(
                  "INSERT INTO provider_feeds (account, livemode, id, cursor, due, waiting)"
                      + " SELECT a.account, a.livemode, a.name, ?, ?, '{}' FROM provider_accounts a"
                      + " WHERE a.connector = ANY (?) AND NOT EXISTS (SELECT FROM provider_feeds p"
                      + " WHERE p.account = a.account AND p.livemode = a.livemode"
                      + " AND p.id = a.name) ON CONFLICT DO NOTHING")
              .params(DisputeFeed.BEGINNING, utc(now), connectors.toArray(String[]::new))
              .update();
    }
  }

  /** Takes feeds that are due and that nobody has. What a dead process took comes back. */
  List<Claimed> claim(Source source, Instant now, Instant lease, int most) {
    return switch (source) {
      case Source.Sandbox _ ->
          database
              .across(AllAccounts.DISPUTE_FEEDS)
              .sql(
                  "UPDATE provider_feeds SET due = ? WHERE (account, livemode, id) IN"
                      + " (SELECT account, livemode, id FROM provider_feeds WHERE id = ?"
                      + " AND NOT livemode AND due <= ? ORDER BY due LIMIT ?"
                      + " FOR UPDATE SKIP LOCKED) RETURNING account, livemode, cursor, waiting")
              .params(utc(lease), Provider.SANDBOX_NAME, utc(now), most)
              .query((row, _) -> claimed(row, Provider.SANDBOX, lease))
              .list()
              .stream()
              .flatMap(Optional::stream)
              .toList();
      case Source.Connected(List<String> connectors) ->
          database
              .across(AllAccounts.DISPUTE_FEEDS)
              .sql(
                  "UPDATE provider_feeds SET due = ? WHERE (account, livemode, id) IN"
                      + " (SELECT account, livemode, id FROM provider_feeds f WHERE due <= ?"
                      + " AND EXISTS (SELECT FROM provider_accounts a WHERE a.account = f.account"
                      + " AND a.livemode = f.livemode AND a.name = f.id AND a.connector = ANY (?))"
                      + " ORDER BY due LIMIT ? FOR UPDATE SKIP LOCKED)"
                      + " RETURNING account, livemode, cursor, waiting, id, (SELECT a.connector"
                      + " FROM provider_accounts a WHERE a.account = provider_feeds.account"
                      + " AND a.livemode = provider_feeds.livemode AND a.name = provider_feeds.id)")
              .params(utc(lease), utc(now), connectors.toArray(String[]::new), most)
              .query(
                  (row, _) -> claimed(row, new Provider(row.getString(5), row.getString(6)), lease))
              .list()
              .stream()
              .flatMap(Optional::stream)
              .toList();
    };
  }

  /** One row that cannot be read must not keep the others from being read. */
  private static Optional<Claimed> claimed(ResultSet row, Provider provider, Instant lease)
      throws SQLException {
    Feed feed = new Feed(row.getString(1), row.getBoolean(2), provider);
    try {
      return Optional.of(new Claimed(feed, row.getString(3), notices(row.getString(4)), lease));
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "what waits of the disputes of " + feed + " cannot be read", e);
      return Optional.empty();
    }
  }

  /**
   * Stores how far it has been read.
   *
   * @param due when it may be claimed again
   * @return whether it was still this process's to write
   */
  boolean save(Claimed claimed, String cursor, List<DisputeNotice> waiting, Instant due) {
    Feed feed = claimed.feed;
    return database
            .of(feed.account)
            .sql(
                "UPDATE provider_feeds SET cursor = ?, waiting = ?::jsonb, due = ?"
                    + " WHERE account = ? AND livemode = ? AND id = ? AND due = ?")
            .params(
                cursor,
                Json.writeString(Map.of("notices", waiting.stream().map(FeedStore::doc).toList())),
                utc(due),
                feed.account,
                feed.livemode,
                feed.name(),
                utc(claimed.lease))
            .update()
        == 1;
  }

  /**
   * Has it read now, also for the first time. Whoever may be reading it is let alone: were its
   * lease ended, as often as it is told of disputes, nobody would ever get on.
   *
   * @return false if it may be under way or is about to be: whether what was told of is in that is
   *     not known, so it is to be asked again; and where there is no such provider account
   */
  public boolean hasten(String account, boolean livemode, String provider, Instant now) {
    return database
            .of(account)
            .sql(
                "INSERT INTO provider_feeds AS f (account, livemode, id, cursor, due, waiting)"
                    + " SELECT a.account, a.livemode, a.name, ?, ?, '{}' FROM provider_accounts a"
                    + " WHERE a.account = ? AND a.livemode = ? AND a.name = ?"
                    + " ON CONFLICT (account, livemode, id) DO UPDATE SET due = excluded.due"
                    + " WHERE f.due > ?")
            .params(
                DisputeFeed.BEGINNING,
                utc(now),
                account,
                livemode,
                provider,
                utc(now.plus(LONGEST_LEASE)))
            .update()
        == 1;
  }

  /** How many notices wait for their charge, of all feeds. */
  long waiting() {
    return database
        .across(AllAccounts.METRICS)
        .sql("SELECT coalesce(sum(jsonb_array_length(waiting->'notices')), 0) FROM provider_feeds")
        .query(Long.class)
        .single();
  }

  private static Map<String, @Nullable Object> doc(DisputeNotice notice) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("reference", notice.reference());
    doc.put("operation", notice.operation());
    doc.put("sequence", notice.sequence());
    doc.put("amount", notice.amount().minorUnits());
    doc.put("currency", notice.amount().currency().code());
    doc.put("reason", notice.reason());
    doc.put("network_reason_code", notice.networkReasonCode());
    doc.put("stage", notice.stage().name());
    doc.put("opened", notice.opened().getEpochSecond());
    Instant dueBy = notice.dueBy();
    doc.put("due_by", dueBy == null ? null : dueBy.getEpochSecond());
    return doc;
  }

  private static List<DisputeNotice> notices(String json) {
    List<DisputeNotice> notices = new ArrayList<>();
    if (Json.readObject(json).get("notices") instanceof List<?> list) {
      for (Object each : list) {
        notices.add(notice((Map<?, ?>) Objects.requireNonNull(each)));
      }
    }
    return notices;
  }

  private static DisputeNotice notice(Map<?, ?> doc) {
    return new DisputeNotice(
        text(doc, "reference"),
        text(doc, "operation"),
        number(doc, "sequence"),
        Money.of(number(doc, "amount"), text(doc, "currency")),
        text(doc, "reason"),
        (String) doc.get("network_reason_code"),
        DisputeNotice.Stage.valueOf(text(doc, "stage")),
        Instant.ofEpochSecond(number(doc, "opened")),
        doc.get("due_by") == null ? null : Instant.ofEpochSecond(number(doc, "due_by")));
  }

  private static String text(Map<?, ?> doc, String name) {
    return (String) Objects.requireNonNull(doc.get(name), name);
  }

  private static long number(Map<?, ?> doc, String name) {
    return (Long) Objects.requireNonNull(doc.get(name), name);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
