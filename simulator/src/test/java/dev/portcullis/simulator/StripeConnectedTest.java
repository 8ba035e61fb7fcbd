package dev.portcullis.simulator;

/** Our connector against the pretended Stripe. */
class StripeConnectedTest extends ConnectedContract {
  StripeConnectedTest() {
    super("stripe", "whsec_of_the_tests");
  }
}
