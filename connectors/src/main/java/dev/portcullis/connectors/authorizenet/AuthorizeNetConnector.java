package dev.portcullis.connectors.authorizenet;

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
import dev.portcullis.kit.Currency;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Authorize.Net's API in JSON. A capture has the name of its authorization; a refund names the
 * card's last digits and is taken only of what has settled, so the payment is looked at first
 * ({@link PreparationStep}).
 *
 * <p>It has no 3-D Secure of its own: it only takes what somebody else's authentication brought,
 * which this does not send. So it answers no CAVV code.
 */
public final class AuthorizeNetConnector implements Connector, PreparationStep, NotificationReader {

  /** Seconds, the longest that Authorize.Net takes. */
  static final long DUPLICATE_WINDOW = 28_800;

  static final AmountRules AMOUNTS = new AmountRules(true, Map.of(), Map.of(), 9_999_999_999L);

  private static final String CURRENCIES = "aud cad chf dkk eur gbp nok nzd pln sek usd";

  private static final ProviderSetup SETUP =
      new ProviderSetup(
          URI.create("https://developer.authorize.net/api/reference/index.html"),
          List.of(
              new ProviderSetup.SecretNeed(
                  "${account}-login",
                  "the API Login ID",
                  "Authorize.Net Merchant Interface, Account, API Credentials & Keys"),
              new ProviderSetup.SecretNeed(
                  "${account}-key",
                  "a Transaction Key",
                  "Authorize.Net Merchant Interface, Account, API Credentials & Keys; the"
                      + " Transaction Details API must be enabled"),
              new ProviderSetup.SecretNeed(
                  "${account}-signature",
                  "the Signature Key that webhooks are signed with, as it is shown",
                  "Authorize.Net Merchant Interface, Account, API Credentials & Keys")),
          List.of(),
          new ProviderSetup.Host("https://apitest.authorize.net", ""),
          new ProviderSetup.Host("https://api.authorize.net", ""),
          "hmac_sha512_header",
          "/policy/authorizenet.json");

  private static final Manifest MANIFEST =
      new Manifest(
          "authorizenet",
          new Manifest.Idempotency.DuplicateWindow(Duration.ofSeconds(DUPLICATE_WINDOW)),
          // The list of what has not settled is not promised to be complete at once.
          new Manifest.LookupPower.Lagging(Duration.ofMinutes(15)),
          EnumSet.of(
              Feature.SEPARATE_CAPTURE,
              Feature.PARTIAL_CAPTURE,
              Feature.PARTIAL_REFUND,
              Feature.VERIFICATION,
              Feature.MERCHANT_INITIATED),
          new Manifest.Currencies.Only(
              Stream.of(CURRENCIES.split(" ", -1))
                  .map(Currency::of)
                  .collect(Collectors.toUnmodifiableSet())),
          AMOUNTS,
          SETUP);

  /** A connector holds no state; one is as good as another. */
  public AuthorizeNetConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    if (MANIFEST.refusal(operation).isPresent()) {
      throw new IllegalArgumentException("not asked of Authorize.Net: " + operation.kind());
    }
    return AuthorizeNetRequests.of(operation);
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return AuthorizeNetAnswers.interpret(operation, answer);
  }

  @Override
  public Optional<ForwardRequest> preparation(ProviderOperation operation) {
    return AuthorizeNetPreparation.of(operation);
  }

  @Override
  public Prepared prepared(ProviderOperation operation, ForwardAnswer answer) {
    return AuthorizeNetPreparation.prepared(operation, answer);
  }

  @Override
  public List<Notification> read(Map<String, @Nullable Object> body) {
    return List.of(AuthorizeNetWebhooks.read(body));
  }
}
