package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.payments.Operation.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the times of a sending say of it. */
class SendingTest {

  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00.123999600Z");
  private static final Sending BEGUN = Sending.begun(Exchange.request("{}"), NOW, CALL);

  @Test
  void whatWasBegunIsUnansweredUntilSomethingIsHeard() {
    assertThat(BEGUN.isUnanswered(CALL)).isTrue();
    for (Duration pause : new Duration[] {Duration.ofSeconds(1), Duration.ofMinutes(10)}) {
      assertThat(BEGUN.at(State.SENT, NOW.plusMillis(40).plus(pause)).isUnanswered(CALL))
          .as("silence, and the next look after %s", pause)
          .isFalse();
    }
    assertThat(BEGUN.at(State.WAITING, BEGUN.due()).isUnanswered(CALL)).isFalse();
    assertThat(BEGUN.at(State.PARKED, null).isUnanswered(CALL)).isFalse();
  }

  /** The document keeps milliseconds; the column rounds to microseconds. */
  @Test
  void howItIsKeptChangesNothing() {
    Sending read =
        new Sending(
            State.SENT,
            Instant.parse("2026-05-01T12:00:30.124Z"),
            1,
            0,
            Instant.parse("2026-05-01T12:00:00.123Z"));
    assertThat(read.isUnanswered(CALL)).isTrue();
  }
}
