package dev.portcullis.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 1",
        "1 | 1",
        "120 | 120",
        " 120  | 120",
        "3600 | 3600",
        "3601 | 3600",
        "999999999999999999 | 3600",
        "Sun, 01 Mar 2026 12:05:00 GMT | 300",
        "Sun, 01 Mar 2026 11:00:00 GMT | 1",
        "Wed, 01 Mar 2056 12:00:00 GMT | 3600"
      })
  void bothFormsAreHonouredWithinBounds(String header, long seconds) {
    assertThat(RetryAfter.read(header, NOW)).contains(NOW.plus(Duration.ofSeconds(seconds)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "soon", "-1", "1.5", "9999999999999999999", "2026-03-01T12:05:00Z", "٣"})
  void whatIsNeitherSaysNothing(String header) {
    assertThat(RetryAfter.read(header, NOW)).isEqualTo(Optional.empty());
  }

  @Test
  void withoutOneThereIsNothing() {
    assertThat(RetryAfter.read(null, NOW)).isEmpty();
  }
}
