package dev.portcullis.connectors.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.connectors.spi.NetworkAdvice.Action;
import org.junit.jupiter.api.Test;

/** What comes from afar is taken in its form alone. */
class NetworkAdviceTest {

  @Test
  void codesAreTakenAsProvidersWriteThem() {
    assertThat(NetworkAdvice.of("3 : Do not try again", "51 : Insufficient funds"))
        .isEqualTo(new NetworkAdvice(Action.DO_NOT_TRY_AGAIN, "03", "51"));
    assertThat(NetworkAdvice.of("01: New account information available", "5: Do not honor"))
        .isEqualTo(new NetworkAdvice(Action.CONFIRM_CARD_DATA, "01", "05"));
    assertThat(NetworkAdvice.of("30", "R1"))
        .isEqualTo(new NetworkAdvice(Action.TRY_AGAIN_LATER, "30", "R1"));
    assertThat(NetworkAdvice.of("99", null)).isEqualTo(new NetworkAdvice(null, "99", null));
  }

  @Test
  void theProvidersOwnWordGoesFirst() {
    assertThat(NetworkAdvice.of("do_not_try_again", "02", "0500").action())
        .isEqualTo(Action.DO_NOT_TRY_AGAIN);
    assertThat(NetworkAdvice.of("dance", "02", null).action()).isEqualTo(Action.TRY_AGAIN_LATER);
    assertThat(NetworkAdvice.of("try_again_later", null, "01"))
        .isEqualTo(new NetworkAdvice(Action.TRY_AGAIN_LATER, null, "01"));
  }

  /** A provider that would have it tried again does not speak for the network. */
  @Test
  void whatTheNetworkAdvisesAgainstIsNotTriedAgain() {
    for (String code : new String[] {"01", "03", "04", "21", "22", "40", "41"}) {
      assertThat(NetworkAdvice.of("try_again_later", code, null).isAgainstAnotherAttempt())
          .as(code)
          .isTrue();
    }
    assertThat(NetworkAdvice.of("do_not_try_again", "02", null).isAgainstAnotherAttempt()).isTrue();
    assertThat(NetworkAdvice.of("try_again_later", "24", null).isAgainstAnotherAttempt()).isFalse();
    assertThat(NetworkAdvice.NONE.isAgainstAnotherAttempt()).isFalse();
  }

  @Test
  void whatIsNotInItsFormWasNotSaid() {
    for (String text :
        new String[] {
          null,
          "",
          "AUTHORISED",
          "Refused",
          "ER_WRONG_TICKET",
          "0042424242424242",
          "51<script>",
          "51\n: x\ny",
          "-1",
          "\u0665\u0661"
        }) {
      assertThat(NetworkAdvice.of(text, text)).as(text).isEqualTo(NetworkAdvice.NONE);
    }
    assertThatThrownBy(() -> new NetworkAdvice(null, "3", null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NetworkAdvice(null, null, "51 : no"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
