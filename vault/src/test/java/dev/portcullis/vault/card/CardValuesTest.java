package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardValuesTest {

  private static final BinTable BINS = BinTableReader.shipped();

  private static Pan pan(String digits) {
    return Pan.ofDigits(digits.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void everyDocumentedNumberPassesLuhnAndIsOfItsBrand() {
    assertThat(TestCards.all())
        .hasSizeGreaterThan(120)
        .allSatisfy(
            card -> {
              assertThat(Luhn.isValid(card.number())).as(card.number()).isTrue();
              if (card.facts().brand() != CardBrand.UNKNOWN) {
                BinFacts bin = BINS.find(pan(card.number()));
                assertThat(bin.card().brand()).as(card.number()).isEqualTo(card.facts().brand());
                assertThat(bin.acceptsLength(card.number().length())).as(card.number()).isTrue();
                assertThat(bin.acceptsCodeOf(card.facts().brand().testCvc().length())).isTrue();
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "pm_card_visa,4242424242424242",
    "pm_card_mastercard,5555555555554444",
    "pm_card_amex,378282246310005",
    "pm_card_chargeDeclined,4000000000000002",
    "pm_card_visa_chargeDeclined,4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds,4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard,4000000000009987",
    "pm_card_chargeDeclinedExpiredCard,4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc,4000000000000127",
    "pm_card_chargeDeclinedProcessingError,4000000000000119",
    "pm_card_chargeCustomerFail,4000000000000341",
    "pm_card_authenticationRequired,4000002760003184",
    "pm_card_authenticationRequiredOnSetup,4000002500003155",
    "pm_card_threeDSecure2Required,4000000000003220",
    "pm_card_us,4242424242424242",
  })
  void knowsTheDocumentedNames(String name, String number) {
    assertThat(TestCards.ofPaymentMethodName(name)).map(TestCard::number).hasValue(number);
    assertThat(TestCards.ofTokenName(name)).isEmpty();
    assertThat(TestCards.ofTokenName(name.replace("pm_card_", "tok_")))
        .map(TestCard::number)
        .hasValue(number);
  }

  @Property(tries = 500)
  void theGeneratedRangeIsOfTestCards(@ForAll @LongRange(max = 9_999_999) long n) {
    String digits = TestCards.GENERATED_PREFIX + "%07d".formatted(n);
    digits += Luhn.checkDigit(digits);
    assertThat(TestCards.find(pan(digits))).isNotNull();
  }

  @Property(tries = 1_000)
  void aNumberThatPassesLuhnIsReadWhateverPartsIt(
      @ForAll @LongRange(min = 10_000_000_000L, max = 999_999_999_999_999_999L) long n) {
    String payload = Long.toString(n);
    String digits = payload + Luhn.checkDigit(payload);
    String spaced = digits.replaceAll("(.{4})", "$1 ");
    assertThat(Pan.read(spaced))
        .isInstanceOfSatisfying(
            Pan.Reading.Valid.class,
            valid -> {
              assertThat(valid.pan().insecureDigits())
                  .isEqualTo(digits.getBytes(StandardCharsets.US_ASCII));
              assertThat(valid.pan().toString()).isEqualTo("[REDACTED]");
              valid.pan().close();
              assertThat(valid.pan().insecureDigits()).containsOnly(0);
            });
    char wrong = digits.charAt(3) == '9' ? '0' : (char) (digits.charAt(3) + 1);
    String mistyped = digits.substring(0, 3) + wrong + digits.substring(4);
    assertThat(Pan.read(mistyped)).isInstanceOf(Pan.Reading.Incorrect.class);
  }

  @Property(tries = 1_000)
  void anyTextIsReadWithoutFailing(@ForAll @StringLength(max = 64) String text) {
    assertThat(Pan.read(text)).isNotNull();
  }
}
