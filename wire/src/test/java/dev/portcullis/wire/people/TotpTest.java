package dev.portcullis.wire.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {

  private static final byte[] RFC_SECRET =
      "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  /** RFC 6238, appendix B, the lines of SHA-1; a code of six digits is the end of one of eight. */
  @ParameterizedTest
  @CsvSource({
    "59, 94287082",
    "1111111109, 07081804",
    "1111111111, 14050471",
    "1234567890, 89005924",
    "2000000000, 69279037",
    "20000000000, 65353130"
  })
  void codesAreThoseOfRfc6238(long second, String eightDigits) {
    assertThat(Totp.code(RFC_SECRET, Totp.stepAt(Instant.ofEpochSecond(second))))
        .isEqualTo(eightDigits.substring(2));
  }

  /** RFC 4226, appendix D. */
  @ParameterizedTest
  @CsvSource({
    "0, 755224", "1, 287082", "2, 359152", "3, 969429", "4, 338314",
    "5, 254676", "6, 287922", "7, 162583", "8, 399871", "9, 520489"
  })
  void codesAreThoseOfRfc4226(long counter, String code) {
    assertThat(Totp.code(RFC_SECRET, counter)).isEqualTo(code);
  }

  /** RFC 4648, 10, without the padding. */
  @ParameterizedTest
  @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "fooba, MZXW6YTB"})
  void secretsAreWrittenInBase32(String text, String expected) {
    assertThat(Totp.base32(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(expected);
  }

  @Test
  void theUrlNamesIssuerAndPerson() {
    assertThat(Totp.url("Portcullis vault", "ann", RFC_SECRET))
        .isEqualTo(
            "otpauth://totp/Portcullis%20vault:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Portcullis%20vault&algorithm=SHA1&digits=6&period=30");
  }

  /** A code counts in its own step, in the one before and the one after, and in no other. */
  @Property
  void aCodeCountsWithinOneStep(
      @ForAll @Size(20) byte[] secret,
      @ForAll @LongRange(min = 3, max = 100_000_000_000L) long step,
      @ForAll @IntRange(min = -3, max = 3) int off,
      @ForAll @IntRange(min = 0, max = 29) int second) {
    String code = Totp.code(secret, step);
    Instant now = Instant.ofEpochSecond((step + off) * 30 + second);
    OptionalLong matched = Totp.match(secret, code, now, 0);
    if (Math.abs(off) <= 1) {
      assertThat(matched).isPresent();
      assertThat(Totp.code(secret, matched.getAsLong())).isEqualTo(code);
    } else if (matched.isPresent()) {
      // Two steps have the same code once in a million times.
      assertThat(matched.getAsLong()).isNotEqualTo(step);
    }
  }

  /** Neither a code that was used nor one of an earlier step counts. */
  @Property
  void aCodeCountsOnlyAfterTheLastOneUsed(
      @ForAll @Size(20) byte[] secret,
      @ForAll @LongRange(min = 3, max = 100_000_000_000L) long step,
      @ForAll @IntRange(min = -1, max = 1) int off,
      @ForAll @IntRange(min = 0, max = 2) int later) {
    Instant now = Instant.ofEpochSecond((step + off) * 30);
    OptionalLong matched = Totp.match(secret, Totp.code(secret, step), now, step + later);
    assertThat(matched.orElse(Long.MAX_VALUE)).isGreaterThan(step + later);
  }

  @ParameterizedTest
  @CsvSource({"''", "28708", "2870822", "28708a", "-28708", "２８７０８２"})
  void whatIsNoCodeNeverCounts(String sent) {
    assertThat(Totp.match(RFC_SECRET, sent, Instant.ofEpochSecond(59), 0)).isEmpty();
  }
}
