package dev.portcullis.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that a test may set forward. How far is kept beside the ledgers, whose time must not go
 * back after a restart.
 */
final class TestClock implements InstantSource {
  private static final Duration FURTHEST = Duration.ofDays(3_650);

  private final InstantSource real;
  private final Path file;
  private volatile Duration ahead;

  TestClock(InstantSource real, Path directory) throws IOException {
    this.real = real;
    this.file = directory.resolve("clock");
    Files.createDirectories(directory);
    this.ahead = Files.exists(file) ? Duration.parse(Files.readString(file)) : Duration.ZERO;
  }

  /**
   * Sets it forward.
   *
   * @throws Refused if that is too far
   */
  synchronized void advance(Duration time) {
    Duration next = ahead.plus(time);
    if (next.compareTo(FURTHEST) > 0) {
      throw Refused.invalid("advance_seconds", "The clock goes ten years ahead at most.");
    }
    try {
      Files.writeString(file, next.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ahead = next;
  }

  @Override
  public Instant instant() {
    return real.instant().plus(ahead);
  }
}
