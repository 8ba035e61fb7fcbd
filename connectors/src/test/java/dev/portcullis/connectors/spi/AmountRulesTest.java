package dev.portcullis.connectors.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AmountRulesTest {

  private static final AmountRules RULES =
      new AmountRules(
          true, Map.of("clp", 2, "idr", 0, "isk", 0), Map.of("kwd", 10L), 1_000_000_000_000L);

  @Provide
  Arbitrary<Money> amounts() {
    return Arbitraries.of("usd", "jpy", "kwd", "clp", "idr", "isk")
        .flatMap(
            code ->
                Arbitraries.longs()
                    .between(0, 2_000_000_000_000L)
                    .map(units -> new Money(units, Currency.of(code))));
  }

  /** What it takes comes back as the same money, and as no other. */
  @Property(tries = 500)
  void whatItTakesIsExact(@ForAll("amounts") Money money) {
    if (RULES.fault(money).isPresent()) {
      return;
    }
    JsonTree amount = JsonTree.of(RULES.amount(money));
    JsonTree code = JsonTree.of(RULES.code(money.currency()));
    assertThat(RULES.money(amount, code)).isEqualTo(money);
    assertThat(RULES.isExactly(money, amount, code)).isTrue();
    assertThat(RULES.isExactly(money, JsonTree.of(RULES.amount(money) + 1), code)).isFalse();
    assertThat(RULES.isExactly(money, amount, JsonTree.of("XXX"))).isFalse();
  }

  @Test
  void roundsNothing() {
    assertThat(RULES.amount(Money.of(15_000, "idr"))).isEqualTo(150);
    assertThat(RULES.fault(Money.of(15_001, "idr"))).isPresent();
    assertThatThrownBy(() -> RULES.amount(Money.of(15_001, "idr")))
        .isInstanceOf(ArithmeticException.class);
    assertThat(RULES.amount(Money.of(150, "clp"))).isEqualTo(15_000);
    assertThat(RULES.money(JsonTree.of(15_001L), JsonTree.of("CLP"))).isNull();
    assertThat(RULES.fault(Money.of(Long.MAX_VALUE, "clp"))).isPresent();
    assertThat(RULES.money(JsonTree.of(Long.MAX_VALUE), JsonTree.of("IDR"))).isNull();
  }

  @Test
  void takesOnlyWholeSteps() {
    assertThat(RULES.fault(Money.of(1_231, "kwd"))).isPresent();
    assertThat(RULES.fault(Money.of(1_230, "kwd"))).isEmpty();
  }

  @Test
  void readsACurrencyOnlyAsTheProviderWritesIt() {
    assertThat(RULES.money(JsonTree.of(1L), JsonTree.of("usd"))).isNull();
    assertThat(RULES.money(JsonTree.of(1L), JsonTree.of("QQQ"))).isNull();
    assertThat(RULES.money(JsonTree.of("1"), JsonTree.of("USD"))).isNull();
    assertThat(RULES.money(JsonTree.of(-1L), JsonTree.of("USD"))).isNull();
  }

  @Test
  void writesDecimalsWithAllDigits() {
    AmountRules rules = new AmountRules(true, Map.of("huf", 0), Map.of(), Long.MAX_VALUE);
    assertThat(rules.decimal(Money.of(1_999, "usd"))).isEqualTo("19.99");
    assertThat(rules.decimal(Money.of(5, "usd"))).isEqualTo("0.05");
    assertThat(rules.decimal(Money.of(500, "jpy"))).isEqualTo("500");
    assertThat(rules.decimal(Money.of(1_230, "kwd"))).isEqualTo("1.230");
    assertThat(rules.decimal(Money.of(50_000, "huf"))).isEqualTo("500");
  }

  @Test
  void readsADecimalHoweverItIsWritten() {
    AmountRules rules = new AmountRules(true, Map.of("huf", 0), Map.of(), Long.MAX_VALUE);
    Money amount = Money.of(1_000, "usd");
    for (Object same : List.of("10", "10.0", "10.00", 10L, new BigDecimal("10.00"))) {
      assertThat(rules.isExactlyDecimal(amount, JsonTree.of(same), JsonTree.of("USD")))
          .as(String.valueOf(same))
          .isTrue();
    }
    for (Object other :
        List.of("10.01", "1e1", "-10", " 10", "10.", "", true, 1_000L, new BigDecimal("-10"))) {
      assertThat(rules.isDecimal(amount, JsonTree.of(other))).as(String.valueOf(other)).isFalse();
    }
    assertThat(rules.isExactlyDecimal(amount, JsonTree.of("10"), JsonTree.of("usd"))).isFalse();
    assertThat(rules.isDecimal(Money.of(50_050, "huf"), JsonTree.of("500.5"))).isFalse();
  }
}
