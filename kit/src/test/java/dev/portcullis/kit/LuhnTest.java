package dev.portcullis.kit;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class LuhnTest {

  @Test
  void publishedTestNumbersPass() {
    assertThat(Luhn.isValid("4242424242424242")).isTrue();
    assertThat(Luhn.isValid("378282246310005")).isTrue();
    assertThat(Luhn.isValid("4242424242424241")).isFalse();
    assertThat(Luhn.isValid("")).isFalse();
    assertThat(Luhn.isValid("4242 4242 4242 4242")).isFalse();
  }

  @Property
  void exactlyOneCheckDigitFits(
      @ForAll @NumericChars @StringLength(min = 1, max = 18) String payload) {
    char right = Luhn.checkDigit(payload);
    for (char digit = '0'; digit <= '9'; digit++) {
      assertThat(Luhn.isValid(payload + digit)).isEqualTo(digit == right);
    }
  }
}
