package dev.portcullis.wire.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.wire.webhook.StandardSignature.Received;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Headers that a stranger wrote: no exception, and none that counts, since no secret is known. */
class SignatureFuzzTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_614_265_330);
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  /** Keys from which nothing is signed here. */
  private static final SigningSecret SECRET =
      SigningSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();

  private static final VerificationKey KEY =
      VerificationKey.parse("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=").orElseThrow();

  @FuzzTest(maxDuration = "10m")
  void headersAreJudgedAndNoneIsGenuine(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    assertThat(StripeSignature.verify(lines, BODY, List.of(SECRET), NOW, TOLERANCE).isGenuine())
        .isFalse();
    Received headers =
        new Received(
            lines.stream().limit(1).toList(),
            lines.stream().skip(1).limit(1).toList(),
            lines.stream().skip(2).toList());
    assertThat(
            StandardSignature.verify(headers, BODY, List.of(SECRET, KEY), NOW, TOLERANCE)
                .isGenuine())
        .isFalse();
  }

  @FuzzTest(maxDuration = "10m")
  void keysAreReadAsTheyAreWrittenOrNot(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    VerificationKey.parse(text).ifPresent(key -> assertThat(key.text()).isEqualTo(text));
    SigningKey.parse(text)
        .ifPresent(
            key ->
                assertThat(VerificationKey.parse(key.publicHalf().text()))
                    .contains(key.publicHalf()));
    SigningSecret.parse(text).ifPresent(secret -> assertThat(secret.isStandard()).isTrue());
  }
}
