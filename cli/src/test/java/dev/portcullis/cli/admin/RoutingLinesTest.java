package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutingLinesTest {

  @Test
  void eachRetryIsALineWithWhenOfWhatWhichAndWhy() {
    assertThat(
            RoutingLines.retries(
                List.of(
                    Map.of(
                        "planned",
                        1_772_370_000L,
                        "payment",
                        "pi_1",
                        "number",
                        1L,
                        "reason",
                        "insufficient_funds may change."),
                    Map.of(
                        "planned",
                        1_772_456_400L,
                        "payment",
                        "pi_2",
                        "number",
                        2L,
                        "reason",
                        "do_not_honor may change."))))
        .isEqualTo(
            """
            2026-03-01T13:00:00Z  pi_1  retry 1: insufficient_funds may change.
            2026-03-02T13:00:00Z  pi_2  retry 2: do_not_honor may change.\
            """
                .replace("\n", System.lineSeparator()));
  }

  @Test
  void thatThereAreNoneIsSaid() {
    assertThat(RoutingLines.retries(List.of())).isEqualTo("Nothing is going to be tried again.");
  }
}
