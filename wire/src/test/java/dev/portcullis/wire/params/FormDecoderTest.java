package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.ParamValue.Items;
import dev.portcullis.wire.params.ParamValue.Members;
import dev.portcullis.wire.params.ParamValue.Text;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormDecoderTest {

  @Test
  void readsTheBracketsOfTheSdks() {
    ParamTree tree = FormDecoder.decode("a=1&b[c]=2&b%5Bd%5D=3&e[]=x&e[]=y&f[0][g]=z");
    assertThat(tree.members())
        .containsEntry("a", new Text("1"))
        .containsEntry("b", new Members(Map.of("c", new Text("2"), "d", new Text("3"))))
        .containsEntry("e", new Items(List.of(new Text("x"), new Text("y"))))
        .containsEntry("f", new Items(List.of(new Members(Map.of("g", new Text("z"))))));
  }

  @Test
  void readsSpacesEscapesAndUtf8() {
    assertThat(FormDecoder.decode("n=J%C3%B6rg+M%20+%E6%9D%B1").members())
        .containsEntry("n", new Text("Jörg M  東"));
  }

  @Test
  void aHashWhoseNamesAreDigitsKeepsThem() {
    assertThat(FormDecoder.decode("metadata[5]=x").members())
        .containsEntry("metadata", new Members(Map.of("5", new Text("x"))));
  }

  @ParameterizedTest
  @CsvSource({
    "a=1&a=2,a",
    "a=1&a[b]=2,a[b]",
    "a[b]=1&a=2,a",
    "a[b=1,a[b",
    "a[b]c=1,a[b]c",
    "a[][b]=1,a[][b]",
    "a=%zz,a",
    "a=%4,a",
    "a=%,a",
    "a=%00,a",
    "a=%1b,a",
    "a=%ff,a",
    "a=%ed%a0%80,a",
    "=1,(empty)",
    "a[b][c][d][e][f][g][h][i]=1,a[b][c][d][e][f][g][h][i]",
  })
  void refusesWhatIsBrokenAndNamesIt(String query, String param) {
    assertThatThrownBy(() -> FormDecoder.decode(query))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(400);
              assertThat(e.error().param()).isEqualTo(param);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_000})
  void refusesTooManyParameters(int count) {
    StringBuilder query = new StringBuilder();
    for (int n = 0; n < count; n++) {
      query.append("p").append(n).append("=1&");
    }
    assertThatThrownBy(() -> FormDecoder.decode(query.toString()))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("at most 1000");
  }

  @Test
  void refusesTextsThatAreTooLong() {
    assertThatThrownBy(() -> FormDecoder.decode("a=" + "x".repeat(65_537)))
        .isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> FormDecoder.decode("x".repeat(256) + "=1"))
        .isInstanceOf(ApiException.class);
  }

  @Property
  void whatIsEncodedIsDecoded(
      @ForAll @Size(max = 10)
          Map<@AlphaChars @StringLength(min = 1, max = 20) String, @StringLength(max = 50) String>
              sent) {
    Map<String, String> printable =
        sent.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, e -> e.getValue().replaceAll("[\\p{Cc}\\p{Cs}]", "")));
    String query =
        printable.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    assertThat(FormDecoder.decode(query).members())
        .isEqualTo(
            printable.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> new Text(e.getValue()))));
  }

  @Property
  void anyBytesAreDecodedOrRefused(@ForAll byte[] body) {
    try {
      FormDecoder.decode(body).fingerprint();
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isNotNull();
    }
  }
}
