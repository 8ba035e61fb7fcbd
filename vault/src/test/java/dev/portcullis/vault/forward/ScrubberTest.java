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

  @Test
  void aCredentialIsFoundInEveryFormOfAUrl() {
    Scrubber credential =
        new Scrubber().credential("k\u00e4y of & \u20ac+".getBytes(StandardCharsets.UTF_8));
    for (String echo :
        new String[] {
          "a=k%C3%A4y+of+%26+%E2%82%AC%2B&b",
          "a=k%c3%a4y%20of%20%26%20%e2%82%ac%2b",
          "a=k\u00e4y of %26 \u20ac%2B",
          "%6B%C3%A4%79%20%6F%66%20%26%20%E2%82%AC%2B",
          "k%25C3%25A4y%2520of%2520%2526%2520%25E2%2582%25AC%252B",
          "%FFk%C3%A4y%20of%20%26%20%E2%82%AC%2B%C3"
        }) {
      assertThat(credential.scrub(echo)).as(echo).asString().contains(Redaction.REDACTED);
    }
    assertThat(credential.scrub("k%C3%A4ys+of+%26")).isEqualTo("k%C3%A4ys+of+%26");
  }

  /** Written out it would be a gigabyte: the test ends with the memory otherwise. */
  @Test
  void aShortNumberIsNotWrittenOut() {
    assertThat(scrubber.scrub(new BigDecimal("1e999999999"))).isEqualTo(Redaction.REDACTED);
    assertThat(scrubber.scrub(new BigDecimal("1e-999999999"))).isEqualTo(Redaction.REDACTED);
  }
}
