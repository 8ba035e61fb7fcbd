package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.AmountRules;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.Manifest.Feature;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.PreparationStep;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderSetup;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Braintree's GraphQL API. The queries are the policy's; what goes out are their variables. A card
 * becomes a token that serves once, and the token pays ({@link PreparationStep}).
 *
 * <p>Its 3-D Secure needs Braintree's own script in the shopper's browser, and it verifies only
 * cards that it stores; neither is done here.
 */
public final class BraintreeConnector implements Connector, PreparationStep, NotificationReader {

  /** An amount is a whole number or has two or three decimals. */
  static final AmountRules AMOUNTS =
      new AmountRules(true, Map.of("isk", 0, "ugx", 0), Map.of(), 999_999_999_999L);

  private static final ProviderSetup SETUP =
      new ProviderSetup(
          URI.create("https://developer.paypal.com/braintree/graphql/"),
          List.of(
              new ProviderSetup.SecretNeed(
                  "${account}-public",
                  "the public key of an API key pair",
                  "Braintree Control Panel, the gear, API, Keys"),
              new ProviderSetup.SecretNeed(
                  "${account}-private",
                  "the private key of the same pair, which signs notifications as well",
                  "Braintree Control Panel, the gear, API, Keys; the account must be allowed raw"
                      + " card data")),
          List.of(
              new ProviderSetup.Parameter(
                  "merchant-account-id",
                  "the merchant account that payments are made on",
                  "Braintree Control Panel, the gear, Business, Merchant Accounts",
                  Pattern.compile("[0-9A-Za-z_-]{1,64}")),
              new ProviderSetup.Parameter(
                  "currency",
                  "the currency of that merchant account, in small letters; it charges in no other",
                  "Braintree Control Panel, the gear, Business, Merchant Accounts",
                  Pattern.compile("[a-z]{3}"))),
          new ProviderSetup.Host("https://payments.sandbox.braintree-api.com", ""),
          new ProviderSetup.Host("https://payments.braintree-api.com", ""),
          "braintree",
          "/policy/braintree.json");

  private static final Manifest MANIFEST =
      new Manifest(
          "braintree",
          // apiRequestKey: 30 days, for the same input.
          new Manifest.Idempotency.Key(Duration.ofDays(30)),
          // A search is not promised to be complete at once.
          new Manifest.LookupPower.Lagging(Duration.ofMinutes(15)),
          EnumSet.of(
              Feature.SEPARATE_CAPTURE,
              Feature.PARTIAL_CAPTURE,
              Feature.PARTIAL_REFUND,
              Feature.MERCHANT_INITIATED),
          new Manifest.Currencies.All(),
          AMOUNTS,
          SETUP);

  /** A connector holds no state; one is as good as another. */
  public BraintreeConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    return BraintreeRequests.of(operation);
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return BraintreeAnswers.interpret(operation, answer);
  }

  @Override
  public Optional<ForwardRequest> preparation(ProviderOperation operation) {
    return MANIFEST.refusal(operation).isPresent()
        ? Optional.empty()
        : BraintreePreparation.of(operation);
  }

  @Override
  public Prepared prepared(ProviderOperation operation, ForwardAnswer answer) {
    return BraintreePreparation.prepared(operation, answer);
  }

  @Override
  public boolean sendsForms() {
    return true;
  }

  @Override
  public List<Notification> read(Map<String, @Nullable Object> body) {
    return List.of(BraintreeWebhooks.read(body));
  }
}
