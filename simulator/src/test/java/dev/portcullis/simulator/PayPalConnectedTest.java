package dev.portcullis.simulator;

import dev.portcullis.connectors.spi.DeclineCode;

/** Our connector against the pretended PayPal. */
class PayPalConnectedTest extends ConnectedContract {
  PayPalConnectedTest() {
    super("paypal", "8PT597110X687430LKGECATA");
  }

  /** Of a notification's body a checksum is signed. */
  @Override
  boolean tellsOnlyToAsk() {
    return true;
  }

  /** PayPal has one word for both. */
  @Override
  DeclineCode expected(Refusal refusal) {
    return refusal == Refusal.STOLEN ? DeclineCode.LOST_CARD : refusal.code;
  }

  /** Its processor's, not the network's. */
  @Override
  String networkCode() {
    return "5120";
  }
}
