package dev.portcullis.wire.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalLinesTest {

  private Instant now = Instant.parse("2026-11-26T10:00:00Z");
  private final List<String> told = new ArrayList<>();
  private final RefusalLines lines = new RefusalLines(() -> now, told::add);

  private int written(int status, String network, int times) {
    int written = 0;
    for (int n = 0; n < times; n++) {
      if (lines.isWritten(status, network)) {
        written++;
      }
    }
    return written;
  }

  @Test
  void aFloodIsSomeLinesAndThenItsNumber() {
    assertThat(written(401, "192.0.2.1", 500)).isEqualTo(RefusalLines.LINES);
    assertThat(written(429, "192.0.2.1", 1)).isEqualTo(1);
    assertThat(written(401, "192.0.2.2", 1)).isEqualTo(1);
    assertThat(told).isEmpty();
    now = now.plus(RefusalLines.WINDOW);
    assertThat(written(401, "192.0.2.1", 1)).isEqualTo(1);
    assertThat(told)
        .containsExactly(
            "since 2026-11-26T10:00:00Z 480 more requests of 192.0.2.1 were answered with 401");
  }

  @Test
  void manyNetworksHaveNoMoreLinesThanALogTakes() {
    int written = 0;
    for (int n = 0; n < 10_000; n++) {
      written += written(404, "network " + n, 3);
    }
    assertThat(written).isEqualTo(RefusalLines.ALL);
    assertThat(told).as("nor are they told of one by one").isEmpty();
    now = now.plus(RefusalLines.WINDOW);
    assertThat(written(404, "192.0.2.1", 1)).isEqualTo(1);
    assertThat(told)
        .containsExactly(
            "since 2026-11-26T10:00:00Z 28000 more requests of many networks were refused");
  }

  @Test
  void whatIsForgottenIsToldFirst() {
    written(401, "192.0.2.1", RefusalLines.LINES + 3);
    for (int n = 0; n < RefusalLines.BOUND; n++) {
      written(401, "network " + n, 1);
    }
    assertThat(told).singleElement().asString().contains(" 3 more requests of 192.0.2.1 ");
  }
}
