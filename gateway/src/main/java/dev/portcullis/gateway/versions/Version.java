package dev.portcullis.gateway.versions;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A version of the API.
 *
 * @param date when it came out; what changed later is not in it
 * @param text as it is written: {@code 2024-06-20}, {@code 2026-10-28.endive}
 */
public record Version(LocalDate date, String text) {

  /** What everything inside speaks. */
  public static final Version NEWEST = new Version(LocalDate.of(2026, 10, 28), "2026-10-28.endive");

  /** The oldest that is understood. */
  public static final Version OLDEST = new Version(LocalDate.of(2023, 8, 16), "2023-08-16");

  /**
   * A named release: its first version breaks with the one before, the monthly ones after it only
   * add, so that every date within it means the same to us. A version without a name stands alone.
   */
  private record Release(String name, LocalDate first, LocalDate last) {
    static Release named(String name, LocalDate first, LocalDate last) {
      return new Release("." + name, first, last);
    }

    static Release alone(LocalDate date) {
      return new Release("", date, date);
    }

    boolean holds(String wanted, LocalDate date) {
      return name.equals(wanted) && !date.isBefore(first) && !date.isAfter(last);
    }
  }

  private static final List<Release> RELEASES =
      List.of(
          Release.alone(OLDEST.date),
          Release.alone(LocalDate.of(2023, 10, 16)),
          Release.alone(LocalDate.of(2024, 4, 10)),
          Release.alone(LocalDate.of(2024, 6, 20)),
          Release.named("acacia", LocalDate.of(2024, 9, 30), LocalDate.of(2025, 3, 30)),
          Release.named("basil", LocalDate.of(2025, 3, 31), LocalDate.of(2025, 9, 29)),
          Release.named("clover", LocalDate.of(2025, 9, 30), LocalDate.of(2026, 3, 24)),
          Release.named("dahlia", LocalDate.of(2026, 3, 25), LocalDate.of(2026, 9, 29)),
          Release.named("endive", LocalDate.of(2026, 9, 30), NEWEST.date));

  private static final int DATE_LENGTH = "2026-10-28".length();

  /** What is understood, for a person. */
  public static final String SUPPORTED =
      "2023-08-16, 2023-10-16, 2024-04-10, 2024-06-20 and the releases acacia, basil, clover,"
          + " dahlia and endive from 2024-09-30.acacia to "
          + NEWEST.text;

  /** The version that is written so, if it is one that is understood. */
  public static Optional<Version> find(String text) {
    if (text.equals(NEWEST.text)) {
      return Optional.of(NEWEST);
    }
    if (text.length() < DATE_LENGTH) {
      return Optional.empty();
    }
    try {
      LocalDate date = LocalDate.parse(text.substring(0, DATE_LENGTH));
      String name = text.substring(DATE_LENGTH);
      return RELEASES.stream().anyMatch(release -> release.holds(name, date))
          ? Optional.of(new Version(date, text))
          : Optional.empty();
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /** Whether a change of that day is not in this version. */
  boolean isBefore(LocalDate change) {
    return date.isBefore(change);
  }

  @Override
  public String toString() {
    return text;
  }
}
