package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Rejected.Kind;
import dev.portcullis.connectors.spi.ProviderWords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How soon a provider leaves the route, and how soon it is back. */
class CircuitTest {

  private static final Tenant TENANT = new Tenant("acct_one", true);
  private static final ProviderResult SILENCE = new ProviderResult.Unknown("no answer");
  private static final ProviderResult APPROVAL = new ProviderResult.Approved("ref", Details.NONE);
  private static final ProviderResult DECLINE =
      new ProviderResult.Declined(DeclineCode.DO_NOT_HONOR, null, Details.NONE);

  private Instant now = Instant.parse("2026-11-26T12:00:00Z");
  private final Circuits circuits = new Circuits(new Moved());

  private final class Moved implements InstantSource {
    @Override
    public Instant instant() {
      return now;
    }
  }

  private void pass(long millis) {
    now = now.plusMillis(millis);
  }

  private Circuit.Call call(Region region) {
    return circuits.begin(TENANT, "a", region);
  }

  private boolean isDown(Region region) {
    return circuits.health(TENANT, Set.of("a"), region).down().contains("a");
  }

  private void fail() {
    for (int n = 0; n < Circuit.LEAST_CALLS; n++) {
      call(Region.EEA).end(SILENCE);
      pass(200);
    }
  }

  @Test
  void failuresTakeItOutOfThatRegionAlone() {
    fail();
    assertThat(isDown(Region.EEA)).isTrue();
    assertThat(isDown(Region.US)).isFalse();
    assertThat(circuits.open(TENANT)).containsExactly("a eea");
    assertThat(circuits.open()).isEqualTo(1);
    assertThat(circuits.open(new Tenant("acct_one", false))).isEmpty();
  }

  @Test
  void declinesNeverTakeItOut() {
    for (int n = 0; n < 1_000; n++) {
      call(Region.EEA).end(DECLINE);
      pass(10);
    }
    assertThat(isDown(Region.EEA)).isFalse();
    assertThat(circuits.open()).isZero();
  }

  @Test
  void oneThatIsNotConnectedIsTakenOutAndBackWhenItIs() {
    for (int n = 0; n < Circuit.LEAST_CALLS; n++) {
      assertThat(isDown(Region.EEA)).isFalse();
      call(Region.EEA).end(rejected(Kind.NOT_CONNECTED));
    }
    assertThat(isDown(Region.EEA)).isTrue();
    pass(Circuit.WAIT.toMillis() + 1);
    assertThat(isDown(Region.EEA)).as("time for a probe").isFalse();
    call(Region.EEA).end(APPROVAL);
    assertThat(circuits.open()).isZero();
  }

  @Test
  void otherRefusalsNeverTakeItOut() {
    for (Kind kind : Kind.values()) {
      for (int n = 0; kind != Kind.NOT_CONNECTED && n < 100; n++) {
        call(Region.EEA).end(rejected(kind));
        pass(10);
      }
    }
    assertThat(isDown(Region.EEA)).isFalse();
  }

  private static ProviderResult rejected(Kind kind) {
    return new Rejected(kind, "refused", ProviderWords.NONE);
  }

  @Test
  void halfOfTheCallsHaveToFail() {
    for (int n = 0; n < 100; n++) {
      call(Region.EEA).end(n % 3 == 0 ? SILENCE : APPROVAL);
      pass(50);
    }
    assertThat(isDown(Region.EEA)).isFalse();
  }

  @Test
  void whoDoesNotAnswerAtAllIsOutWithinFiveSecondsOfTraffic() {
    List<Circuit.Call> out = new ArrayList<>();
    Instant began = now;
    while (!isDown(Region.EEA)) {
      out.add(call(Region.EEA));
      pass(250);
      assertThat(Duration.between(began, now)).isLessThan(Duration.ofSeconds(5));
    }
    assertThat(out).hasSizeGreaterThan(Circuit.LEAST_CALLS);
    out.forEach(call -> call.end(APPROVAL)); // what is late changes nothing
    assertThat(isDown(Region.EEA)).isTrue();
  }

  /** At fifteen payments a second, five of them its own, one in a hundred is 18 in two minutes. */
  @Test
  void fewShoppersFindOut() {
    trade(Duration.ofSeconds(30));
    int lost = 0;
    for (Instant end = now.plusSeconds(120); now.isBefore(end); pass(200)) {
      lost += !isDown(Region.EEA) && call(Region.EEA).isAdmitted() ? 1 : 0;
    }
    assertThat(lost).isBetween(1, 14);
  }

  @Test
  void fewShoppersAreRefusedBeforeItIsSeen() {
    trade(Duration.ofSeconds(30));
    int lost = 0;
    for (Instant end = now.plusSeconds(120); now.isBefore(end); pass(200)) {
      Circuit.Call call = isDown(Region.EEA) ? null : call(Region.EEA);
      if (call != null && call.isAdmitted()) {
        call.end(SILENCE);
        lost++;
      }
    }
    assertThat(lost).isBetween(1, 9);
  }

