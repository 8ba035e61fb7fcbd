package dev.portcullis.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.LimitReached.Reason;
import dev.portcullis.gateway.limits.LimitSettings.Holder;
import dev.portcullis.wire.key.KeyKind;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> entries = new ArrayList<>();
  private final List<String> details = new ArrayList<>();
  private final GuessedKeys.Trail trail =
      (actor, action, _, _, detail) -> {
        entries.add(action + " " + actor.address());
        details.add(detail);
      };
  private final TimeMeter time =
      new TimeMeter() {
        @Override
        public long currentTimeNanos() {
          return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
          return false;
        }
      };

  /** Settings in lines of a key, an equals sign and a value. */
  static LimitSettings settings(String... lines) {
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      values.put(line.split("=")[0], line.split("=")[1]);
    }
    return new LimitSettings(
        values.containsKey("sandbox"), key -> Optional.ofNullable(values.get(key)));
  }

  private Limits limits(String... lines) {
    return new Limits(
        settings(lines), time, () -> 0, new GuessedKeys(trail, InstantSource.system()), meters);
  }

  private static Principal principal(String account, String key, KeyKind kind) {
    return new Principal(account, true, key, kind);
  }

  private static final Principal SECRET = principal("acct_a", "key_a", KeyKind.SECRET);
  private static final Principal PAGE = principal("acct_a", "key_p", KeyKind.PUBLISHABLE);

  private int admitted(Limits limits, Principal principal, String address, int tries) {
    int admitted = 0;
    for (int n = 0; n < tries; n++) {
      try {
        limits.admit(principal, address, RouteClass.READS);
        admitted++;
      } catch (LimitReached e) {
        assertThat(e.error().status()).isEqualTo(429);
        assertThat(e.error().code()).isEqualTo("rate_limit");
      }
    }
    return admitted;
  }

  @Test
  void a_key_has_its_burst_and_then_its_rate() {
    Limits limits = limits("limits.live.key.reads=10", "limits.burst=3");
    assertThat(admitted(limits, SECRET, "192.0.2.1", 100)).isEqualTo(30);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(admitted(limits, SECRET, "192.0.2.1", 100)).isEqualTo(10);
    LimitReached refused =
        catchThrowableOfType(
            LimitReached.class, () -> limits.admit(SECRET, "192.0.2.1", RouteClass.READS));
    assertThat(refused.reason()).isEqualTo(Reason.ENDPOINT_RATE);
    assertThat(refused.retryAfterSeconds()).isEqualTo(1);
    // Another class has another bucket, and so has another key.
    limits.admit(SECRET, "192.0.2.1", RouteClass.PAYMENTS);
    assertThat(admitted(limits, principal("acct_a", "key_b", KeyKind.SECRET), "192.0.2.1", 40))
        .isEqualTo(30);
    assertThat(
            meters.counter("portcullis.limits.refused", "limit", "key", "class", "reads").count())
        .isEqualTo(70 + 90 + 1 + 10);
  }

  @Test
  void whoever_waits_as_long_as_told_is_let_in() {
    RateLimits rates = new RateLimits(settings("limits.live.key.lists=1", "limits.burst=1"), time);
    assertThat(rates.take(Holder.KEY, "k", true, RouteClass.LISTS)).isZero();
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    long wait = rates.take(Holder.KEY, "k", true, RouteClass.LISTS);
    assertThat(wait).isEqualTo(1);
    nanos.addAndGet(Duration.ofSeconds(wait).toNanos());
    assertThat(rates.take(Holder.KEY, "k", true, RouteClass.LISTS)).isZero();
  }

  @Test
  void all_keys_of_an_account_share_its_bucket() {
    Limits limits =
        limits("limits.live.key.reads=10", "limits.live.account.reads=15", "limits.burst=1");
    assertThat(admitted(limits, SECRET, "192.0.2.1", 20)).isEqualTo(10);
    assertThat(admitted(limits, principal("acct_a", "key_b", KeyKind.SECRET), "192.0.2.1", 20))
        .isEqualTo(5);
    assertThat(admitted(limits, principal("acct_b", "key_c", KeyKind.SECRET), "192.0.2.1", 20))
        .isEqualTo(10);
  }

  /** Everybody can read a publishable key: a few addresses must not use it up for all shoppers. */
  @Test
  void no_number_of_addresses_can_use_up_a_publishable_key_or_its_account() {
    Limits limits =
        limits(
            "limits.live.key.reads=100",
            "limits.live.account.reads=200",
            "limits.address.reads=50",
            "limits.burst=1");
    for (int n = 0; n < 20; n++) {
      assertThat(admitted(limits, PAGE, "198.51.100." + n, 1_000)).isEqualTo(50);
    }
    assertThat(admitted(limits, PAGE, "192.0.2.2", 10)).isEqualTo(10);
    // A server's own address is not limited: it speaks for all of its shoppers.
    assertThat(admitted(limits, SECRET, "192.0.2.1", 100)).isEqualTo(100);
  }

  @Test
  void who_guesses_is_on_record_once_an_hour_and_many_do_not_fill_the_trail() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T10:00:00Z"));
    GuessedKeys guesses = new GuessedKeys(trail, now::get);
    for (int n = 0; n < 1_000; n++) {
      guesses.report("192.0.2.1");
    }
    assertThat(entries).containsExactly("key.guessing_slowed 192.0.2.1");
    now.set(now.get().plus(Duration.ofHours(1)));
    guesses.report("192.0.2.1");
    assertThat(entries).hasSize(2);
    for (int n = 0; n < 1_000; n++) {
      guesses.report("2001:db8:0:" + Integer.toHexString(n) + "::");
    }
    assertThat(entries).hasSize(1 + GuessedKeys.MOST_AN_HOUR);
    now.set(now.get().plus(Duration.ofHours(1)));
    guesses.tell();
    guesses.tell();
    assertThat(entries).hasSize(2 + GuessedKeys.MOST_AN_HOUR);
    assertThat(details.getLast())
        .isEqualTo("addresses: 901 more from 2026-11-26T11:00:00Z to 2026-11-26T12:00:00Z");
  }

  @Test
  void a_trail_that_is_away_fails_no_refusal_and_is_tried_again() {
    AtomicInteger tries = new AtomicInteger();
    GuessedKeys guesses =
        new GuessedKeys(
            (_, _, _, _, _) -> {
              tries.incrementAndGet();
              throw new IllegalStateException("no database");
            },
            InstantSource.system());
    guesses.report("192.0.2.1");
    guesses.report("192.0.2.1");
    assertThat(tries).hasValue(2);
  }

  @Test
  void an_address_that_guesses_keys_is_stopped_before_the_database() {
    Limits limits = limits("limits.address.unknown-keys=5", "limits.burst=1");
    for (int n = 0; n < 5; n++) {
      guess(limits, "192.0.2.1").isNone();
    }
    assertThatThrownBy(() -> guess(limits, "192.0.2.1")).isInstanceOf(LimitReached.class);
    guess(limits, "192.0.2.2");
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    guess(limits, "192.0.2.1");
  }

  private static Guess guess(Limits limits, String address) {
    Guess guess = limits.guess(InetAddress.ofLiteral(address));
    guess.begin();
    return guess;
  }

  private static int guesses(Limits limits, String network, int networks, int each) {
    int heard = 0;
    for (int n = 0; n < networks; n++) {
      for (int m = 0; m < each; m++) {
        try {
          guess(limits, network + Integer.toHexString(n + 1) + "::1");
          heard++;
        } catch (LimitReached e) {
          assertThat(e.reason()).isEqualTo(Reason.GLOBAL_RATE);
        }
      }
    }
    return heard;
  }

  /** A /48 is what one customer of a network gets, and holds 65,536 networks. */
  @Test
  void who_has_many_networks_guesses_no_more_for_it() {
    Limits limits = limits("limits.address.unknown-keys=5", "limits.burst=1");
    assertThat(guesses(limits, "2001:db8:1:", 100, 5)).isEqualTo(5 * Guess.SITE);
    assertThat(entries).contains("key.guessing_slowed 20010db80001/48");
    assertThat(guesses(limits, "2001:db8:2:", 1, 5)).as("another site").isEqualTo(5);
    int all = 5 * Guess.SITE + 5;
    for (int n = 3; n < 100; n++) {
      all += guesses(limits, "2001:db8:" + Integer.toHexString(n) + ":", 1, 5);
    }
    assertThat(all).as("from everywhere").isEqualTo(5 * Guess.ALL);
    assertThat(entries).contains("key.guessing_slowed " + Guess.EVERYWHERE);
  }

  @Test
  void a_token_is_taken_before_the_look_up_and_given_back_for_a_key() {
    Limits limits = limits("limits.address.unknown-keys=5", "limits.burst=1");
    List<Guess> atOnce = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      atOnce.add(guess(limits, "2001:db8::1"));
    }
    assertThatThrownBy(() -> guess(limits, "2001:db8::1")).isInstanceOf(LimitReached.class);
    atOnce.forEach(Guess::isKey);
    atOnce.forEach(Guess::isKey);
    assertThat(guesses(limits, "2001:db8:0:", 100, 5)).as("and once").isEqualTo(5 * Guess.SITE);
    // A key that was seen lately and has been revoked is looked at without one.
    limits.guess(InetAddress.ofLiteral("192.0.2.1")).isNone();
    assertThat(guessesOf(limits, "192.0.2.1")).isEqualTo(4);
  }

  private static int guessesOf(Limits limits, String address) {
    int heard = 0;
    for (int n = 0; n < 10; n++) {
      try {
        guess(limits, address);
        heard++;
      } catch (LimitReached e) {
        assertThat(e.retryAfterSeconds()).isPositive();
      }
    }
    return heard;
  }

  @Test
  void a_flood_of_addresses_neither_fills_the_memory_nor_frees_a_bucket_in_use() {
    RateLimits rates =
        new RateLimits(settings("limits.address.reads=10", "limits.burst=1"), time, 1_000);
    int admitted = 0;
    for (int n = 0; n < 100_000; n++) {
      rates.take(Holder.ADDRESS, "2001:db8::" + Integer.toHexString(n), true, RouteClass.READS);
      if (n % 10 == 0 && rates.take(Holder.ADDRESS, "192.0.2.1", true, RouteClass.READS) == 0) {
        admitted++;
      }
    }
    assertThat(rates.settledSize()).isLessThanOrEqualTo(1_000);
    assertThat(admitted).isLessThanOrEqualTo(30);
  }

  @Test
  void defaults_are_as_documented() {
    LimitSettings live = settings();
    assertThat(live.rate(Holder.KEY, true, RouteClass.PAYMENTS)).isEqualTo(100);
    assertThat(live.rate(Holder.KEY, true, RouteClass.LISTS)).isEqualTo(25);
    assertThat(live.rate(Holder.KEY, false, RouteClass.PAYMENTS)).isEqualTo(25);
    assertThat(live.rate(Holder.ACCOUNT, true, RouteClass.PAYMENTS)).isEqualTo(200);
    assertThat(live.rate(Holder.ADDRESS, true, RouteClass.PAYMENTS)).isEqualTo(50);
    assertThat(settings("sandbox=true").rate(Holder.KEY, false, RouteClass.LISTS)).isEqualTo(5_000);
  }

  @Test
  void routes_are_of_the_class_that_they_cost() {
    assertThat(RouteClass.of("POST", "/v1/payment_intents/{id}/confirm", false))
        .isEqualTo(RouteClass.PAYMENTS);
    assertThat(RouteClass.of("POST", "/v1/refunds", false)).isEqualTo(RouteClass.PAYMENTS);
    assertThat(RouteClass.of("POST", "/v1/customers", false)).isEqualTo(RouteClass.WRITES);
    assertThat(RouteClass.of("DELETE", "/v1/customers/{id}", false)).isEqualTo(RouteClass.WRITES);
    assertThat(RouteClass.of("GET", "/v1/payment_intents/{id}", false)).isEqualTo(RouteClass.READS);
    assertThat(RouteClass.of("GET", "/v1/payment_intents/search", true))
        .isEqualTo(RouteClass.LISTS);
  }
}
