package dev.portcullis.gateway.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.risk.CardTesting.Judgement;
import dev.portcullis.gateway.risk.CardTesting.Outcome;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Card testing against an honest shop, both seeded and on a clock of their own: the first is
 * stopped early, the second is not stopped on its best day.
 */
class CardTestingTest {

  private static final long SEED = 20_261_125;

  private static final int DAYS = Boolean.getBoolean("portcullis.long") ? 100 : 4;
  private static final Instant BEGIN = Instant.parse("2026-11-27T08:00:00Z");

  /** One shop, with what it knows. */
  private static final class Shop {
    final Map<Scope, Watch> watches = new HashMap<>();
    final Set<String> known = new HashSet<>();
    final Set<String> seen = new HashSet<>();
    final Map<Scope, Instant> probes = new HashMap<>();
    Instant now = BEGIN;
    int reached;
    int declined;
    int refused;

    /** Whether the attempt reached the provider. */
    boolean attempt(Attempt attempt, boolean approved) {
      if (!known.contains(attempt.fingerprint()) && stops(attempt)) {
        refused++;
        return false;
      }
      reached++;
      declined += approved ? 0 : 1;
      boolean first = !known.contains(attempt.fingerprint()) && seen.add(attempt.fingerprint());
      watches.putAll(CardTesting.after(new Outcome(attempt, approved, first), watches, now));
      if (approved) {
        known.add(attempt.fingerprint());
      }
      return true;
    }

    private boolean stops(Attempt attempt) {
      return switch (CardTesting.judge(attempt, watches, now)) {
        case Judgement.Pass _ -> false;
        case Judgement.Refuse _ -> true;
        case Judgement.Probe probe -> {
          boolean due =
              probe.scopes().stream()
                  .noneMatch(scope -> now.isBefore(probes.getOrDefault(scope, Instant.MIN)));
          if (due) {
            probe.scopes().forEach(scope -> probes.put(scope, now.plus(Thresholds.PROBE_PAUSE)));
          }
          yield !due;
        }
      };
    }

    Set<Scope.Kind> alarmedKinds() {
      return watches.entrySet().stream()
          .filter(entry -> !entry.getValue().isCalm())
          .map(entry -> entry.getKey().kind())
          .collect(Collectors.toSet());
    }

    Optional<Scope.Kind> alarmed() {
      return watches.entrySet().stream()
          .filter(entry -> !entry.getValue().isCalm())
          .map(entry -> entry.getKey().kind())
          .findFirst();
    }
  }

  private static Attempt attempt(
      String card, String bin, long amount, @Nullable String address, @Nullable String customer) {
    return new Attempt(
        "acct_a",
        true,
        card,
        bin,
        Money.of(amount, "usd"),
        "key_p",
        customer,
        address == null ? null : new Attempt.Address(address, address));
  }

  private static Attempt stolen(Random random, int n) {
    return attempt(
        "stolen" + n,
        "4" + (10_000 + random.nextInt(200)),
        50 + random.nextInt(450),
        "198.51." + random.nextInt(100) + "." + random.nextInt(256),
        null);
  }

  @Test
  void ten_thousand_stolen_cards_are_stopped_within_fifty_declines() {
    for (double bad : new double[] {0.8, 0.9, 0.98}) {
      Random random = new Random(SEED);
      Shop shop = new Shop();
      for (int n = 0; n < 10_000; n++) {
        shop.now = shop.now.plusMillis(100);
        shop.attempt(stolen(random, n), random.nextDouble() >= bad);
      }
      assertThat(shop.declined).as("declines of %s", bad).isLessThanOrEqualTo(50);
      assertThat(shop.refused).isGreaterThan(9_900);
    }
  }

  private static Attempt shopper(Random random, int n, long amount) {
    return attempt(
        "honest" + n,
        "5" + random.nextInt(400),
        amount,
        "203.0." + random.nextInt(256) + "." + random.nextInt(256),
        null);
  }

