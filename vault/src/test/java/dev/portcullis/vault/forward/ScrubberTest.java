package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.log.Redaction;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScrubberTest {

  private static final String NUMBER = "4000000000000010";

  private final Scrubber scrubber =
      new Scrubber().cardNumber(NUMBER.getBytes(StandardCharsets.US_ASCII));

  @Test
  void aNumberIsFoundWhereverItsPointIs() {
    for (String text :
        new String[] {
          NUMBER + ".0",
          "4.00000000000001E15",
          "4000.000000000010",
          "-0.4000000000000010",
          "4.00000000000001E20"
        }) {
      assertThat(scrubber.scrub(new BigDecimal(text))).as(text).isEqualTo(Redaction.REDACTED);
    }
    BigDecimal amount = new BigDecimal("40.10");
    assertThat(scrubber.scrub(amount)).isEqualTo(amount);
  }

  /** Written out it would be a gigabyte: the test ends with the memory otherwise. */
  @Test
  void aShortNumberIsNotWrittenOut() {
    assertThat(scrubber.scrub(new BigDecimal("1e999999999"))).isEqualTo(Redaction.REDACTED);
    assertThat(scrubber.scrub(new BigDecimal("1e-999999999"))).isEqualTo(Redaction.REDACTED);
  }
}
