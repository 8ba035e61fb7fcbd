package dev.portcullis.wire.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.audit.RepeatedActs.Beyond;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatedActsTest {

  private static final Instant TEN = Instant.parse("2026-11-26T10:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final RepeatedActs acts = new RepeatedActs(HOUR, 3);
  private final List<Beyond> told = new ArrayList<>();

  private long entries(String subject, int times, Instant now) {
    long entries = 0;
    for (int n = 0; n < times; n++) {
      entries += acts.isEntry(subject, now) ? 1 : 0;
    }
    return entries;
  }

  @Test
  void theFirstAreEntriesAndTheRestIsOneCountWhenTheIntervalIsOver() {
    Instant within = TEN.plusSeconds(1_800);
    assertThat(entries("ann", 1_000, within)).isEqualTo(3);
    assertThat(entries("bob", 3, within)).isEqualTo(3);
    acts.tell(TEN.plusSeconds(3_599), told::add);
    assertThat(told).isEmpty();
    acts.tell(TEN.plus(HOUR), told::add);
    assertThat(told).containsExactly(new Beyond("ann", 997, TEN, TEN.plus(HOUR)));
    acts.tell(TEN.plus(HOUR), told::add);
    assertThat(told).as("once").hasSize(1);
  }

  @Test
  void theNextIntervalHasItsOwnEntriesAndLosesNoCountOfTheOneBefore() {
    entries("ann", 5, TEN);
    assertThat(entries("ann", 5, TEN.plus(HOUR))).isEqualTo(3);
    acts.tell(TEN.plus(HOUR.multipliedBy(2)), told::add);
    assertThat(told)
        .containsExactly(
            new Beyond("ann", 2, TEN, TEN.plus(HOUR)),
            new Beyond("ann", 2, TEN.plus(HOUR), TEN.plus(HOUR.multipliedBy(2))));
  }

  @Test
  void whatTheTrailDidNotTakeIsHandedOverAgain() {
    entries("ann", 4, TEN);
    assertThatThrownBy(
            () ->
                acts.tell(
                    TEN.plus(HOUR),
                    _ -> {
                      throw new IllegalStateException("no database");
                    }))
        .isInstanceOf(IllegalStateException.class);
    acts.tell(TEN.plus(HOUR), told::add);
    assertThat(told).hasSize(1);
  }

  @Test
  void theCountThatIsUnderWayIsToldAtTheEnd() {
    entries("ann", 5, TEN);
    acts.tellAll(TEN.plusSeconds(9), told::add);
    assertThat(told).containsExactly(new Beyond("ann", 2, TEN, TEN.plusSeconds(9)));
    assertThat(told.getFirst().text())
        .isEqualTo("2 more from 2026-11-26T10:00:00Z to 2026-11-26T10:00:09Z");
  }

  @Test
  void manySubjectsFillNeitherMemoryNorTrail() {
    long entries = 0;
    for (int n = 0; n < 5_000; n++) {
      entries += entries("name" + n, 1, TEN);
    }
    assertThat(entries).isEqualTo(RepeatedActs.MOST_SUBJECTS + 3);
    acts.tellAll(TEN, told::add);
    assertThat(told)
        .containsExactly(
            new Beyond(RepeatedActs.OTHERS, 5_000 - RepeatedActs.MOST_SUBJECTS - 3, TEN, TEN));
  }
}
