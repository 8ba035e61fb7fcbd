package dev.portcullis.connectors.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeclineCodeTest {

  @ParameterizedTest
  @EnumSource
  void isFoundByItsWireName(DeclineCode code) {
    assertThat(DeclineCode.find(code.wire())).contains(code);
    assertThat(code.wire()).matches("[a-z_]+");
    assertThat(code.code()).matches("[a-z_]+");
    assertThat(code.message()).endsWith(".");
  }

  @Test
  void doesNotGuess() {
    assertThat(DeclineCode.find("no_such_code")).isEmpty();
    assertThat(DeclineCode.find("GENERIC_DECLINE")).isEmpty();
  }

  /** What Stripe's test cards show. */
  @ParameterizedTest
  @CsvSource({
    "generic_decline, card_declined, Your card was declined.",
    "insufficient_funds, card_declined, Your card has insufficient funds.",
    "lost_card, card_declined, Your card was declined.",
    "stolen_card, card_declined, Your card was declined.",
    "fraudulent, card_declined, Your card was declined.",
    "expired_card, expired_card, Your card has expired.",
    "incorrect_cvc, incorrect_cvc, Your card's security code is incorrect.",
    "authentication_required, authentication_required,"
        + " Your card was declined. This transaction requires authentication."
  })
  void speaksAsStripeDoes(String wire, String code, String message) {
    DeclineCode found = DeclineCode.find(wire).orElseThrow();
    assertThat(found.code()).isEqualTo(code);
    assertThat(found.declineCode()).isEqualTo(wire);
    assertThat(found.message()).isEqualTo(message);
  }

  @Test
  void aFailedChallengeHasNoDeclineCode() {
    assertThat(DeclineCode.AUTHENTICATION_FAILED.declineCode()).isNull();
    assertThat(DeclineCode.AUTHENTICATION_FAILED.code())
        .isEqualTo("payment_intent_authentication_failure");
  }
}
