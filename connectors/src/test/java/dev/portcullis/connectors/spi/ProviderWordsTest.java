package dev.portcullis.connectors.spi;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ProviderWordsTest {

  @Test
  void keepsWhatAnOperatorNeeds() {
    ProviderWords words = new ProviderWords("20051", "Insufficient\n funds, order 12345678901");
    assertThat(words.code()).isEqualTo("20051");
    assertThat(words.message()).isEqualTo("Insufficient funds, order 12345678901");
    assertThat(words.line()).isEqualTo("20051: Insufficient funds, order 12345678901");
    assertThat(new ProviderWords(" ", null)).isEqualTo(ProviderWords.NONE);
    assertThat(ProviderWords.NONE.line()).isEmpty();
  }

  @Test
  void keepsNoCardNumberInGroupsNorInOtherDigits() {
    for (String card :
        new String[] {
          "4242424242424242",
          "4242 4242 4242 4242",
          "4242-4242-4242-4242",
          "4242.4242.4242.4242",
          "\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662"
        }) {
      assertThat(new ProviderWords(card, "Card " + card + " is bad"))
          .isEqualTo(new ProviderWords("[digits]", "Card [digits] is bad"));
    }
  }

  @Property(tries = 500)
  void isBoundedAndFreeOfLongRunsOfDigits(
      @ForAll @StringLength(max = 3_000) String text,
      @ForAll @NumericChars @StringLength(min = 12, max = 40) String digits,
      @ForAll @IntRange(max = 3_000) int at) {
    int place = Math.min(at, text.length());
    String message = text.substring(0, place) + digits + text.substring(place);
    ProviderWords words = new ProviderWords(message, message);
    assertThat(words.line().length())
        .isLessThanOrEqualTo(ProviderWords.MOST_CODE + ProviderWords.MOST_MESSAGE + 2);
    assertThat(words.line()).doesNotContainPattern("[0-9]{12,}");
  }
}
