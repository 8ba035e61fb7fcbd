package dev.portcullis.gateway.disputes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.gateway.disputes.FeedStore.Claimed;
import dev.portcullis.gateway.disputes.FeedStore.Source;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A feed is read by one process at a time, and never forgets where it was. */
class FeedStoreTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant LEASE = NOW.plusSeconds(60);
  private static final DisputeNotice NOTICE =
      new DisputeNotice(
          "dsp_1",
          "op_1",
          7,
          Money.of(1_999, "usd"),
          "fraudulent",
          null,
          DisputeNotice.Stage.INQUIRY,
          NOW,
          NOW.plusSeconds(86_400));

  private static final Source STRIPE = new Source.Connected(List.of("stripe"));

  private final TestDatabase database = TestDatabase.fresh();
  private final JdbcClient jdbc = JdbcClient.create(database.everything());
  private final FeedStore store = new FeedStore(database.rows());

  private void ensure(String... accounts) {
    for (String account : accounts) {
      assertThat(jdbc.sql("INSERT INTO accounts (id) VALUES (?)").param(account).update())
          .isEqualTo(1);
    }
    store.ensure(new Source.Sandbox(), NOW);
    store.ensure(new Source.Sandbox(), NOW);
  }

  private Optional<Claimed> claim(Instant now, Instant lease) {
    return claim(new Source.Sandbox(), now, lease);
  }

  private Optional<Claimed> claim(Source source, Instant now, Instant lease) {
    return store.claim(source, now, lease, 1).stream().findFirst();
  }

  /** Each mode's has its own, under the name that the account gave it. */
  @Test
  void aConnectedProviderAccountHasOne() {
    ensure("acct_1");
    for (boolean livemode : List.of(true, false)) {
      connect(livemode, "shop", "stripe");
    }
    store.ensure(new Source.Connected(List.of("adyen")), NOW);
    assertThat(claim(STRIPE, NOW, LEASE)).isEmpty();
    store.ensure(STRIPE, NOW);
    store.ensure(STRIPE, NOW);
    Claimed one = claim(STRIPE, NOW, LEASE).orElseThrow();
    Claimed other = claim(STRIPE, NOW, LEASE).orElseThrow();
    assertThat(one.feed().provider()).isEqualTo(new Provider("shop", "stripe"));
    assertThat(one.feed().livemode()).isNotEqualTo(other.feed().livemode());
    assertThat(claim(STRIPE, NOW, LEASE)).isEmpty();
    assertThat(claim(NOW, LEASE).orElseThrow().feed().provider()).isEqualTo(Provider.SANDBOX);
  }

  private void connect(boolean livemode, String name, String connector) {
    assertThat(
            jdbc.sql(
                    "INSERT INTO provider_accounts (account, livemode, name, connector, place,"
                        + " paused, fee_basis_points, fee_fixed, fee_dispute,"
                        + " available_after_days, created, created_by) VALUES ('acct_1', ?,"
                        + " ?, ?, 1, false, 0, 0, 0, 0, now(), 'margaret')")
                .params(livemode, name, connector)
                .update())
        .isEqualTo(1);
  }

  /** It may be told of disputes before anybody has looked for new provider accounts. */
  @Test
  void whatIsHastenedBeforeItIsThereIsMade() {
    ensure("acct_1");
    connect(true, "shop", "stripe");
    assertThat(store.hasten("acct_1", false, "shop", NOW)).as("of the other mode").isFalse();
    assertThat(store.hasten("acct_2", true, "shop", NOW)).isFalse();
    assertThat(store.hasten("acct_1", true, "shop", NOW)).isTrue();
    assertThat(store.hasten("acct_1", true, "shop", NOW)).as("it is about to be").isFalse();
    Claimed made = claim(STRIPE, NOW, LEASE).orElseThrow();
    assertThat(made.feed().provider()).isEqualTo(new Provider("shop", "stripe"));
    assertThat(made.cursor()).isEqualTo(DisputeFeed.BEGINNING);
    assertThat(store.save(made, "7", List.of(), NOW.plusSeconds(86_400))).isTrue();
    assertThat(store.hasten("acct_1", true, "shop", NOW)).isTrue();
    assertThat(claim(STRIPE, NOW, LEASE).orElseThrow().cursor()).as("kept").isEqualTo("7");
  }

  @Test
  void oneAtATimeHasIt() {
    ensure("acct_1");
    assertThat(claim(NOW.minusSeconds(1), LEASE)).isEmpty();
    Claimed first = claim(NOW, LEASE).orElseThrow();
    assertThat(first.cursor()).isEqualTo(DisputeFeed.BEGINNING);
    assertThat(first.waiting()).isEmpty();
    assertThat(claim(NOW, LEASE)).isEmpty();
    assertThat(store.save(first, "7", List.of(NOTICE), NOW.plusSeconds(3))).isTrue();
    assertThat(store.waiting()).isEqualTo(1);
    assertThat(store.save(first, "8", List.of(), NOW)).as("it was given back").isFalse();
    Claimed second = claim(NOW.plusSeconds(3), LEASE.plusSeconds(3)).orElseThrow();
    assertThat(second.cursor()).isEqualTo("7");
    assertThat(second.waiting()).containsExactly(NOTICE);
  }

  @Test
  void whatADeadProcessTookComesBackAndItsLastWordIsNotHeard() {
    ensure("acct_1");
    Claimed dead = claim(NOW, LEASE).orElseThrow();
    Claimed next = claim(LEASE, LEASE.plusSeconds(60)).orElseThrow();
    assertThat(store.save(dead, "9", List.of(), NOW)).isFalse();
    assertThat(store.save(next, "3", List.of(), NOW)).isTrue();
    assertThat(claim(NOW, LEASE).orElseThrow().cursor()).isEqualTo("3");
  }

  @Test
  void eachAccountHasItsOwn() {
    ensure("acct_1", "acct_2");
    Claimed first = claim(NOW, LEASE).orElseThrow();
    Claimed second = claim(NOW, LEASE).orElseThrow();
    assertThat(first.feed().account()).isNotEqualTo(second.feed().account());
    assertThat(claim(NOW, LEASE)).isEmpty();
    assertThat(claim(STRIPE, NOW, LEASE)).as("of no connected one").isEmpty();
    assertThat(store.claim(new Source.Sandbox(), LEASE, LEASE.plusSeconds(60), 2)).hasSize(2);
    assertThat(store.save(first, "5", List.of(), NOW)).as("it was taken over").isFalse();
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    ensure("acct_1", "acct_2");
    Claimed first = claim(NOW, LEASE).orElseThrow();
    assertThat(claim(NOW, LEASE)).isPresent();
    assertThat(store.save(first, "5", List.of(), NOW)).isTrue();
    assertThat(claim(NOW, LEASE).orElseThrow().feed()).isEqualTo(first.feed());
  }
}
