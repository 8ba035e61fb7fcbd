package dev.portcullis.wire.webhook;

import dev.portcullis.wire.webhook.Verdict.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What both schemes ask of headers and times. */
final class Headers {

  /** ASCII alone: the JDK would read the digits of every script. */
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

  private Headers() {}

  /** Two headers of one name mean that sender and receiver may read different ones. */
  static Optional<Reason> fault(List<String> values, int longest) {
    if (values.isEmpty() || values.getFirst().isEmpty()) {
      return Optional.of(Reason.HEADER_MISSING);
    }
    if (values.size() > 1) {
      return Optional.of(Reason.HEADER_REPEATED);
    }
    return values.getFirst().length() > longest
        ? Optional.of(Reason.HEADER_TOO_LONG)
        : Optional.empty();
  }

  static boolean isTime(String seconds) {
    return SECONDS.matcher(seconds).matches();
  }

  /**
   * Whether it is fresh. One from the future would be good for longer than the tolerance: it is
   * refused too.
   *
   * @param seconds a time, see {@link #isTime}
   */
  static Optional<Reason> staleness(String seconds, Instant now, Duration tolerance) {
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(seconds)), now);
    if (age.abs().compareTo(tolerance) <= 0) {
      return Optional.empty();
    }
    return Optional.of(age.isNegative() ? Reason.FROM_THE_FUTURE : Reason.TOO_OLD);
  }
}
