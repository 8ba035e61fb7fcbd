package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.disputes.DisputePuller;
import dev.portcullis.gateway.disputes.FeedStore;
import dev.portcullis.gateway.disputes.NoticesAside;
import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider whose notifications of disputes are but a reason to read their list, as PayPal's. */
class HastenedDisputesTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static final AtomicInteger READ = new AtomicInteger();

  @BeforeAll
  static void connect() {
    GATEWAY.provider.script(
        "paypal.disputes",
        _ -> {
          READ.incrementAndGet();
          return Map.of("links", List.of());
        });
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    Answer added =
        PEOPLE.call(
            "POST",
            "providers",
            PEOPLE.token("margaret"),
            Map.of("account", "acct_first", "name", "pp_shop", "connector", "paypal"));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Answer tell(String signature) {
    Map<String, Object> event =
        Map.of(
            "id", "WH-1",
            "event_type", "CUSTOMER.DISPUTE.CREATED",
            "resource", Map.of("dispute_id", "PP-D-1"));
    return GATEWAY.send(
        HttpRequest.newBuilder(
                URI.create(GATEWAY.base + "/webhooks/paypal/acct_first/test/pp_shop"))
            .header(FakeProvider.SIGNATURE, signature)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(event))));
  }

  @Test
  void theListIsReadWhenOneIsToldOf() throws SQLException {
    Eventually.until(() -> READ.get() > 0);
    GATEWAY.database.execute(
        "UPDATE provider_feeds SET due = now() + interval '1000 days' WHERE id = 'pp_shop'");
    assertThat(isLater()).isTrue();
    assertThat(tell("forged").status()).isEqualTo(400);
    assertThat(isLater()).isTrue();
    int before = READ.get();
    Answer told = tell(FakeProvider.signature("acct_first", false, "pp_shop"));
    assertThat(told.status()).as(told.text()).isEqualTo(200);
    Eventually.until(() -> !isLater() && READ.get() > before);
  }

  /** A burst of notices must not take it from its reader, who would never get on. */
  @Test
  void whoReadsItIsLetAlone() throws SQLException {
    FeedStore feeds = GATEWAY.context.getBean(FeedStore.class);
    Instant now = GATEWAY.clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant leased = now.plus(FeedStore.LONGEST_LEASE);
    for (Instant due : List.of(leased, leased.plusSeconds(1))) {
      GATEWAY.database.execute(
          "UPDATE provider_feeds SET due = '" + due + "' WHERE id = 'pp_shop'");
      assertThat(feeds.hasten("acct_first", false, "pp_shop", now)).isEqualTo(due.isAfter(leased));
    }
    assertThat(feeds.hasten("acct_second", false, "pp_shop", now)).isFalse();
  }

  /** Whoever is new is looked for as seldom as a feed is read, and not at each claim. */
  @Test
  void feedsOfNewProviderAccountsAreMadeInTime() throws SQLException {
    Duration pause = Duration.ofHours(1);
    AtomicReference<Instant> now = new AtomicReference<>(GATEWAY.clock.instant());
    try (DisputePuller puller =
        new DisputePuller(
            // The gateway's own ones look for connectors that have a list.
            new FeedStore.Source.Connected(List.of("adyen")),
            pause,
            GATEWAY.context.getBean(FeedStore.class),
            GATEWAY.context.getBean(NoticesAside.class),
            GATEWAY.context.getBean(ProviderGate.class),
            GATEWAY.context.getBean(DisputeIntake.class),
            now::get)) {
      connectAdyen("shop_early");
      assertThat(puller.pullDue()).isEqualTo(1);
      connectAdyen("shop_late");
      now.updateAndGet(before -> before.plus(pause).minusSeconds(1));
      assertThat(puller.pullDue()).isZero();
      assertThat(feeds("shop_late")).isZero();
      now.updateAndGet(before -> before.plusSeconds(2));
      assertThat(puller.pullDue()).isEqualTo(2);
      assertThat(feeds("shop_late")).isEqualTo(1);
    }
  }

  private static void connectAdyen(String name) throws SQLException {
    GATEWAY.database.execute(
        "INSERT INTO provider_accounts (account, livemode, name, connector, place, paused,"
            + " fee_basis_points, fee_fixed, fee_dispute, available_after_days, created,"
            + " created_by) VALUES ('acct_second', false, '"
            + name
            + "', 'adyen', 1, false, 0, 0, 0, 0, now(), 'margaret')");
  }

  private static long feeds(String name) {
    return GATEWAY.database.number("SELECT count(*) FROM provider_feeds WHERE id = ?", name);
  }

  private static boolean isLater() {
    return GATEWAY.database.number(
            "SELECT count(*) FROM provider_feeds WHERE id = 'pp_shop'"
                + " AND due > now() + interval '999 days'")
        == 1;
  }
}
