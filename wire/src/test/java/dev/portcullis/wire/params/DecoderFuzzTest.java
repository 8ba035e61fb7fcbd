package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decoders and what reads their parameters, with any bytes. */
class DecoderFuzzTest {

  private static final Shape SHAPE =
      Shape.of(
          Param.integer("a"),
          Param.bool("b"),
          Param.choice("c", "one", "two"),
          Param.currency("d"),
          Param.email("e"),
          Param.url("f"),
          Param.string("g").max(20).unsettable(),
          Param.id("h"),
          Param.list("i", Param.timestamp("i")),
          Param.hash("j", Shape.of(Param.string("k"), Param.country("l"))),
          Param.either(Param.integer("m"), Param.hash("m", Shape.of(Param.integer("n")))),
          Param.metadata(),
          Param.expand());

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

  @FuzzTest(maxDuration = "10m")
  void parametersAreReadOrRefusedByName(byte[] body) {
    try {
      Arguments arguments = SHAPE.read(FormDecoder.decode(body));
      arguments.string("e").ifPresent(email -> assertThat(email).doesNotContainPattern("[\\s<>]"));
      arguments.url("f").ifPresent(url -> assertThat(url.getHost()).isNotBlank());
      arguments.string("h").ifPresent(id -> assertThat(id).matches("[0-9A-Za-z_]{1,255}"));
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isNotBlank();
    }
  }

  /** The first line is the header. */
  @FuzzTest(maxDuration = "10m")
  void bodiesAreReadByTheirTypeOrRefused(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    String type = end < 0 ? null : text.substring(0, end);
    byte[] body = Arrays.copyOfRange(input, end + 1, input.length);
    try {
      ParamTree tree = RequestBody.decode(type, body);
      if (body.length > 0) {
        assertThat(type).containsIgnoringCase("application/");
        assertThat(tree.fingerprint()).hasSize(32);
      }
    } catch (ApiException e) {
      assertThat(e.error().status()).isIn(400, 415);
    }
  }
}
