package dev.portcullis.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Who has the places for attempts. */
class LanesTest {

  private static final Outcome WELL = new Outcome.Delivered(200);
  private static final int PLACES = 8;
  private static final int ALL = 64;

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private Lanes lanes = empty();
  private int events;

  private Lanes empty() {
    return new Lanes(PLACES, ALL, 10_000, () -> now);
  }

  private Claim begin(String endpoint, boolean livemode) {
    Claim claim =
        new Claim(
            "acct_1", livemode, "evt_" + events++, endpoint, now, 1, 1, 1, now.plusSeconds(30));
    lanes.begin(claim);
    return claim;
  }

  private List<Claim> fill(String endpoint, boolean livemode) {
    List<Claim> begun = new ArrayList<>();
    for (int free = lanes.free(endpoint, livemode, PLACES); free > 0; free--) {
      begun.add(begin(endpoint, livemode));
    }
    return begun;
  }

  private void over(Claim claim, Outcome outcome, Duration took) {
    lanes.judge(new Attempted(claim, now.minus(took), took, 1, outcome), now);
    lanes.end(claim);
  }

  /** However many are slow, asked first each time, and never at a loss for something to send. */
  @Property(tries = 50)
  void slow_successes_keep_no_place_from_a_newcomer(
      @ForAll @IntRange(min = 8, max = 40) int hogs,
      @ForAll @IntRange(min = 3, max = 19) int took) {
    lanes = empty();
    record Begun(Claim claim, Instant at) {}
    Deque<Begun> underWay = new ArrayDeque<>();
    // Each is found slow once: four at a time beside those that are.
    int known = took * (2 + hogs / 4);
    for (int second = 0; second < known + 20; second++) {
      while (!underWay.isEmpty() && !underWay.getFirst().at.plusSeconds(took).isAfter(now)) {
        over(underWay.removeFirst().claim, WELL, Duration.ofSeconds(took));
      }
      for (int hog = 0; hog < hogs; hog++) {
        fill("we_hog" + hog, true).forEach(claim -> underWay.addLast(new Begun(claim, now)));
      }
      if (second >= known) {
        assertThat(lanes.free("we_new", true, PLACES)).as("at " + second).isEqualTo(PLACES);
      }
      now = now.plusSeconds(1);
    }
    assertThat(underWay).hasSize(ALL / 2);
  }

  @Example
  void one_that_has_not_answered_for_two_seconds_is_slow_already() {
    for (int hog = 0; hog < 4; hog++) {
      assertThat(fill("we_hog" + hog, true)).hasSize(PLACES);
    }
    assertThat(lanes.free("we_hog0", true, PLACES)).isZero();
    now = now.plus(Lanes.QUICK).plusMillis(1);
    Claim quick = begin("we_quick", true);
    over(quick, WELL, Duration.ofMillis(5));
    // The slow ones have their half: one more of them gets nothing, others do.
    now = now.plusMillis(1);
    assertThat(lanes.free("we_other", true, PLACES)).isEqualTo(PLACES);
    over(begin("we_slow", true), WELL, Duration.ofSeconds(3));
    assertThat(lanes.free("we_slow", true, PLACES)).isZero();
  }

  @Example
  void one_that_is_quick_again_is_slow_no_more() {
    for (int hog = 0; hog < 4; hog++) {
      fill("we_hog" + hog, true);
    }
    now = now.plusSeconds(3);
    Claim slow = begin("we_mended", true);
    now = now.plusSeconds(3);
    over(slow, WELL, Duration.ofSeconds(3));
    List<Claim> others = fill("we_free", true);
    assertThat(lanes.free("we_mended", true, PLACES)).isZero();
    others.forEach(claim -> over(claim, WELL, Duration.ofMillis(1)));
    for (int answers = 0; answers < PLACES; answers++) {
      assertThat(lanes.free("we_mended", true, PLACES)).isZero();
      over(begin("we_mended", true), WELL, Duration.ofMillis(1));
    }
    assertThat(lanes.free("we_mended", true, PLACES)).isEqualTo(PLACES);
  }

  @Example
  void test_mode_never_has_the_last_quarter() {
    int begun = 0;
    for (int endpoint = 0; endpoint < 20; endpoint++) {
      begun += fill("we_test" + endpoint, false).size();
    }
    assertThat(begun).isEqualTo(ALL - ALL / 4);
    assertThat(fill("we_live", true)).hasSize(PLACES);
  }

  /** Writing an outcome takes longer than a quick answer does, and must not be what bounds it. */
  @Example
  void one_that_answers_at_once_earns_places_and_loses_them_with_its_first_silence() {
    Claim kept = begin("we_quick", true);
    for (int answers = 0; answers < 4 * PLACES; answers++) {
      over(begin("we_quick", true), WELL, Duration.ofMillis(5));
    }
    int most = PLACES + ALL / 4;
    assertThat(lanes.free("we_quick", true, ALL)).as("with one under way").isEqualTo(most - 1);
    List<Claim> many = new ArrayList<>();
    for (int free = lanes.free("we_quick", true, ALL); free > 0; free--) {
      many.add(begin("we_quick", true));
    }
    assertThat(lanes.free("we_quick", true, ALL)).isZero();
    assertThat(lanes.free("we_new", true, ALL)).as("what is its own").isEqualTo(PLACES);
    over(many.removeFirst(), new Outcome.Failed(true, "deadline"), Duration.ofSeconds(1));
    many.forEach(claim -> over(claim, new Outcome.Unmade("no matter"), Duration.ZERO));
    assertThat(lanes.free("we_quick", true, ALL)).isEqualTo(PLACES / 2 - 1);
    over(kept, WELL, Duration.ofMillis(1));
  }

  /** Enough for 500 events in a second, of which each keeps its place for a quarter of one. */
  @Example
  void one_alone_can_earn_sixteen_times_its_places_and_no_more() {
    lanes = new Lanes(PLACES, 4_096, 10_000, () -> now);
    Claim kept = begin("we_quick", true);
    for (int answers = 0; answers < 200; answers++) {
      over(begin("we_quick", true), WELL, Duration.ofMillis(5));
    }
    assertThat(lanes.free("we_quick", true, 4_096)).isEqualTo(16 * PLACES - 1);
    over(kept, WELL, Duration.ofMillis(5));
  }

  @Example
  void what_is_earned_is_gone_when_it_takes_its_time() {
    begin("we_1", true);
    for (int answers = 0; answers < 4 * PLACES; answers++) {
      over(begin("we_1", true), WELL, Duration.ofMillis(5));
    }
    over(begin("we_1", true), WELL, Lanes.QUICK.plusMillis(1));
    assertThat(lanes.free("we_1", true, ALL)).isEqualTo(PLACES - 1);
  }

  @Example
  void what_came_to_no_attempt_costs_no_place() {
    over(begin("we_1", true), new Outcome.Unmade("an error of the gateway"), Duration.ZERO);
    assertThat(lanes.free("we_1", true, PLACES)).isEqualTo(PLACES);
    over(begin("we_1", true), new Outcome.Failed(true, "deadline"), Duration.ofSeconds(1));
    assertThat(lanes.free("we_1", true, PLACES)).isEqualTo(PLACES / 2);
    assertThat(lanes.underWay()).isZero();
  }
}
