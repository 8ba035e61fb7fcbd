package dev.portcullis.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.LedgerLine;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Fees are exact and every movement balances, whatever the amount and the currency. */
class LedgerProperties {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456Z");

  @Provide
  Arbitrary<Currency> currencies() {
    return Arbitraries.of("usd", "eur", "jpy", "kwd", "isk", "mga").map(Currency::of);
  }

  @Property
  void a_fee_is_the_exact_share_rounded_half_up_and_the_fixed_part(
      @ForAll @LongRange(min = 0, max = 99_999_999) long amount,
      @ForAll @IntRange(max = 10_000) int basisPoints,
      @ForAll @IntRange(max = 1_000_000) int fixed,
      @ForAll("currencies") Currency currency) {
    FeeSchedule fees = new FeeSchedule(basisPoints, fixed, 0, 2);
    long share =
        BigDecimal.valueOf(amount)
            .multiply(BigDecimal.valueOf(basisPoints))
            .divide(BigDecimal.valueOf(10_000), 0, RoundingMode.HALF_UP)
            .longValueExact();
    long part = currency.exponent() == 3 ? fixed * 10L : fixed;
    assertThat(fees.ofCharge(new Money(amount, currency)))
        .isEqualTo(new Money(share + part, currency));
  }

  @Property
  void the_lines_of_each_movement_sum_to_zero_and_its_net_is_the_merchants(
      @ForAll @LongRange(min = 1, max = 99_999_999) long amount,
      @ForAll("currencies") Currency currency) {
    Bookkeeper books = new Bookkeeper("txn_1", NOW, FeeSchedule.SANDBOX);
    Money money = new Money(amount, currency);
    for (BalanceTransaction booked :
        new BalanceTransaction[] {
          books.charge("ch_1", money, "socks"), books.refund("re_1", money, null)
        }) {
      assertThat(sum(booked, null)).isZero();
      assertThat(-sum(booked, LedgerLine.Account.MERCHANT_BALANCE))
          .isEqualTo(booked.net().minorUnits());
      assertThat(-sum(booked, LedgerLine.Account.PROCESSING_FEES))
          .isEqualTo(booked.fee().minorUnits());
      assertThat(booked.net().plus(booked.fee())).isEqualTo(booked.amount());
    }
  }

  private static long sum(
      BalanceTransaction booked, LedgerLine.@org.jspecify.annotations.Nullable Account account) {
    return booked.lines().stream()
        .filter(line -> account == null || line.account() == account)
        .mapToLong(line -> line.amount().minorUnits())
        .sum();
  }

  @Example
  void the_sandbox_schedule_is_as_documented() {
    FeeSchedule fees = FeeSchedule.SANDBOX;
    assertThat(fees.ofCharge(Money.of(1_999, "usd"))).isEqualTo(Money.of(88, "usd"));
    assertThat(fees.ofCharge(Money.of(50, "usd"))).isEqualTo(Money.of(31, "usd"));
    assertThat(fees.ofCharge(Money.of(1_000, "jpy"))).isEqualTo(Money.of(59, "jpy"));
    assertThat(fees.ofCharge(Money.of(10_000, "kwd"))).isEqualTo(Money.of(590, "kwd"));
    assertThat(fees.ofDispute(Currency.of("usd"))).isEqualTo(Money.of(1_500, "usd"));
    assertThat(fees.availableOn(Instant.parse("2026-02-27T23:59:59.999Z")))
        .isEqualTo(Instant.parse("2026-03-01T00:00:00Z"));
    assertThatThrownBy(() -> new FeeSchedule(10_001, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fees.ofCharge(Money.of(-1, "usd")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void what_is_stored_is_what_is_read_and_time_makes_it_available() {
    BalanceTransaction booked =
        new Bookkeeper("txn_1", NOW, FeeSchedule.SANDBOX)
            .charge("ch_1", Money.of(1_999, "usd"), null);
    Change.Builder change = Change.in("acct_1", false);
    booked.book(change);
    String doc =
        Objects.requireNonNull(change.build().writes().getFirst().row().values().getLast());
    BalanceTransaction read = BalanceTransaction.read(new Stored("txn_1", false, 1, NOW, doc));
    assertThat(read).isEqualTo(booked);
    Instant midnight = Instant.parse("2026-03-03T00:00:00Z");
    assertThat(read.render(midnight.minusNanos(1))).containsEntry("status", "pending");
    assertThat(read.render(midnight)).containsEntry("status", "available");
  }
}
