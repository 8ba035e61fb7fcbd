package dev.portcullis.connectors.checkoutcom;

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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checkout.com's payments API. What follows an authorization is accepted at once and done later: a
 * notification says what became of it, and as far as the payment itself shows it, a look-up.
 */
public final class CheckoutComConnector implements Connector, NotificationReader, DisputeFeed {

  /**
   * checkout.com/docs, "Format the amount value": whole krónur, ariary in hundredths like
   * everything that it does not list, pesos of Chile in hundredths whose last two digits are zeros,
   * three decimals whose last digit is zero, nine digits at most.
   */
  static final AmountRules AMOUNTS =
      new AmountRules(
          true,
          Map.of("clp", 2, "isk", 0, "mga", 2, "ugx", 0),
          Map.of("clp", 100L, "bhd", 10L, "jod", 10L, "kwd", 10L, "omr", 10L, "tnd", 10L),
          999_999_999L);

  private static final Pattern PREFIX = Pattern.compile("[0-9a-z]{1,32}");

  private static final ProviderSetup SETUP =
      new ProviderSetup(
          URI.create("https://www.checkout.com/docs/payments/accept-payments"),
          List.of(
              new ProviderSetup.SecretNeed(
                  "${account}",
                  "a secret API key (sk_…) that may make payments and see them",
                  "Checkout.com Dashboard, Developers, Keys; the account must be allowed full card"
                      + " data"),
              new ProviderSetup.SecretNeed(
                  "${account}-webhook",
                  "the signature key of the workflow's webhook action",
                  "Checkout.com Dashboard, Developers, Workflows, the webhook action")),
          List.of(
              new ProviderSetup.Parameter(
                  "processing-channel-id",
                  "the processing channel that payments are made on (pc_…)",
                  "Checkout.com Dashboard, Settings, Channels",
                  Pattern.compile("pc_[0-9a-z]{26}")),
              new ProviderSetup.Parameter(
                  "api-prefix",
                  "the first eight characters of the account's client id, without cli_",
                  "Checkout.com Dashboard, Developers, Overview",
                  PREFIX)),
          new ProviderSetup.Host("https://${api-prefix}.api.sandbox.checkout.com", ""),
          new ProviderSetup.Host("https://${api-prefix}.api.checkout.com", ""),
          "hmac_sha256_header",
          "/policy/checkoutcom.json");

  private static final Manifest MANIFEST =
      new Manifest(
          "checkoutcom",
          // checkout.com/docs, "Idempotency": 24 hours unless agreed otherwise.
          new Manifest.Idempotency.Key(Duration.ofHours(24)),
          // The list by reference is not promised to be complete at once.
          new Manifest.LookupPower.Lagging(Duration.ofMinutes(15)),
          EnumSet.complementOf(EnumSet.of(Feature.COMPLETION, Feature.DISPUTE_RESPONSE)),
          new Manifest.Currencies.All(),
          AMOUNTS,
          SETUP);

  /** A connector holds no state; one is as good as another. */
  public CheckoutComConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    return CheckoutComRequests.of(operation);
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return CheckoutComAnswers.interpret(operation, answer);
  }

  @Override
  public List<Notification> read(Map<String, @Nullable Object> body) {
    return List.of(CheckoutComWebhooks.read(body));
  }

  @Override
  public ForwardRequest disputesAfter(String cursor) {
    return CheckoutComDisputes.after(cursor);
  }

  @Override
  public Optional<DisputeFeed.Page> read(String cursor, ForwardAnswer answer) {
    return CheckoutComDisputes.read(answer);
  }

  @Override
  public Optional<DisputeNotice> readAgain(@Nullable Object unread) {
    return CheckoutComDisputes.notice(JsonTree.of(unread));
  }
}
