package dev.portcullis.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.events.ToldEvents;
import dev.portcullis.gateway.journal.EventTypes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.testing.RowsRead;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.key.KeyKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Among the events of an endpoint that was dead for long: 50,000 of one type, between an hour and
 * two hours old, with few of another type before and after them.
 */
class ToldEventStoreTest {

  private static final String COMMON = "payment_intent.succeeded";
  private static final String RARE = "customer.created";
  private static final List<String> BOTH = List.of(COMMON, RARE);
  private static final List<String> MANY =
      EventTypes.ALL.stream().filter(type -> !BOTH.contains(type)).limit(40).toList();
  private static final int DEAD = 50_000;
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Principal OWNER = new Principal("acct_1", false, "key_1", KeyKind.SECRET);
  private static final Principal LIVE = new Principal("acct_1", true, "key_1", KeyKind.SECRET);
  private static final AtomicReference<Instant> AT = new AtomicReference<>(NOW);
  private static final Ids IDS = new Ids(AT::get, new SecureRandom());

  private static JdbcClient jdbc;
  private static RowsRead read;
  private static ToldEventStore store;

  /** By age, the oldest first. */
  private static List<String> told;

  private static List<String> untold;
  private static List<String> dead;
  private static List<String> live;
  private static final List<String> ofMany = new ArrayList<>();

  @BeforeAll
  static void fill() {
    TestDatabase database = TestDatabase.fresh();
    jdbc = JdbcClient.create(database.everything());
    read = new RowsRead(database);
    store = new ToldEventStore(read.rows(), () -> NOW);
    put(false, RARE, Duration.ofDays(31), 5, "delivered");
    put(false, RARE, Duration.ofDays(31), 5, "failed");
    told = put(false, COMMON, Duration.ofHours(4), 5, "delivered");
    told.addAll(put(false, RARE, Duration.ofHours(3), 3, null));
    untold = put(false, RARE, Duration.ofMinutes(130), 3, "failed");
    dead = put(false, COMMON, Duration.ofHours(2), DEAD, "waiting");
    live = put(true, COMMON, Duration.ofMinutes(50), 1_000, "canceled");
    MANY.forEach(type -> ofMany.addAll(put(true, type, Duration.ofMinutes(45), 1_000, "failed")));
    untold.addAll(dead);
    untold.addAll(put(false, RARE, Duration.ofMinutes(40), 2, "canceled"));
    // Some wanted it twice.
    jdbc.sql(
            "INSERT INTO webhook_deliveries SELECT account, livemode, event, 'we_other', created,"
                + " type, object, object_version, 'delivered', attempts, step, due"
                + " FROM webhook_deliveries WHERE type = ?")
        .param(RARE)
        .update();
    jdbc.sql("ANALYZE events").update();
    jdbc.sql("ANALYZE webhook_deliveries").update();
  }

  /** Events from that age on, over the next hour at most, and a delivery of each in that state. */
  private static List<String> put(
      boolean livemode, String type, Duration age, int many, @Nullable String state) {
    List<String> ids = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    for (int n = 0; n < many; n++) {
      AT.set(NOW.minus(age).plusMillis(n * 50L));
      ids.add(IDS.next("evt"));
      times.add(AT.get().toEpochMilli());
    }
    String rows =
        " SELECT 'acct_1', ?, e.id, %s FROM unnest(?::text[], ?::bigint[]) AS e (id, millis)";
    String[] all = ids.toArray(String[]::new);
    Long[] millis = times.toArray(Long[]::new);
    jdbc.sql(
            "INSERT INTO events (account, livemode, id, version, created, type, object_type,"
                + " object, object_version, state, doc)"
                + rows.formatted(
                    "1, to_timestamp(e.millis / 1000.0), ?, 'customer', 'cus_1', 1, 'new', '{}'"))
        .params(livemode, type, all, millis)
        .update();
    if (state != null) {
      jdbc.sql(
              "INSERT INTO webhook_deliveries (account, livemode, event, endpoint, created, type,"
                  + " object, object_version, state, attempts, step, due)"
                  + rows.formatted(
                      "'we_1', to_timestamp(e.millis / 1000.0), ?, 'cus_1', 1, ?, 1, 1, now()"))
          .params(livemode, type, state, all, millis)
          .update();
    }
    return ids;
  }

  private static ListQuery query(int limit, @Nullable String after, @Nullable String before) {
    return new ListQuery(
        limit,
        Optional.ofNullable(after),
        Optional.ofNullable(before),
        0,
        NOW.plusSeconds(60).getEpochSecond());
  }

  /** Finds so many at most, and makes sure that not many were read for it. */
  private static ToldEvents.Found find(
      boolean everybody, ListQuery query, List<String> types, int most) {
    return find(OWNER, everybody, query, types, most);
  }

