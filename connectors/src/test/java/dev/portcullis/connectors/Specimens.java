package dev.portcullis.connectors;

import dev.portcullis.connectors.adyen.AdyenSpecimen;
import dev.portcullis.connectors.authorizenet.AuthorizeNetSpecimen;
import dev.portcullis.connectors.braintree.BraintreeSpecimen;
import dev.portcullis.connectors.checkoutcom.CheckoutComSpecimen;
import dev.portcullis.connectors.paypal.PayPalSpecimen;
import dev.portcullis.connectors.sandbox.SandboxSpecimen;
import dev.portcullis.connectors.stripe.StripeSpecimen;
import java.util.List;

/** One line a provider, as in the registry. */
final class Specimens {

  private static final List<Specimen> ALL =
      List.of(
          new SandboxSpecimen(),
          new StripeSpecimen(),
          new AdyenSpecimen(),
          new CheckoutComSpecimen(),
          new PayPalSpecimen(),
          new BraintreeSpecimen(),
          new AuthorizeNetSpecimen());

  private Specimens() {}

  static List<Specimen> all() {
    return ALL;
  }
}
