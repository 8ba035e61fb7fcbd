package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonParamsTest {

  @Test
  void bothFormsOfABodyMeanTheSame() {
    ParamTree json =
        decode(
            """
            {"amount": 1999, "confirm": true, "description": null,
             "metadata": {"order": "6735"}, "expand": ["customer", "latest_charge"]}
            """);
    ParamTree form =
        FormDecoder.decode(
            "expand[]=customer&expand[]=latest_charge&metadata[order]=6735&description="
                + "&confirm=true&amount=1999");
    assertThat(json.fingerprint()).isEqualTo(form.fingerprint());
  }

  @Test
  void differentParametersHaveDifferentFingerprints() {
    assertThat(FormDecoder.decode("a=1&b=2").fingerprint())
        .isNotEqualTo(FormDecoder.decode("a=12&b=").fingerprint())
        .isNotEqualTo(FormDecoder.decode("a=1&b[c]=2").fingerprint())
        .isEqualTo(FormDecoder.decode("b=2&a=1").fingerprint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1]",
        "{",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1} x",
        "nul",
        "{\"a\":NaN}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a[b]\":1}",
        "{\"\":1}",
        "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"i\":1}}}}}}}}}",
      })
  void refusesWhatIsBrokenAndNamesIt(String body) {
    assertThatThrownBy(() -> decode(body))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(400);
              assertThat(e.error().param()).isNotBlank();
            });
  }

  @Test
  void refusesTenThousandLevels() {
    String deep = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
    assertThatThrownBy(() -> decode(deep)).isInstanceOf(ApiException.class);
  }

  @Test
  void doesNotWriteOutAHugeNumber() {
    assertThat(decode("{\"amount\":1e999999999}").members().get("amount"))
        .isEqualTo(new ParamValue.Text("1E+999999999"));
  }

  @Property
  void anyBytesAreDecodedOrRefused(@ForAll byte[] body) {
    try {
      JsonParams.decode(body);
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
    }
  }

  private static ParamTree decode(String body) {
    return JsonParams.decode(body.getBytes(StandardCharsets.UTF_8));
  }
}