  @Test
  void whoIsSlowAndAnswersStaysInTheRoute() {
    Deque<Circuit.Call> out = new ArrayDeque<>();
    for (int n = 0; n < 1_000; n++) {
      out.add(call(Region.EEA));
      pass(100);
      if (out.size() > 18) {
        out.removeFirst().end(APPROVAL);
      }
      assertThat(isDown(Region.EEA)).isFalse();
    }
  }

  /** Nothing was answered for a while because nothing was asked, and then five came together. */
  @Test
  void whoIsUsuallySlowStaysInTheRouteAfterAPause() {
    for (int n = 0; n < 20; n++) {
      Circuit.Call call = call(Region.EEA);
      pass(1_800);
      call.end(APPROVAL);
    }
    pass(60_000);
    List<Circuit.Call> out = new ArrayList<>();
    for (int n = 0; n < Circuit.LEAST_CALLS; n++) {
      out.add(call(Region.EEA));
    }
    pass(Circuit.STALLED.toMillis() + 200);
    assertThat(isDown(Region.EEA)).as("slower than usual, but not by much").isFalse();
    out.forEach(call -> call.end(APPROVAL));
    assertThat(circuits.open()).isZero();
  }

  @Test
  void nobodyIsWaitedForLongerThanTheMostPatience() {
    for (int n = 0; n < 20; n++) {
      Circuit.Call call = call(Region.EEA);
      pass(30_000);
      call.end(APPROVAL);
    }
    pass(60_000);
    for (int n = 0; n < Circuit.LEAST_CALLS; n++) {
      assertThat(call(Region.EEA).isAdmitted()).isTrue();
    }
    pass(Circuit.MOST_PATIENCE.toMillis() + 1);
    assertThat(isDown(Region.EEA)).isTrue();
  }

  @Test
  void aSlowOneIsKnownByAnswersThatCameTooLate() {
    long late = Circuit.STALLED.toMillis() + 200;
    List<Circuit.Call> out = new ArrayList<>();
    for (int n = 0; n < Circuit.LEAST_CALLS; n++) {
      out.add(call(Region.EEA));
    }
    pass(late);
    assertThat(isDown(Region.EEA)).isTrue();
    out.forEach(call -> call.end(APPROVAL));
    pass(Circuit.WAIT.toMillis() + 1);
    Circuit.Call probe = call(Region.EEA);
    pass(late);
    assertThat(isDown(Region.EEA)).as("the probe is given its usual time").isFalse();
    probe.end(APPROVAL);
    for (int n = 0; n < Circuit.LEAST_CALLS; n++) {
      assertThat(call(Region.EEA).isAdmitted()).isTrue();
    }
    pass(late);
    assertThat(isDown(Region.EEA)).isFalse();
  }

  private void trade(Duration time) {
    for (Instant end = now.plus(time); now.isBefore(end); pass(200)) {
      call(Region.EEA).end(APPROVAL);
    }
  }

  @Test
  void itIsBackAfterAsManyProbesAsItTakesAndNoMoreGoMeanwhile() {
    fail();
    Instant healed = now;
    pass(Circuit.WAIT.toMillis());
    assertThat(isDown(Region.EEA)).as("it is time for a probe").isFalse();
    List<Circuit.Call> probes = new ArrayList<>();
    for (int n = 0; n < Circuit.PROBES; n++) {
      probes.add(call(Region.EEA));
    }
    assertThat(probes).allMatch(Circuit.Call::isAdmitted);
    assertThat(call(Region.EEA).isAdmitted()).isFalse();
    probes.forEach(probe -> probe.end(APPROVAL));
    assertThat(circuits.open()).isZero();
    assertThat(call(Region.EEA).isAdmitted()).isTrue();
    assertThat(Duration.between(healed, now)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void probesThatFailOrAreForgottenTakeItOutAgain() {
    fail();
    pass(Circuit.WAIT.toMillis());
    for (int n = 0; n < Circuit.PROBES; n++) {
      assertThat(call(Region.EEA).isAdmitted()).isTrue(); // and nobody says how they ended
    }
    pass(Circuit.STALLED.toMillis() + 1);
    assertThat(isDown(Region.EEA)).isTrue();
  }

  @Test
  void whatBeganBeforeItFailedSaysNothingOfTheProbes() {
    Circuit.Call old = call(Region.EEA);
    fail();
    pass(Circuit.WAIT.toMillis());
    Circuit.Call probe = call(Region.EEA);
    old.end(APPROVAL);
    assertThat(circuits.open()).as("only the probe tells").isEqualTo(1);
    probe.end(APPROVAL);
    assertThat(circuits.open()).isZero();
  }

  /**
   * A payment that was refused before it was sent neither closes the circuit nor uses the probe up.
   */
  @Test
  void aCallThatWasNotMadeSaysNothing() {
    fail();
    pass(Circuit.WAIT.toMillis());
    call(Region.EEA).drop();
    assertThat(circuits.open()).isEqualTo(1);
    assertThat(call(Region.EEA).isAdmitted()).as("the probe is still to be made").isTrue();
    for (int n = 0; n < 20; n++) {
      call(Region.US).drop();
    }
    pass(Circuit.STALLED.toMillis() + 1);
    assertThat(isDown(Region.US)).as("nothing was asked of it").isFalse();
  }
}