  private static ToldEvents.Found find(
      Principal who, boolean everybody, ListQuery query, List<String> types, int most) {
    List<ToldEvents.Found> found = new ArrayList<>();
    long rows = read.during(() -> found.add(store.find(who, everybody, query, types)));
    assertThat(rows).as("rows and entries that were read").isLessThan(most);
    return found.getFirst();
  }

  private static List<String> newest(List<String> ids, int many) {
    return ids.reversed().stream().limit(many).toList();
  }

  @Test
  void whatIsRareIsFoundAmongAllThatWasNotTold() {
    List<String> rare = new ArrayList<>(untold);
    rare.removeAll(new java.util.HashSet<>(dead));
    assertThat(find(false, query(10, null, null), List.of(RARE), 200))
        .isEqualTo(new ToldEvents.Found(newest(rare, 5), null));
    assertThat(find(false, query(2, null, null), List.of(RARE), 200).ids())
        .as("one more than stand on the page")
        .isEqualTo(newest(rare, 3));
    assertThat(find(false, query(10, rare.get(3), null), List.of(RARE), 200).ids())
        .isEqualTo(newest(rare.subList(0, 3), 3));
    assertThat(find(false, query(1, null, rare.getFirst()), List.of(RARE), 200).ids())
        .as("the next newer ones")
        .isEqualTo(rare.subList(1, 3));
  }

  @Test
  void typesAreListedInOneOrder() {
    assertThat(find(false, query(10, null, null), BOTH, 500).ids()).isEqualTo(newest(untold, 11));
    assertThat(find(false, query(10, dead.get(5), null), BOTH, 500).ids())
        .isEqualTo(newest(untold.subList(0, 8), 8));
    assertThat(find(false, query(3, null, untold.get(1)), BOTH, 500).ids())
        .isEqualTo(untold.subList(2, 6));
    assertThat(find(false, query(10, null, null), List.of(), 100).ids()).isEmpty();
  }

  @Test
  void theTimeIsFoundByTheIndex() {
    long from = NOW.minus(Duration.ofHours(2)).getEpochSecond();
    ListQuery part = new ListQuery(100, Optional.empty(), Optional.empty(), from, from + 2);
    assertThat(find(false, part, List.of(COMMON), 500).ids())
        .isEqualTo(newest(dead.subList(0, 40), 40));
    assertThat(store.find(LIVE, false, query(1, null, null), BOTH).ids())
        .as("of the other mode")
        .isEqualTo(newest(live, 2));
  }

  @Test
  void whatEverybodyWasToldOfIsFoundBehindWhatOneWasNot() {
    assertThat(find(true, query(10, null, null), List.of(RARE), 500))
        .isEqualTo(new ToldEvents.Found(newest(told, 3), null));
    assertThat(find(true, query(10, dead.get(1_000), null), BOTH, 20_000))
        .isEqualTo(new ToldEvents.Found(newest(told, 8), null));
    assertThat(find(true, query(4, null, told.get(1)), BOTH, 500).ids())
        .as("the next newer ones")
        .isEqualTo(told.subList(2, 7));
  }

  /** No more is looked at than that, and where to go on is told. */
  @Test
  void aLongDeathIsGoneThroughPartByPart() {
    List<String> seen = new ArrayList<>();
    String after = null;
    int parts = 0;
    do {
      ToldEvents.Found found = find(true, query(10, after, null), BOTH, 50_000);
      seen.addAll(found.ids());
      after = found.lookedAt();
      parts++;
    } while (after != null);
    assertThat(seen).isEqualTo(newest(told, 8));
    assertThat(parts).isEqualTo(DEAD / ToldEvents.MOST_LOOKED_AT + 1);
    assertThat(find(true, query(10, null, untold.getFirst()), BOTH, 50_000))
        .as("the same towards what is newer")
        .isEqualTo(new ToldEvents.Found(List.of(), untold.get(ToldEvents.MOST_LOOKED_AT)));
  }

  /** As many are looked at in all, and not of each type. */
  @Test
  void manyTypesCostNoMoreThanOne() {
    List<String> all = new ArrayList<>(ofMany);
    all.sort(null);
    int most = ToldEvents.MOST_LOOKED_AT;
    assertThat(find(LIVE, true, query(10, null, null), MANY, 5 * most / 2))
        .isEqualTo(new ToldEvents.Found(List.of(), newest(all, most).getLast()));
    assertThat(find(LIVE, true, query(10, null, all.getFirst()), MANY, 5 * most / 2))
        .as("the same towards what is newer")
        .isEqualTo(new ToldEvents.Found(List.of(), all.get(most)));
  }
}
