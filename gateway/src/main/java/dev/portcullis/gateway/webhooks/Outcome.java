package dev.portcullis.gateway.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What came of an attempt. */
sealed interface Outcome {

  /** Its name in the log of deliveries. */
  String wire();

  /** A status of 2xx. */
  record Delivered(int status) implements Outcome {
    @Override
    public String wire() {
      return "delivered";
    }
  }

  /**
   * Another status.
   *
   * @param answer how it begins, without keys and card numbers
   * @param retryAfter when it asked to be tried again, within bounds
   */
  record Refused(int status, String answer, Optional<Instant> retryAfter) implements Outcome {
    /** RFC 9110, 15.5.11: it is gone for good, so nothing is sent there any more. */
    boolean isGone() {
      return status == 410;
    }

    /** It has too much to do (RFC 6585, 4; RFC 9110, 15.6). */
    boolean isBusy() {
      return switch (status) {
        case 429, 502, 503, 504 -> true;
        default -> false;
      };
    }

    @Override
    public String wire() {
      return "refused";
    }
  }

  /**
   * No answer came.
   *
   * @param sent whether the event may have arrived
   * @param reason the short name of why
   */
  record Failed(boolean sent, String reason) implements Outcome {
    @Override
    public String wire() {
      return sent ? "no_answer" : "not_sent";
    }
  }

  /**
   * It came to no attempt, by no fault of the endpoint: it counts for nothing but the log.
   *
   * @param reason in words
   */
  record Unmade(String reason) implements Outcome {
    @Override
    public String wire() {
      return "not_sent";
    }
  }

  /**
   * An attempt that is over.
   *
   * @param begun when it was made
   * @param took how long it took
   * @param secrets how many secrets signed it
   */
  record Attempted(Claim claim, Instant begun, Duration took, int secrets, Outcome outcome) {}
}