  /**
   * Somebody with the publishable key of a page and one address, who wants the shop's own customers
   * refused: bogus cards at their amounts, of their banks, for hours.
   */
  @Test
  void who_tries_bogus_cards_from_one_address_has_that_address_refused_and_nobody_elses() {
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(SEED + seed);
      Shop shop = new Shop();
      int honestRefused = 0;
      int bogusDeclined = 0;
      for (int n = 0; n < 36_000; n++) {
        shop.now = shop.now.plusMillis(200);
        Attempt bogus =
            attempt("bogus" + n, "5" + random.nextInt(400), 4_900, "198.51.100.7", null);
        bogusDeclined += shop.attempt(bogus, false) ? 1 : 0;
        if (n % 20 == 0) {
          boolean passed = shop.attempt(shopper(random, n, 4_900), random.nextDouble() >= 0.12);
          honestRefused += passed ? 0 : 1;
        }
      }
      assertThat(honestRefused).isZero();
      assertThat(shop.alarmedKinds()).isSubsetOf(Scope.Kind.ADDRESS);
      assertThat(bogusDeclined).as("in two hours").isLessThan(60);
    }
  }

  /** Where nobody else buys, too: there are no approvals that would take the points away. */
  @Test
  void one_address_alone_alarms_no_amount_and_no_key_however_long_it_goes_on() {
    for (Duration pause : new Duration[] {Duration.ofMillis(200), Duration.ofMinutes(3)}) {
      Shop shop = new Shop();
      for (int n = 0; n < 3_000; n++) {
        shop.now = shop.now.plus(pause);
        shop.attempt(attempt("bogus" + n, "4" + n, 4_900, "198.51.100.7", null), false);
        assertThat(shop.alarmedKinds()).isSubsetOf(Scope.Kind.ADDRESS);
      }
      assertThat(shop.refused).isGreaterThan(2_000);
    }
  }

  /** A pause that others brought about ends by those who were not declined. */
  @Test
  void whose_address_was_declined_is_no_probe() {
    Shop shop = new Shop();
    Scope amount = new Scope("acct_a", true, Scope.Kind.AMOUNT, "usd medium");
    Watch paused = Watch.calm(BEGIN);
    while (paused.isCalm()) {
      paused = paused.after(false, Thresholds.LIVE.alarm(), Thresholds.LIVE, BEGIN);
    }
    Attempt tester = attempt("t", "411111", 4_900, "198.51.100.7", null);
    shop.attempt(tester, false);
    shop.watches.put(amount, paused);
    shop.now = BEGIN.plus(Thresholds.LIVE.pause(0)).plusSeconds(1);
    for (int n = 0; n < 100; n++) {
      shop.now = shop.now.plusSeconds(1);
      assertThat(shop.attempt(attempt("t" + n, "422222", 4_900, "198.51.100.7", null), false))
          .isFalse();
    }
    for (int n = 0; n < Thresholds.GOOD_PROBES; n++) {
      shop.now = shop.now.plusSeconds(6);
      assertThat(shop.attempt(attempt("h" + n, "433333", 4_900, "203.0.113." + n, null), true))
          .isTrue();
    }
    assertThat(shop.alarmed()).isEmpty();
  }

  /** Without addresses and BINs, from a shop's own server, slowly. */
  @Test
  void a_slow_tester_behind_a_server_is_stopped_too() {
    Random random = new Random(SEED);
    Shop shop = new Shop();
    for (int n = 0; n < 1_000; n++) {
      shop.now = shop.now.plusSeconds(60);
      Attempt stolen = stolen(random, n);
      shop.attempt(
          new Attempt(
              "acct_a", true, stolen.fingerprint(), null, stolen.amount(), "key_s", null, null),
          random.nextDouble() >= 0.9);
    }
    assertThat(shop.reached).isLessThan(250);
  }

  @Test
  void a_shop_with_large_baskets_goes_on_while_it_is_tested_with_small_amounts() {
    Random random = new Random(SEED);
    Shop shop = new Shop();
    int honestRefused = 0;
    for (int n = 0; n < 10_000; n++) {
      shop.now = shop.now.plusMillis(100);
      shop.attempt(stolen(random, n), random.nextDouble() >= 0.9);
      Attempt honest =
          attempt(
              "honest" + n,
              "5" + random.nextInt(2_000),
              2_000 + random.nextInt(30_000),
              "203.0." + random.nextInt(256) + "." + random.nextInt(256),
              null);
      honestRefused += shop.attempt(honest, random.nextDouble() >= 0.12) ? 0 : 1;
    }
    assertThat(honestRefused).isZero();
  }

  /** Twenty times the usual rate, all cards new, a tenth of them through one office's address. */
  @Test
  void the_best_day_of_an_honest_shop_is_not_stopped() {
    for (double bad : new double[] {0.05, 0.10, 0.15}) {
      for (int day = 0; day < DAYS; day++) {
        Random random = new Random(SEED + day);
        Shop shop = new Shop();
        for (int n = 0; n < 20_000; n++) {
          shop.now = shop.now.plusMillis(50 + random.nextInt(100));
          String address =
              random.nextInt(10) == 0
                  ? "192.0.2.1"
                  : "203." + random.nextInt(256) + ".1." + random.nextInt(256);
          Attempt attempt =
              attempt(
                  "card" + n,
                  "5" + random.nextInt(50),
                  100 + random.nextInt(20_000),
                  address,
                  null);
          shop.attempt(attempt, random.nextDouble() >= bad);
        }
        assertThat(shop.refused).as("refused with a share of %s on day %s", bad, day).isZero();
      }
    }
  }

  /**
   * A bank that is down for five minutes declines everything of its BIN, a third of all payments.
   * Nobody else is refused, and of its own cards none that would have been approved but in the time
   * that it takes to notice that it is back.
   */
  @Test
  void a_banks_outage_stops_nobody_elses_cards_and_heals() {
    Random random = new Random(SEED);
    Shop shop = new Shop();
    Duration outage = Duration.ofMinutes(5);
    Instant from = BEGIN.plus(Duration.ofMinutes(10));
    Instant to = from.plus(outage);
    int othersRefused = 0;
    Instant lastRefused = Instant.MIN;
    for (int n = 0; shop.now.isBefore(to.plus(Duration.ofHours(1))); n++) {
      shop.now = shop.now.plusMillis(100);
      boolean ofBank = random.nextInt(3) == 0;
      String bin = ofBank ? "411111" : "5" + random.nextInt(40);
      boolean down = ofBank && !shop.now.isBefore(from) && shop.now.isBefore(to);
      boolean passed =
          shop.attempt(
              attempt("card" + n, bin, 500 + random.nextInt(20_000), null, null),
              !down && random.nextDouble() >= 0.10);
      if (!passed && !ofBank) {
        othersRefused++;
      } else if (!passed) {
        lastRefused = shop.now;
      }
    }
    assertThat(othersRefused).isZero();
    assertThat(lastRefused).isAfter(from);
    assertThat(Duration.between(to, lastRefused))
        .isLessThan(outage.plus(Thresholds.LIVE.pause(0)).plus(Duration.ofMinutes(1)));
    assertThat(shop.alarmed()).isEmpty();
  }

  /** A known card is never refused for what others do, and the same card again is one card. */
  @Test
  void cards_that_the_shop_knows_are_let_through() {
    Random random = new Random(SEED);
    Shop shop = new Shop();
    Attempt regular = attempt("regular", "411111", 300, null, null);
    assertThat(shop.attempt(regular, true)).isTrue();
    for (int n = 0; n < 1_000; n++) {
      shop.now = shop.now.plusMillis(100);
      shop.attempt(stolen(random, n), false);
      assertThat(shop.attempt(regular, true)).isTrue();
    }
    assertThat(shop.refused).isGreaterThan(900);
  }

  @Test
  void one_card_that_is_declined_again_and_again_is_refused_alone() {
    Shop shop = new Shop();
    Attempt again = attempt("one", "411111", 300, null, null);
    for (int n = 0; n < 100; n++) {
      shop.now = shop.now.plusSeconds(1);
      shop.attempt(again, false);
    }
    assertThat(shop.declined).isEqualTo(12);
    assertThat(shop.alarmed()).contains(Scope.Kind.CARD);
    assertThat(shop.attempt(attempt("two", "411111", 300, null, null), true)).isTrue();
  }

  @Test
  void one_customer_with_many_cards_is_stopped_before_the_shop_is() {
    Shop shop = new Shop();
    for (int n = 0; n < 50; n++) {
      shop.now = shop.now.plusSeconds(1);
      shop.attempt(attempt("c" + n, "4" + n, 300, null, "cus_1"), false);
    }
    assertThat(shop.declined).isEqualTo(8);
    assertThat(shop.alarmed()).contains(Scope.Kind.CUSTOMER);
    assertThat(shop.attempt(attempt("x", "4999", 300, null, null), true)).isTrue();
  }

  /** The sandbox's public test cards are a few, tried for ever. */
  @Test
  void test_mode_takes_its_declining_cards_again_and_again() {
    Shop shop = new Shop();
    for (int n = 0; n < 5_000; n++) {
      shop.now = shop.now.plusMillis(10);
      Attempt test =
          new Attempt(
              "acct_a", false, "fp" + n % 20, "400000", Money.of(1_999, "usd"), "k", null, null);
      shop.attempt(test, n % 20 == 0);
    }
    assertThat(shop.refused).isZero();
  }
}
