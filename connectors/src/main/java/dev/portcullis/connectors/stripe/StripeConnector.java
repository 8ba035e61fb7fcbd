package dev.portcullis.connectors.stripe;

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
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderSetup;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's payment intents, with the card itself in the request: the account needs Stripe's consent
 * to raw card data. Every operation carries its id as {@code metadata[operation]}, by which a lost
 * answer is found again.
 */
public final class StripeConnector implements Connector, NotificationReader, DisputeFeed {

  /**
   * Amounts are counted as the gateway counts, which took it from Stripe. In three currencies with
   * three decimals the last digit must be zero, as it must in two others that lost their minor unit
   * (docs.stripe.com/currencies, special cases).
   */
  static final AmountRules AMOUNTS =
      new AmountRules(
          false,
          Map.of(),
          Map.of(
              "bhd", 10L, "jod", 10L, "kwd", 10L, "omr", 10L, "tnd", 10L, "isk", 100L, "ugx", 100L),
          99_999_999L);

  private static final ProviderSetup SETUP =
      new ProviderSetup(
          URI.create("https://docs.stripe.com/api/payment_intents"),
          List.of(
              new ProviderSetup.SecretNeed(
                  "${account}",
                  "a secret or restricted API key (sk_… or rk_…)",
                  "Stripe Dashboard, Developers, API keys; the account must be allowed raw card"
                      + " data"),
              new ProviderSetup.SecretNeed(
                  "${account}-webhook",
                  "the signing secret of the webhook endpoint (whsec_…)",
                  "Stripe Dashboard, Developers, Webhooks, the endpoint")),
          List.of(),
          new ProviderSetup.Host("https://api.stripe.com", ""),
          new ProviderSetup.Host("https://api.stripe.com", ""),
          "stripe",
          "/policy/stripe.json");

  private static final Manifest MANIFEST =
      new Manifest(
          "stripe",
          // docs.stripe.com/api/idempotent_requests: removed once they are 24 hours old.
          new Manifest.Idempotency.Key(Duration.ofHours(24)),
          // docs.stripe.com/search: up to an hour behind during outages.
          new Manifest.LookupPower.Lagging(Duration.ofHours(1)),
          EnumSet.complementOf(EnumSet.of(Feature.COMPLETION)),
          new Manifest.Currencies.All(),
          AMOUNTS,
          SETUP);

  /** A connector holds no state; one is as good as another. */
  public StripeConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    return StripeRequests.of(operation);
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return StripeAnswers.interpret(operation, answer);
  }

  @Override
  public List<Notification> read(Map<String, @Nullable Object> body) {
    return List.of(StripeEvents.read(body));
  }

  @Override
  public ForwardRequest disputesAfter(String cursor) {
    return StripeDisputes.after(cursor);
  }

  @Override
  public Optional<DisputeFeed.Page> read(String cursor, ForwardAnswer answer) {
    return StripeDisputes.read(answer);
  }

  @Override
  public Optional<DisputeNotice> readAgain(@Nullable Object unread) {
    return StripeDisputes.notice(JsonTree.of(unread));
  }
}
