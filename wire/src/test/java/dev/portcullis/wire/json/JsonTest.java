package dev.portcullis.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void aTreeIsReadBack() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("z", 1L);
    tree.put("a", Arrays.asList(true, null, "x", new BigDecimal("1.50")));
    tree.put("big", new BigInteger("123456789012345678901234567890"));
    assertThat(Json.writeString(tree))
        .isEqualTo("{\"z\":1,\"a\":[true,null,\"x\",1.50],\"big\":123456789012345678901234567890}");
    assertThat(Json.read(Json.write(tree))).isEqualTo(tree);
  }

  @Property
  void anyTextIsReadBack(@ForAll String text) {
    String clean = text.replaceAll("\\p{Cs}", "");
    assertThat(Json.read(Json.write(clean))).isEqualTo(clean);
  }

  @Test
  void theErrorDoesNotQuoteTheText() {
    assertThatThrownBy(() -> Json.read("{\"number\":\"4242424242424242"))
        .isInstanceOf(MalformedJsonException.class)
        .hasNoCause()
        .message()
        .doesNotContain("4242");
    assertThatThrownBy(() -> Json.readObject("[]")).isInstanceOf(MalformedJsonException.class);
    assertThatThrownBy(() -> Json.read("")).isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> Json.read("[".repeat(10_000)))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("too deeply");
  }

  @Test
  void aShortNumberCannotBeLongWhenItIsWrittenOut() {
    for (String number :
        List.of("1e999999999", "1E101", "-1e-101", "0e2147483647", "1e-2147483647", "0.1e200")) {
      assertThatThrownBy(() -> Json.read("{\"amount\":" + number + "}"))
          .as(number)
          .isInstanceOf(MalformedJsonException.class);
    }
    assertThat(Json.read("1e100")).isEqualTo(new BigDecimal("1e100"));
    assertThat(Json.read("1.5e-99")).isEqualTo(new BigDecimal("1.5e-99"));
  }

  @Test
  void onlyTheTreesTypesAreWritten() {
    assertThatThrownBy(() -> Json.write(List.of(new Object())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whereItIsBrokenIsSaidAndNotWhatStandsThere() {
    assertThatThrownBy(() -> Json.readObject("{\n  \"a\": 1,\n  secret\n}"))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("malformed at line 3, column")
        .hasMessageNotContaining("secret");
  }
}
