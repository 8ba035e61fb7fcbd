package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.AmountRules;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PayPal's Orders API v2 with a card as its payment source. A payment is an order, and the order's
 * id is its reference from the beginning to the end: it is made before the card is sent to it, and
 * what PayPal made for it, an authorization, captures, refunds, is read from the order before each
 * of them is used ({@link PreparationStep}).
 *
 * <p>A card cannot be verified without charging it, except by storing it there, which is not done.
 */
public final class PayPalConnector
    implements Connector, PreparationStep, NotificationReader, DisputeFeed {

  /** developer.paypal.com/api/rest/reference/currency-codes: no decimals where ISO 4217 has two. */
  static final AmountRules AMOUNTS =
      new AmountRules(true, Map.of("huf", 0, "twd", 0), Map.of(), 999_999_999_999_999L);

  private static final String CURRENCIES =
      """
      aud brl cad chf cny czk dkk eur gbp hkd huf ils jpy mxn myr nok nzd php pln sek sgd thb twd
      usd
      """;

  private static final Pattern WEBHOOK = Pattern.compile("[0-9A-Za-z]{8,50}");

  private static final ProviderSetup SETUP =
      new ProviderSetup(
          URI.create("https://developer.paypal.com/docs/api/orders/v2/"),
          List.of(
              new ProviderSetup.SecretNeed(
                  "${account}-client",
                  "the client ID of a REST app",
                  "PayPal Developer Dashboard, Apps & Credentials; the account must be approved for"
                      + " advanced card payments"),
              new ProviderSetup.SecretNeed(
                  "${account}-client-secret",
                  "the secret of the same app",
                  "PayPal Developer Dashboard, Apps & Credentials")),
          List.of(
              new ProviderSetup.Parameter(
                  "webhook-id",
                  "the id of the app's webhook, which its notifications are signed for",
                  "PayPal Developer Dashboard, Apps & Credentials, the app, Webhooks",
                  WEBHOOK)),
          new ProviderSetup.Host(
              "https://api-m.sandbox.paypal.com",
              "",
              Map.of(
                  "certificate-host", "api.sandbox.paypal.com",
                  "certificate-name", "messageverificationcerts.sandbox.paypal.com")),
          new ProviderSetup.Host(
              "https://api-m.paypal.com",
              "",
              Map.of(
                  "certificate-host", "api.paypal.com",
                  "certificate-name", "messageverificationcerts.paypal.com")),
          "paypal",
          "/policy/paypal.json");

  private static final Manifest MANIFEST =
      new Manifest(
          "paypal",
          // PayPal-Request-Id: six hours for an order, 45 days for what follows it.
          new Manifest.Idempotency.Key(Duration.ofHours(6)),
          new Manifest.LookupPower.ByReference(),
          EnumSet.complementOf(EnumSet.of(Feature.VERIFICATION, Feature.DISPUTE_RESPONSE)),
          new Manifest.Currencies.Only(
              CURRENCIES
                  .lines()
                  .flatMap(line -> Stream.of(line.split(" ")))
                  .map(Currency::of)
                  .collect(Collectors.toUnmodifiableSet())),
          AMOUNTS,
          SETUP);

  /** A connector holds no state; one is as good as another. */
  public PayPalConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    return PayPalRequests.of(operation);
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return PayPalAnswers.interpret(operation, answer);
  }

  @Override
  public boolean completes(ProviderOperation.Lookup asked, ForwardAnswer answer) {
    return PayPalPreparation.completes(asked, answer);
  }

  @Override
  public Optional<ForwardRequest> preparation(ProviderOperation operation) {
    return PayPalPreparation.of(operation);
  }

  @Override
  public Prepared prepared(ProviderOperation operation, ForwardAnswer answer) {
    return PayPalPreparation.prepared(operation, answer);
  }

  @Override
  public List<Notification> read(Map<String, @Nullable Object> body) {
    return List.of(PayPalWebhooks.read(body));
  }

  @Override
  public ForwardRequest disputesAfter(String cursor) {
    return PayPalDisputes.after(cursor);
  }

  @Override
  public Optional<DisputeFeed.Page> read(String cursor, ForwardAnswer answer) {
    return PayPalDisputes.read(cursor, answer);
  }

  @Override
  public Optional<DisputeNotice> readAgain(@Nullable Object unread) {
    return PayPalDisputes.notice(JsonTree.of(unread));
  }
}
