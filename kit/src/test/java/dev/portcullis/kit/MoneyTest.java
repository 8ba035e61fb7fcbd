package dev.portcullis.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MoneyTest {

  @Property
  void whatIsAddedCanBeTakenAway(
      @ForAll @LongRange(min = -1_000_000_000, max = 1_000_000_000) long a,
      @ForAll @LongRange(min = -1_000_000_000, max = 1_000_000_000) long b) {
    Money left = Money.of(a, "eur");
    Money right = Money.of(b, "eur");
    assertThat(left.plus(right).minus(right)).isEqualTo(left);
    assertThat(left.plus(right)).isEqualTo(right.plus(left));
    assertThat(left.plus(left.negated()).isZero()).isTrue();
  }

  @Test
  void currenciesDoNotMix() {
    assertThatThrownBy(() -> Money.of(1, "eur").plus(Money.of(1, "usd")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Money.of(1, "eur").compareTo(Money.of(1, "usd")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anOverflowIsAnErrorAndNotALoss() {
    assertThatThrownBy(() -> Money.of(Long.MAX_VALUE, "eur").plus(Money.of(1, "eur")))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void amountsAreShownInTheirMajorUnit() {
    assertThat(Money.of(50, "usd").shown()).isEqualTo("0.50 USD");
    assertThat(Money.of(-123_456, "jpy").shown()).isEqualTo("-123456 JPY");
    assertThat(Money.of(1, "kwd").shown()).isEqualTo("0.001 KWD");
  }

  @Test
  void currenciesHaveTheirMinorUnits() {
    assertThat(Currency.of("usd").exponent()).isEqualTo(2);
    assertThat(Currency.of("jpy").exponent()).isZero();
    assertThat(Currency.of("kwd").exponent()).isEqualTo(3);
    assertThat(Currency.of("isk").exponent()).as("Stripe keeps its two zeros").isEqualTo(2);
    assertThat(Currency.find("USD")).as("codes are lower-case").isEmpty();
    assertThat(Currency.find("xau")).as("gold is not charged").isEmpty();
    assertThat(Currency.find("zzz")).isEmpty();
  }
}
