package dev.portcullis.connectors;

import dev.portcullis.connectors.adyen.AdyenConnector;
import dev.portcullis.connectors.authorizenet.AuthorizeNetConnector;
import dev.portcullis.connectors.braintree.BraintreeConnector;
import dev.portcullis.connectors.checkoutcom.CheckoutComConnector;
import dev.portcullis.connectors.paypal.PayPalConnector;
import dev.portcullis.connectors.sandbox.SandboxConnector;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.stripe.StripeConnector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every connector of this build, by its manifest's name. */
public final class Connectors {

  /** One line a provider. */
  private static final List<Connector> ALL =
      List.of(
          new SandboxConnector(),
          new StripeConnector(),
          new AdyenConnector(),
          new CheckoutComConnector(),
          new PayPalConnector(),
          new BraintreeConnector(),
          new AuthorizeNetConnector());

  private static final Map<String, Connector> BY_NAME =
      ALL.stream()
          .collect(Collectors.toUnmodifiableMap(c -> c.manifest().name(), Function.identity()));

  private Connectors() {}

  /** All of them, in the registry's order; immutable. */
  public static List<Connector> all() {
    return ALL;
  }

  /** The connector of that name, or empty if this build has none. */
  public static Optional<Connector> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
