package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import dev.portcullis.wire.card.CardNumbers;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AliasDigitsTest {

  private final AliasDigits digits = new AliasDigits(new SecureRandom());

  @Property(tries = 300)
  void anAliasHasANumbersFormAndIsNone(
      @ForAll @IntRange(min = 12, max = 19) int length,
      @ForAll @IntRange(min = 0, max = 9_999) int last) {
    String last4 = "%04d".formatted(last);
    String alias = digits.draw(length, last4);
    assertThat(alias).hasSize(length).matches("[1-9][0-9]+").endsWith(last4);
    assertThat(Luhn.isValid(alias)).as(alias).isFalse();
    assertThat(CardNumbers.find(alias)).as(alias).isFalse();
    for (int from = 0; from <= length - 12; from++) {
      for (int to = from + 12; to <= length; to++) {
        assertThat(Luhn.isValid(alias.substring(from, to))).as(alias).isFalse();
      }
    }
  }

  /** 1,000 of 10^11 digits: a draw that leaves most of them fixed would repeat itself. */
  @Test
  void drawsAreManyAndEachPlaceTakesEveryDigit() {
    Set<String> drawn = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (int n = 0; n < 1_000; n++) {
      String alias = digits.draw(16, "4242");
      drawn.add(alias);
      for (int at = 0; at < 12; at++) {
        places.add(at + ":" + alias.charAt(at));
      }
    }
    assertThat(drawn).hasSize(1_000);
    assertThat(places).hasSize(9 + 11 * 10);
  }
}
