package dev.portcullis.vault.custody;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** What reads a custodian's line, with any text. */
class ShareFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void linesAreSharesOrNone(byte[] input) {
    Share.parse(new String(input, StandardCharsets.UTF_8))
        .ifPresent(
            share -> {
              assertThat(share.index()).isPositive();
              assertThat(Share.parse(share.line()).map(Share::line)).contains(share.line());
            });
  }
}
