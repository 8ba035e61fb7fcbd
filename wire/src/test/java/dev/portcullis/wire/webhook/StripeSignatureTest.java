package dev.portcullis.wire.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.webhook.Verdict.Genuine;
import dev.portcullis.wire.webhook.Verdict.Reason;
import dev.portcullis.wire.webhook.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StripeSignatureTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_767_225_600);
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final byte[] BODY = "{\"id\":\"evt_1\"}".getBytes(StandardCharsets.UTF_8);
  private static final SigningSecret OLD = SigningSecret.generate(new SecureRandom());
  private static final SigningSecret NEW = SigningSecret.generate(new SecureRandom());
  private static final String GOOD = StripeSignature.sign(NOW, BODY, List.of(NEW));
  private static final String MAC = GOOD.substring(GOOD.indexOf("v1=") + 3);

  private static Verdict verify(String header) {
    return verify(header, NOW);
  }

  private static Verdict verify(String header, Instant now) {
    return StripeSignature.verify(List.of(header), BODY, List.of(OLD, NEW), now, TOLERANCE);
  }

  private static void refused(Reason reason, String header) {
    assertThat(verify(header)).as(header).isEqualTo(new Refused(reason));
  }

  /** Computed with another program: openssl dgst -sha256 -hmac. */
  @Test
  void theSchemeIsTheOneThatIsPublished() {
    SigningSecret secret =
        SigningSecret.ofText("whsec_example".getBytes(StandardCharsets.US_ASCII));
    assertThat(StripeSignature.sign(NOW, BODY, List.of(secret)))
        .isEqualTo(
            "t=1767225600,v1=66767d6306a1173a1e9c6a7f1a0ffa2b9f613e44c1a02c71704222e753465204");
  }

  @Property(tries = 200)
  void whatIsSignedIsGenuineAndNothingElseIs(
      @ForAll @Size(max = 200) byte[] body,
      @ForAll @IntRange(min = 1, max = 127) int change,
      @ForAll @IntRange(max = 10_000) int place) {
    List<SigningSecret> secrets = List.of(OLD, NEW);
    String header = StripeSignature.sign(NOW, body, List.of(NEW));
    assertThat(StripeSignature.verify(List.of(header), body, secrets, NOW, TOLERANCE))
        .isEqualTo(new Genuine(1));
    if (body.length > 0) {
      byte[] changed = body.clone();
      changed[place % body.length] ^= (byte) change;
      assertThat(StripeSignature.verify(List.of(header), changed, secrets, NOW, TOLERANCE))
          .isEqualTo(new Refused(Reason.SIGNATURE_WRONG));
    }
    char[] other = header.toCharArray();
    other[place % other.length] ^= (char) change;
    assertThat(
            StripeSignature.verify(List.of(String.valueOf(other)), body, secrets, NOW, TOLERANCE)
                .isGenuine())
        .isFalse();
  }

  @Test
  void whileASecretIsRolledBothVerify() {
    String both = StripeSignature.sign(NOW, BODY, List.of(NEW, OLD));
    assertThat(verify(both)).isEqualTo(new Genuine(0));
    for (SigningSecret secret : List.of(OLD, NEW)) {
      assertThat(StripeSignature.verify(List.of(both), BODY, List.of(secret), NOW, TOLERANCE))
          .isEqualTo(new Genuine(0));
    }
    assertThat(StripeSignature.verify(List.of(both), BODY, List.of(), NOW, TOLERANCE))
        .isEqualTo(new Refused(Reason.SIGNATURE_WRONG));
  }

  @Test
  void theTimeIsHeldToTheToleranceBothWays() {
    assertThat(verify(GOOD, NOW.plus(TOLERANCE)).isGenuine()).isTrue();
    assertThat(verify(GOOD, NOW.minus(TOLERANCE)).isGenuine()).isTrue();
    assertThat(verify(GOOD, NOW.plus(TOLERANCE).plusMillis(1)))
        .isEqualTo(new Refused(Reason.TOO_OLD));
    assertThat(verify(GOOD, NOW.minus(TOLERANCE).minusMillis(1)))
        .isEqualTo(new Refused(Reason.FROM_THE_FUTURE));
  }

  @Test
  void otherPartsAreIgnored() {
    assertThat(verify("v0=00,,x," + GOOD + ",v2=" + MAC + ",").isGenuine()).isTrue();
    assertThat(verify(GOOD + ",v1=,v1=bad," + "v1=" + "0".repeat(64)).isGenuine()).isTrue();
  }

  @Test
  void trapsAreRefused() {
    String time = "t=" + NOW.getEpochSecond();
    refused(Reason.HEADER_MISSING, "");
    refused(Reason.HEADER_TOO_LONG, GOOD + ",x".repeat(2_100));
    refused(Reason.HEADER_MALFORMED, " " + GOOD);
    refused(Reason.HEADER_MALFORMED, GOOD.replace(",", ", "));
    refused(Reason.HEADER_MALFORMED, GOOD + "\r\n");
    refused(Reason.HEADER_MALFORMED, "t=\uff11\uff17\uff16\uff17,v1=" + MAC);
    refused(Reason.TIME_MISSING, "v1=" + MAC);
    refused(Reason.TIME_MISSING, GOOD.replace("t=", "T="));
    refused(Reason.TIME_REPEATED, time + "," + GOOD);
    refused(Reason.TIME_MALFORMED, GOOD.replace("t=", "t=+"));
    refused(Reason.TIME_MALFORMED, GOOD.replace("t=", "t=-"));
    refused(Reason.TIME_MALFORMED, "t=,v1=" + MAC);
    refused(Reason.TIME_MALFORMED, "t=99999999999999999999,v1=" + MAC);
    refused(Reason.SIGNATURE_MISSING, time);
    refused(Reason.SIGNATURE_MISSING, GOOD.replace("v1=", "v0="));
    refused(Reason.SIGNATURE_MISSING, GOOD.replace("v1=", "V1="));
    refused(Reason.SIGNATURE_WRONG, time + ",v1=");
    refused(Reason.SIGNATURE_WRONG, time + ",v1=" + MAC.substring(0, 63));
    refused(Reason.SIGNATURE_WRONG, time + ",v1=" + MAC + "0");
    refused(Reason.SIGNATURE_WRONG, time + ",v1=" + MAC.toUpperCase(Locale.ROOT));
    refused(Reason.SIGNATURE_WRONG, GOOD.replace("t=1", "t=01"));
    refused(Reason.FROM_THE_FUTURE, GOOD.replace("t=1", "t=11"));
    assertThat(StripeSignature.verify(List.of(), BODY, List.of(NEW), NOW, TOLERANCE))
        .isEqualTo(new Refused(Reason.HEADER_MISSING));
    assertThat(StripeSignature.verify(List.of(GOOD, GOOD), BODY, List.of(NEW), NOW, TOLERANCE))
        .isEqualTo(new Refused(Reason.HEADER_REPEATED));
  }
}
