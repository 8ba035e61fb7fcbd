package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.error.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextRuleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Zo\u00eb O'Brien-\u0141uk\u00e1\u0161",
        "\u738b\u5c0f\u660e",
        "\u0645\u062d\u0645\u062f \u0639\u0644\u06cc",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u05d3\u05d5\u05d3 \u200f(123)",
        "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
        "\ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f",
        "Nguy\u1ec5n Th\u1ecb"
      })
  void namesInAnyScriptStayAsTheyAre(String name) {
    assertThat(TextRule.clean(name, false, "name")).isEqualTo(name);
  }

  @Test
  void oneNameHasOneSpelling() {
    assertThat(TextRule.clean("Zoe\u0308", false, "name")).isEqualTo("Zo\u00eb");
    assertThat(TextRule.clean("\u1112\u1161\u11ab", false, "name")).isEqualTo("\ud55c");
  }

  @Test
  void whatNobodyTypedIsDropped() {
    assertThat(TextRule.clean("\u202d+1 (555) 010\u202c", false, "phone"))
        .isEqualTo("+1 (555) 010");
    assertThat(TextRule.clean("\ufeffa\u200bd\u00admin\u2060", false, "name")).isEqualTo("admin");
    assertThat(TextRule.clean("pay\u200cpal", false, "name")).isEqualTo("paypal");
    assertThat(TextRule.clean("\u3164", false, "name")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "invoice\u202efdp.exe",
        "a\uffffb",
        "a\ufdd0b",
        "hello\udb40\udc68\udb40\udc69",
        "a\nb",
        "a\r\nBcc: x",
        "a\tb"
      })
  void whatCanOnlyDeceiveIsRefusedByName(String text) {
    assertThatThrownBy(() -> TextRule.clean(text, false, "shipping[name]"))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.error().param()).isEqualTo("shipping[name]");
              assertThat(e.error().code()).isEqualTo("parameter_invalid_characters");
            });
  }

  @Test
  void severalLinesStandWhereTheyAreDeclared() {
    assertThat(TextRule.clean("a\r\n\tb\n", true, "description")).isEqualTo("a\r\n\tb\n");
  }

  @Test
  void marksAreBounded() {
    String most = "z" + "\u0336".repeat(TextRule.MAX_MARKS);
    assertThat(TextRule.clean(most, false, "name")).isEqualTo(most);
    assertThatThrownBy(() -> TextRule.clean(most + "\u0336", false, "name"))
        .isInstanceOf(ApiException.class);
  }

  /** Else dropping what stands between its digits would write a number where none was found. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4242\u200b4242\u200b4242\u200b4242",
        "4242 \u200b4242\u00a04242-\u20604242",
        "4\ufe0f\u20e32\ufe0f\u20e34\ufe0f\u20e32\ufe0f\u20e3" + "424242424242",
        "\u202d4242\u3164424242424242\u202c"
      })
  void aNumberIsFoundThroughWhatIsUnseen(String text) {
    assertThat(CardNumbers.find(text)).isTrue();
  }
}
