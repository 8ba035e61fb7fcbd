package dev.portcullis.simulator;

import dev.portcullis.connectors.spi.DeclineCode;

/** Our connector against the pretended Adyen. */
class AdyenConnectedTest extends ConnectedContract {
  AdyenConnectedTest() {
    super("adyen", "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056");
  }

  /** Adyen has one word for both. */
  @Override
  DeclineCode expected(Refusal refusal) {
    return refusal == Refusal.LOST || refusal == Refusal.STOLEN
        ? DeclineCode.RESTRICTED_CARD
        : refusal.code;
  }
}
