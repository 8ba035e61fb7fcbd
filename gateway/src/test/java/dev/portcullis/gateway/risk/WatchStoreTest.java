package dev.portcullis.gateway.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.gateway.testing.TestDatabase;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What all gateways know of alarms, when there are very many. */
class WatchStoreTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final WatchStore store = new WatchStore(TestDatabase.fresh().rows(), Seals.BLIND);

  private static Watch paused(Instant until) {
    return new Watch(112, NOW, until, 1, 0, 0, NOW);
  }

  private static Scope scope(String account, Scope.Kind kind, String value) {
    return new Scope(account, true, kind, value);
  }

  private void save(Scope scope, Instant until) {
    store.save(Map.of(scope, paused(until)));
  }

  private void flood(String account) {
    Map<Scope, Watch> many = new HashMap<>();
    for (int n = 0; n < 12_000; n++) {
      many.put(scope(account, Scope.Kind.ADDRESS, "address " + n), paused(NOW.plusSeconds(9_000)));
    }
    store.save(many);
  }

  @Test
  void oneAccountsAlarmsLeaveTheOthersTheirs() {
    flood("acct_flooded");
    Scope other = scope("acct_other", Scope.Kind.CARD, "fp_1");
    Scope test = new Scope("acct_flooded", false, Scope.Kind.CARD, "fp_1");
    save(other, NOW.plusSeconds(1));
    save(test, NOW.plusSeconds(1));
    assertThat(store.alarmed()).containsKeys(other, test).hasSize(WatchStore.MOST_OF_ONE + 2);
  }

  @Test
  void anAccountsBroadAlarmsComeFirst() {
    flood("acct_flooded");
    Scope key = scope("acct_flooded", Scope.Kind.KEY, "key_1");
    Scope amount = scope("acct_flooded", Scope.Kind.AMOUNT, "usd small");
    Scope bin = scope("acct_flooded", Scope.Kind.BIN, "424242");
    Scope customer = scope("acct_flooded", Scope.Kind.CUSTOMER, "cus_1");
    for (Scope scope : new Scope[] {key, amount, bin}) {
      save(scope, NOW.plusSeconds(1));
    }
    save(customer, NOW.plusSeconds(90_000));
    assertThat(store.alarmed())
        .containsKeys(key, amount, bin)
        .doesNotContainKey(customer)
        .hasSize(WatchStore.MOST_OF_ONE);
  }

  @Test
  void ofAPauseThatIsOverItIsKnownHoweverManyThereAre() {
    flood("acct_flooded");
    Scope old = scope("acct_flooded", Scope.Kind.CUSTOMER, "cus_1");
    save(old, NOW.minusSeconds(30_000));
    assertThat(store.alarmed()).doesNotContainKey(old);
    assertThat(store.over(Watch.overBefore(NOW))).containsOnlyKeys(old);
  }
}
