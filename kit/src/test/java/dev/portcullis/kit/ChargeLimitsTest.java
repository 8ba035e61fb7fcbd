package dev.portcullis.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.ChargeLimits.Fault;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChargeLimitsTest {

  /** Stripe's table, in major units as it prints them. */
  @ParameterizedTest
  @CsvSource({
    "usd,0.50", "aed,2.00", "aud,0.50", "bgn,1.00", "brl,0.50", "cad,0.50", "chf,0.50",
    "czk,15.00", "dkk,2.50", "eur,0.50", "gbp,0.30", "hkd,4.00", "huf,175.00", "inr,0.50",
    "jpy,50", "mxn,10.00", "myr,2.00", "nok,3.00", "nzd,0.50", "pln,2.00", "ron,2.00",
    "sek,3.00", "sgd,0.50", "thb,10.00"
  })
  void the_documented_minimum_is_the_smallest_charge(String code, String major) {
    Currency currency = Currency.of(code);
    long smallest =
        new java.math.BigDecimal(major).movePointRight(currency.exponent()).longValueExact();
    assertThat(ChargeLimits.smallest(currency)).isEqualTo(smallest);
    assertThat(ChargeLimits.check(new Money(smallest, currency))).isEmpty();
    assertThat(ChargeLimits.check(new Money(smallest - 1, currency))).contains(Fault.TOO_SMALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
        "xof", "xpf"
      })
  void zero_decimal_currencies_count_whole_units(String code) {
    Currency currency = Currency.of(code);
    assertThat(currency.exponent()).isZero();
    assertThat(ChargeLimits.check(new Money(501, currency))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bhd", "jod", "kwd", "omr", "tnd"})
  void three_decimal_amounts_end_in_zero(String code) {
    Currency currency = Currency.of(code);
    assertThat(currency.exponent()).isEqualTo(3);
    assertThat(ChargeLimits.check(new Money(5_120, currency))).isEmpty();
    assertThat(ChargeLimits.check(new Money(5_124, currency))).contains(Fault.NOT_A_STEP);
    assertThat(ChargeLimits.check(new Money(5, currency))).contains(Fault.TOO_SMALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"isk", "ugx"})
  void currencies_that_lost_their_decimals_keep_two_zeros(String code) {
    Currency currency = Currency.of(code);
    assertThat(currency.exponent()).isEqualTo(2);
    assertThat(ChargeLimits.check(new Money(500, currency))).isEmpty();
    assertThat(ChargeLimits.check(new Money(550, currency))).contains(Fault.NOT_A_STEP);
    assertThat(ChargeLimits.check(new Money(50, currency))).contains(Fault.TOO_SMALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"huf", "twd"})
  void what_is_special_for_payouts_alone_is_charged_with_two_decimals(String code) {
    Currency currency = Currency.of(code);
    assertThat(currency.exponent()).isEqualTo(2);
    assertThat(ChargeLimits.check(new Money(20_001, currency))).isEmpty();
  }

  @Test
  void every_other_currency_has_the_exponent_of_the_standard() {
    List<String> special = List.of("isk", "ugx", "mga");
    all()
        .filter(currency -> !special.contains(currency.code()))
        .forEach(
            currency ->
                assertThat(currency.exponent())
                    .as(currency.code())
                    .isEqualTo(
                        java.util.Currency.getInstance(
                                currency.code().toUpperCase(java.util.Locale.ROOT))
                            .getDefaultFractionDigits()));
  }

  private static java.util.stream.Stream<Currency> all() {
    List<Currency> all =
        java.util.Currency.getAvailableCurrencies().stream()
            .map(iso -> Currency.find(iso.getCurrencyCode().toLowerCase(java.util.Locale.ROOT)))
            .flatMap(Optional::stream)
            .toList();
    assertThat(all).hasSizeGreaterThan(130);
    return all.stream();
  }

  @Provide
  Arbitrary<Currency> currencies() {
    return Arbitraries.of(all().toList());
  }

  @Property
  void what_passes_is_within_the_limits_and_a_multiple_of_the_step(
      @ForAll("currencies") Currency currency,
      @ForAll @LongRange(min = -10, max = 200_000_000) long amount) {
    boolean passes = ChargeLimits.check(new Money(amount, currency)).isEmpty();
    assertThat(passes)
        .isEqualTo(
            amount >= ChargeLimits.smallest(currency)
                && amount <= 99_999_999
                && amount % ChargeLimits.step(currency) == 0);
  }

  @Property
  void more_than_eight_digits_are_too_many(
      @ForAll("currencies") Currency currency,
      @ForAll @LongRange(min = 100_000_000, max = Long.MAX_VALUE) long amount) {
    assertThat(ChargeLimits.check(new Money(amount, currency))).contains(Fault.TOO_LARGE);
  }
}
