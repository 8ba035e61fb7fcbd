package dev.portcullis.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.gateway.limits.LimitReached.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AtOnceLimitsTest {

  private final AtomicInteger pressure = new AtomicInteger();

  private AtOnceLimits limits(String... lines) {
    return new AtOnceLimits(RateLimitsTest.settings(lines), pressure::get);
  }

  @Test
  void one_accounts_lists_leave_room_for_anothers() throws Exception {
    AtOnceLimits limits =
        limits(
            "limits.at-once.lists=4",
            "limits.at-once.account.lists=3",
            "limits.waiting.account.lists=100",
            "limits.wait=PT30S");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtOnceLimits.Place[] places = new AtOnceLimits.Place[3];
      for (int n = 0; n < 3; n++) {
        places[n] = limits.enter("acct_heavy", false, RouteClass.LISTS);
      }
      Future<AtOnceLimits.Place> queued =
          threads.submit(() -> limits.enter("acct_heavy", false, RouteClass.LISTS));
      // It waits for its own account's place and takes none of the others'.
      limits.enter("acct_other", false, RouteClass.LISTS).close();
      assertThat(queued.isDone()).isFalse();
      places[0].close();
      queued.get().close();
      places[1].close();
      places[2].close();
    }
    assertThat(limits.running(RouteClass.LISTS)).isZero();
    assertThat(limits.accounts()).isZero();
  }

  /** Whoever reads the key in a page can hold as many requests open as they like. */
  @Test
  void pages_hold_half_of_an_accounts_places_and_its_servers_the_rest() {
    AtOnceLimits limits =
        limits(
            "limits.at-once.account.writes=8",
            "limits.waiting.account.writes=2",
            "limits.wait=PT0.001S");
    List<AtOnceLimits.Place> places = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      places.add(limits.enterFromPage("acct_a", false, RouteClass.WRITES));
    }
    assertThatThrownBy(() -> limits.enterFromPage("acct_a", false, RouteClass.WRITES))
        .isInstanceOf(LimitReached.class);
    for (int n = 0; n < 4; n++) {
      places.add(limits.enter("acct_a", false, RouteClass.WRITES));
    }
    assertThatThrownBy(() -> limits.enter("acct_a", false, RouteClass.WRITES))
        .isInstanceOf(LimitReached.class);
    places.forEach(AtOnceLimits.Place::close);
    assertThat(limits.running(RouteClass.WRITES)).isZero();
    assertThat(limits.accounts()).isZero();
  }

  @Test
  void an_accounts_queue_is_bounded() {
    AtOnceLimits limits =
        limits(
            "limits.at-once.account.reads=1",
            "limits.waiting.account.reads=1",
            "limits.wait=PT0.001S");
    AtOnceLimits.Place place = limits.enter("acct_a", false, RouteClass.READS);
    LimitReached waited =
        catchThrowableOfType(
            LimitReached.class, () -> limits.enter("acct_a", false, RouteClass.READS));
    assertThat(waited.error().status()).isEqualTo(429);
    assertThat(waited.reason()).isEqualTo(Reason.ENDPOINT_CONCURRENCY);
    limits.enter("acct_a", true, RouteClass.READS).close();
    place.close();
    limits.enter("acct_a", false, RouteClass.READS).close();
    assertThat(limits.accounts()).isZero();
  }

  @Test
  void when_all_places_are_taken_the_answer_is_that_there_is_too_much_to_do() {
    AtOnceLimits limits =
        limits("limits.at-once.reads=1", "limits.waiting.reads=1", "limits.wait=PT0.001S");
    AtOnceLimits.Place place = limits.enter("acct_a", false, RouteClass.READS);
    LimitReached busy =
        catchThrowableOfType(
            LimitReached.class, () -> limits.enter("acct_b", false, RouteClass.READS));
    assertThat(busy.error().status()).isEqualTo(503);
    assertThat(busy.retryAfterSeconds()).isEqualTo(1);
    limits.enter("acct_b", false, RouteClass.PAYMENTS).close();
    place.close();
    assertThat(limits.running(RouteClass.READS)).isZero();
    limits.enter("acct_b", false, RouteClass.READS).close();
  }

  @Test
  void lists_are_given_up_first_and_payments_never() {
    AtOnceLimits limits = limits();
    pressure.set(128);
    assertThatThrownBy(() -> limits.enter("acct_a", false, RouteClass.LISTS))
        .isInstanceOf(LimitReached.class);
    limits.enter("acct_a", false, RouteClass.READS).close();
    pressure.set(512);
    assertThatThrownBy(() -> limits.enter("acct_a", false, RouteClass.READS))
        .isInstanceOf(LimitReached.class);
    limits.enter("acct_a", false, RouteClass.WRITES).close();
    pressure.set(100_000);
    assertThatThrownBy(() -> limits.enter("acct_a", false, RouteClass.WRITES))
        .isInstanceOf(LimitReached.class);
    limits.enter("acct_a", false, RouteClass.PAYMENTS).close();
  }

  @Test
  void places_are_given_back_whatever_happens_at_once() throws Exception {
    AtOnceLimits limits =
        limits(
            "limits.at-once.reads=3",
            "limits.at-once.account.reads=2",
            "limits.waiting.reads=1",
            "limits.waiting.account.reads=1",
            "limits.wait=PT0.001S");
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < 2_000; n++) {
        String account = "acct_" + n % 7;
        threads.execute(
            () -> {
              try (AtOnceLimits.Place place = limits.enter(account, false, RouteClass.READS)) {
                assertThat(place).isNotNull();
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
              } catch (LimitReached _) {
                refused.incrementAndGet();
              }
            });
      }
    }
    assertThat(most.get()).isBetween(1, 3);
    assertThat(refused.get()).isLessThan(2_000);
    assertThat(limits.running(RouteClass.READS)).isZero();
    assertThat(limits.accounts()).isZero();
  }
}
