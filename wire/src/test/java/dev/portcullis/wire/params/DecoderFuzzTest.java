package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.wire.error.ApiException;

/** Coverage-guided with {@code JAZZER_FUZZ=1}; otherwise the kept inputs are tried once. */
class DecoderFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void formsAreDecodedOrRefusedByName(byte[] body) {
    try {
      assertThat(FormDecoder.decode(body).fingerprint()).hasSize(32);
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isNotBlank();
    }
  }

  @FuzzTest(maxDuration = "10m")
  void jsonIsDecodedOrRefusedByName(byte[] body) {
    try {
      assertThat(JsonParams.decode(body).fingerprint()).hasSize(32);
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isNotBlank();
    }
  }
}
