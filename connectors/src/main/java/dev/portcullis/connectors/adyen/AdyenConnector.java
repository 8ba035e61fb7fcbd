package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.AmountRules;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.Manifest.Feature;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.kit.Currency;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adyen's Checkout API v71. What follows an authorization (captures, cancellations, refunds) is
 * only taken note of at once; a notification says what became of it. There is no look-up: what a
 * lost answer was, the same request under the same key tells, or the notification.
 */
public final class AdyenConnector implements Connector, NotificationReader {

  /** docs.adyen.com/development-resources/currency-codes: its decimals where they are not ours. */
  static final AmountRules AMOUNTS =
      new AmountRules(
          true, Map.of("clp", 2, "cve", 0, "idr", 0, "isk", 2, "ugx", 0), Map.of(), Long.MAX_VALUE);

  private static final String CURRENCIES =
      """
      aed all amd aoa ars aud awg azn bam bbd bdt bhd bmd bnd bob brl bsd bwp byn bzd cad chf clp
      cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl
      htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr mad mdl mkd
      mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg
      qar ron rsd rwf sar sbd scr sek sgd shp sle sos srd szl thb tnd top try ttd twd tzs uah ugx
      usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
      """;

  private static final ProviderSetup SETUP =
      new ProviderSetup(
          URI.create("https://docs.adyen.com/api-explorer/Checkout/71/overview"),
          List.of(
              new ProviderSetup.SecretNeed(
                  "${account}",
                  "an API key of a web service user (ws@Company.…) that may send raw card data",
                  "Adyen Customer Area, Developers, API credentials"),
              new ProviderSetup.SecretNeed(
                  "${account}-webhook",
                  "the HMAC key of the standard webhook, in hexadecimal",
                  "Adyen Customer Area, Developers, Webhooks, Security")),
          List.of(
              new ProviderSetup.Parameter(
                  "merchant-account",
                  "the merchant account that payments are made on",
                  "Adyen Customer Area, Settings, Merchant accounts",
                  Pattern.compile("[0-9A-Za-z_-]{1,80}")),
              new ProviderSetup.Parameter(
                  "live-prefix",
                  "the prefix of the account's live endpoints",
                  "Adyen Customer Area (live), Developers, API URLs",
                  Pattern.compile("[0-9A-Za-z][0-9A-Za-z-]{0,62}"))),
          new ProviderSetup.Host(
              "https://checkout-test.adyen.com",
              "",
              Map.of("management", "https://management-test.adyen.com")),
          new ProviderSetup.Host(
              "https://${live-prefix}-checkout-live.adyenpayments.com",
              "/checkout",
              Map.of("management", "https://management-live.adyen.com")),
          "adyen",
          "/policy/adyen.json");

  private static final Manifest MANIFEST =
      new Manifest(
          "adyen",
          // docs.adyen.com/development-resources/api-idempotency: 31 days at least, formerly 7.
          new Manifest.Idempotency.Key(Duration.ofDays(7)),
          new Manifest.LookupPower.None(),
          EnumSet.complementOf(EnumSet.of(Feature.DISPUTE_RESPONSE)),
          new Manifest.Currencies.Only(
              CURRENCIES
                  .lines()
                  .flatMap(line -> Stream.of(line.split(" ")))
                  .map(Currency::of)
                  .collect(Collectors.toUnmodifiableSet())),
          AMOUNTS,
          SETUP);

  /** A connector holds no state; one is as good as another. */
  public AdyenConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    return AdyenRequests.of(operation);
  }

  @Override
  public boolean completes(Map<String, String> returned) {
    return !returned.getOrDefault("redirectResult", "").isBlank();
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return AdyenAnswers.interpret(operation, answer);
  }

  @Override
  public List<Notification> read(Map<String, @Nullable Object> body) {
    return AdyenWebhooks.read(body);
  }
}
