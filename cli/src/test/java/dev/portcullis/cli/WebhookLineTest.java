package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookLineTest {

  @Test
  void oneAttemptIsOne() {
    assertThat(WebhooksCommand.line(Map.of("attempt_count", 1L))).contains("  1 attempt  ");
    assertThat(WebhooksCommand.line(Map.of("attempt_count", 2L))).contains("  2 attempts  ");
  }
}
