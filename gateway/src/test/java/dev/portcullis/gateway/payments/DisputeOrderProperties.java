package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A dispute's history as a provider that counts no changes shows it, look by look: read in its
 * order, and read late, twice, in any order and in part, it ends alike, and the same money is gone.
 */
class DisputeOrderProperties {

  private static final Instant NOW = DisputeWorld.NOW;

  /** On its way forward; what is decided is decided otherwise now and then. */
  private static final List<List<Stage>> WAY =
      List.of(
          List.of(Stage.INQUIRY),
          List.of(Stage.INQUIRY_UNDER_REVIEW),
          List.of(Stage.INQUIRY_CLOSED),
          List.of(Stage.CHARGEBACK),
          List.of(Stage.CHARGEBACK_UNDER_REVIEW),
          List.of(Stage.WON, Stage.LOST));

  private record Look(DisputeNotice notice, Instant asked) {}

  private static List<Look> history(Random random) {
    List<Look> looks = new ArrayList<>();
    for (List<Stage> stages : WAY) {
      for (int n = random.nextInt(4); n > 0; n--) {
        looks.add(look(looks.size(), stages.get(random.nextInt(stages.size())), random));
      }
    }
    return looks.isEmpty() ? List.of(look(0, Stage.CHARGEBACK, random)) : looks;
  }

  /** Each has another day by which evidence is due, so that none is like another. */
  private static Look look(int number, Stage stage, Random random) {
    DisputeNotice notice =
        new DisputeNotice(
            "du_there",
            "op_0",
            DisputeNotice.UNCOUNTED,
            Money.of(500 + 100L * random.nextInt(10), "usd"),
            random.nextBoolean() ? "fraudulent" : "duplicate",
            null,
            stage,
            NOW,
            NOW.plus(Duration.ofDays(9 + number)));
    return new Look(notice, NOW.plusSeconds(60L * number));
  }

  /** Each once or twice or not at all, the last one surely. */
  private static List<Look> disorderly(List<Look> history, Random random) {
    List<Look> all = new ArrayList<>(List.of(history.getLast()));
    for (Look look : history) {
      for (int n = random.nextInt(3); n > 0; n--) {
        all.add(look);
      }
    }
    Collections.shuffle(all, random);
    return all;
  }

  @Property(tries = 2_000)
  void theOrderOfLooksLeavesNoTrace(@ForAll long seed) {
    Random random = new Random(seed);
    List<Look> history = history(random);
    DisputeWorld orderly = new DisputeWorld();
    history.forEach(look -> orderly.take(look.notice, look.asked));
    DisputeWorld disorderly = new DisputeWorld();
    disorderly(history, random).forEach(look -> disorderly.take(look.notice, look.asked));
    assertThat(disorderly.end()).isEqualTo(orderly.end());
    DisputeNotice last = history.getLast().notice;
    assertThat(orderly.end())
        .startsWith(Dispute.Status.of(last.stage()) + " " + last.amount().minorUnits());
  }
}
