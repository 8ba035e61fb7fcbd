package dev.portcullis.wire.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.idempotency.IdempotencyKey;
import dev.portcullis.wire.log.Redaction;
import java.nio.charset.StandardCharsets;

/** What reads headers, and what keeps secrets out of the log, with any text. */
class HeaderFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void authorizationIsAKeyOrRefused(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    try {
      ApiKey key = Credentials.fromAuthorization(header);
      assertThat(ApiKey.parse(key.text())).contains(key);
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(401);
      assertThat(e.error().message()).matches("[\\x20-\\x7e]+");
    }
  }

  @FuzzTest(maxDuration = "10m")
  void idempotencyKeysArePrintableOrRefused(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    try {
      assertThat(IdempotencyKey.parse(header).orElseThrow().value())
          .matches("[\\x20-\\x7e]{1,255}");
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void aLogLineHoldsNoCardNumber(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    assertThat(CardNumbers.find(Redaction.scrub(text))).isFalse();
  }
}
