package dev.portcullis.wire.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.webhook.StandardSignature.Received;
import dev.portcullis.wire.webhook.Verdict.Genuine;
import dev.portcullis.wire.webhook.Verdict.Reason;
import dev.portcullis.wire.webhook.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StandardSignatureTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.ofEpochSecond(1_767_225_600);
  private static final String TIME = "1767225600";
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final byte[] BODY = "{\"id\":\"evt_1\"}".getBytes(StandardCharsets.UTF_8);
  private static final SigningSecret SECRET = SigningSecret.generate(RANDOM);
  private static final SigningKey KEY = SigningKey.generate(RANDOM);
  private static final List<StandardKey> BOTH = List.of(SECRET, KEY.publicHalf());

  private static String symmetric(byte[] body) {
    return StandardSignature.sign("evt_1", NOW, body, List.of(SECRET), List.of());
  }

  private static String asymmetric(byte[] body) {
    return StandardSignature.sign("evt_1", NOW, body, List.of(), List.of(KEY));
  }

  private static Received received(String id, String time, String signature) {
    return new Received(List.of(id), List.of(time), List.of(signature));
  }

  private static Verdict verify(Received headers) {
    return StandardSignature.verify(headers, BODY, BOTH, NOW, TOLERANCE);
  }

  private static void refused(Reason reason, Received headers) {
    assertThat(verify(headers)).as(headers.toString()).isEqualTo(new Refused(reason));
  }

  @Property(tries = 100)
  void whatIsSignedIsGenuineAndNothingElseIs(
      @ForAll @Size(max = 100) byte[] body,
      @ForAll boolean asymmetric,
      @ForAll @IntRange(min = 1, max = 127) int change,
      @ForAll @IntRange(max = 10_000) int place) {
    String signature = asymmetric ? asymmetric(body) : symmetric(body);
    Received headers = received("evt_1", TIME, signature);
    assertThat(StandardSignature.verify(headers, body, BOTH, NOW, TOLERANCE))
        .isEqualTo(new Genuine(asymmetric ? 1 : 0));
    if (body.length > 0) {
      byte[] changed = body.clone();
      changed[place % body.length] ^= (byte) change;
      assertThat(StandardSignature.verify(headers, changed, BOTH, NOW, TOLERANCE).isGenuine())
          .isFalse();
    }
    Received[] others = {
      received("evt_1", TIME, changed(signature, place, change)),
      received(changed("evt_1", place, change), TIME, signature),
      received("evt_1", changed(TIME, place, change), signature)
    };
    for (Received other : others) {
      assertThat(StandardSignature.verify(other, body, BOTH, NOW, TOLERANCE).isGenuine())
          .as(other.toString())
          .isFalse();
    }
  }

  private static String changed(String text, int place, int change) {
    char[] characters = text.toCharArray();
    characters[place % characters.length] ^= (char) change;
    return String.valueOf(characters);
  }

  @Test
  void theTimeIsHeldToTheToleranceBothWays() {
    Received headers = received("evt_1", TIME, symmetric(BODY));
    for (Map.Entry<Duration, Verdict> each :
        Map.<Duration, Verdict>of(
                TOLERANCE,
                new Genuine(0),
                TOLERANCE.negated(),
                new Genuine(0),
                TOLERANCE.plusMillis(1),
                new Refused(Reason.TOO_OLD),
                TOLERANCE.plusMillis(1).negated(),
                new Refused(Reason.FROM_THE_FUTURE))
            .entrySet()) {
      assertThat(StandardSignature.verify(headers, BODY, BOTH, NOW.plus(each.getKey()), TOLERANCE))
          .isEqualTo(each.getValue());
    }
  }

  @Test
  void theKeySaysWhichSchemeCounts() {
    String mac = symmetric(BODY).substring("v1,".length());
    String signature = asymmetric(BODY).substring("v1a,".length());
    // The public key is known to everybody: as the secret of an HMAC it would sign anything.
    SigningSecret confused =
        SigningSecret.parse("whsec_" + KEY.publicHalf().text().substring(5)).orElseThrow();
    String forged = StandardSignature.sign("evt_1", NOW, BODY, List.of(confused), List.of());
    for (String each :
        List.of("v1a," + mac, "v1," + signature, forged, forged.replace("v1,", "v1a,"))) {
      assertThat(verify(received("evt_1", TIME, each)).isGenuine()).as(each).isFalse();
    }
    assertThat(
            StandardSignature.verify(
                received("evt_1", TIME, symmetric(BODY)),
                BODY,
                List.of(KEY.publicHalf()),
                NOW,
                TOLERANCE))
        .isEqualTo(new Refused(Reason.SIGNATURE_MISSING));
  }

  @Test
  void severalSignaturesAndOtherVersionsMayStandBesideIt() {
    String good = symmetric(BODY);
    assertThat(verify(received("evt_1", TIME, "v0,x  v2,y v1, v1 " + good + " v1a,===")))
        .isEqualTo(new Genuine(0));
    SigningSecret next = SigningSecret.generate(RANDOM);
    String rolling =
        StandardSignature.sign("evt_1", NOW, BODY, List.of(next, SECRET), List.of(KEY));
    for (StandardKey key : List.of(SECRET, next, KEY.publicHalf())) {
      assertThat(
              StandardSignature.verify(
                  received("evt_1", TIME, rolling), BODY, List.of(key), NOW, TOLERANCE))
          .isEqualTo(new Genuine(0));
    }
  }

  @Test
  void trapsAreRefused() {
    String good = symmetric(BODY);
    refused(Reason.HEADER_MISSING, received("", TIME, good));
    refused(Reason.HEADER_MISSING, received("evt_1", "", good));
    refused(Reason.HEADER_MISSING, new Received(List.of("evt_1"), List.of(TIME), List.of()));
    refused(
        Reason.HEADER_REPEATED,
        new Received(List.of("evt_1", "evt_1"), List.of(TIME), List.of(good)));
    refused(
        Reason.HEADER_REPEATED, new Received(List.of("evt_1"), List.of(TIME), List.of(good, good)));
    refused(Reason.HEADER_TOO_LONG, received("evt_1", TIME, good + " x".repeat(2_100)));
    refused(Reason.ID_MALFORMED, received("evt.1", TIME, good));
    refused(Reason.ID_MALFORMED, received("evt_1 ", TIME, good));
    refused(Reason.ID_MALFORMED, received("e".repeat(257), TIME, good));
    refused(Reason.TIME_MALFORMED, received("evt_1", "+" + TIME, good));
    refused(Reason.TIME_MALFORMED, received("evt_1", TIME + ".0", good));
    refused(Reason.TIME_MALFORMED, received("evt_1", "\u0661\u0667\u0666\u0667", good));
    refused(Reason.SIGNATURE_MISSING, received("evt_1", TIME, good.replace("v1,", "v0,")));
    refused(Reason.SIGNATURE_MISSING, received("evt_1", TIME, good.replace("v1,", "V1,")));
    refused(Reason.SIGNATURE_MISSING, received("evt_1", TIME, good.substring(3)));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, good.replace("=", "") + "A"));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, good.substring(0, 30)));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, good + ","));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, "v1,"));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, "v1a,"));
    refused(Reason.SIGNATURE_WRONG, received("evt_2", TIME, good));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", "0" + TIME, good));
    String signature = asymmetric(BODY);
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, signature.replace("=", "")));
    refused(Reason.SIGNATURE_WRONG, received("evt_1", TIME, signature.substring(0, 60)));
  }

  /** Where it could be moved, "a.1" at 2 and "a" at 1 with a body that begins with "2." are one. */
  @Test
  void noIdHoldsTheDotThatJoins() {
    assertThatThrownBy(() -> StandardSignature.sign("evt.1", NOW, BODY, List.of(SECRET), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keysAreReadInOneFormAlone() {
    String secret = SECRET.text(SecretAccess.insecureGrant());
    assertThat(SigningSecret.parse(secret)).contains(SECRET);
    assertThat(SigningSecret.parse(secret + "=")).isEmpty();
    assertThat(SigningSecret.parse(secret.substring(6))).isEmpty();
    assertThat(SigningSecret.parse(whsec(23))).isEmpty();
    assertThat(SigningSecret.parse(whsec(24))).isPresent();
    assertThat(SigningSecret.parse(whsec(64))).isPresent();
    assertThat(SigningSecret.parse(whsec(65))).isEmpty();
    assertThat(SECRET).hasToString("[REDACTED]");
    assertThat(KEY).hasToString("[REDACTED]");

    String key = KEY.text(SecretAccess.insecureGrant());
    assertThat(SigningKey.parse(key)).map(SigningKey::publicHalf).contains(KEY.publicHalf());
    byte[] foreign = Base64.getDecoder().decode(key.substring(5));
    foreign[63] ^= 1;
    assertThat(SigningKey.parse("whsk_" + Base64.getEncoder().encodeToString(foreign))).isEmpty();
    assertThat(VerificationKey.parse(KEY.publicHalf().text())).contains(KEY.publicHalf());
    assertThat(VerificationKey.parse(key)).isEmpty();
    assertThat(VerificationKey.parse("whpk_" + "/".repeat(43) + "=")).isEmpty();
  }

  private static String whsec(int bytes) {
    return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  @Test
  void aSignerMakesTheHeadersOfBothSchemes() {
    Map<String, String> headers =
        new WebhookSigner(List.of(SECRET), List.of(KEY)).headers("evt_1", NOW, BODY);
    assertThat(headers)
        .containsOnlyKeys(
            "Stripe-Signature", "webhook-id", "webhook-timestamp", "webhook-signature")
        .containsEntry("webhook-id", "evt_1")
        .containsEntry("webhook-timestamp", TIME)
        .containsEntry("webhook-signature", symmetric(BODY) + " " + asymmetric(BODY))
        .containsEntry("Stripe-Signature", StripeSignature.sign(NOW, BODY, List.of(SECRET)));
  }
}
