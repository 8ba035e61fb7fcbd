package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a payment when its provider is chosen, and all that a rule can ask about.
 *
 * @param payment the payment's id, from which every draw comes: the same payment always draws the
 *     same
 * @param attempt which attempt of this confirmation it is, 1 for the first
 * @param at when
 * @param amount what is to be authorized; nothing for a verification
 * @param card the card
 * @param customerCountry where the customer is: two letters in capitals, or null
 * @param metadata the payment's own
 * @param terms what the provider has to be able to do
 */
public record Facts(
    String payment,
    int attempt,
    Instant at,
    Money amount,
    Card card,
    @Nullable String customerCountry,
    Map<String, String> metadata,
    Terms terms) {

  /** Takes a copy. */
  public Facts {
    Objects.requireNonNull(payment);
    metadata = Map.copyOf(metadata);
    if (attempt < 1 || amount.isNegative()) {
      throw new IllegalArgumentException("no such attempt");
    }
  }

  /**
   * A card as its issuer's number range tells it.
   *
   * @param brand {@code visa} and so on, or {@code unknown}
   * @param bin the issuer's number, 6 to 8 digits, or null where it is not known
   * @param funding {@code credit}, {@code debit}, {@code prepaid} or {@code unknown}
   * @param country the issuer's: two letters in capitals, or null
   * @param fingerprint what tells the card from others within the account, or null where that is
   *     not known; no rule asks for it
   */
  public record Card(
      String brand,
      @Nullable String bin,
      String funding,
      @Nullable String country,
      @Nullable String fingerprint) {
    /** Never the digits. */
    @Override
    public String toString() {
      return brand + " " + funding + " " + country;
    }
  }

  /**
   * How the card is to be used.
   *
   * @param offSession whether the merchant charges a stored card without the shopper
   * @param capture whether the money is taken at once
   * @param challenge whether the shopper is to be authenticated in any case
   */
  public record Terms(boolean offSession, boolean capture, boolean challenge) {}

  /** Where the card's issuer is. */
  public Region region() {
    return Region.of(card.country);
  }

  /** What a provider would be asked, as far as it says whether that provider can do it. */
  ProviderOperation.Authorize ask() {
    return new ProviderOperation.Authorize(
        payment,
        amount,
        terms.capture,
        terms.offSession ? new CardUse(Initiator.MERCHANT, false, null) : CardUse.ONCE,
        Shopper.UNKNOWN,
        new Challenge(
            terms.challenge ? Challenge.Wish.ALWAYS : Challenge.Wish.IF_NEEDED,
            "https://localhost/",
            null));
  }

  /** The stored form. A customer's country is personal, and stands where that is sealed. */
  Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("payment", payment);
    doc.put("attempt", attempt);
    doc.put("at_ms", at.toEpochMilli());
    doc.put("amount", amount.minorUnits());
    doc.put("currency", amount.currency().code());
    doc.put("brand", card.brand);
    putIfThere(doc, "bin", card.bin);
    doc.put("funding", card.funding);
    putIfThere(doc, "country", card.country);
    if (customerCountry != null) {
      doc.put("customer_details", Map.of("country", customerCountry));
    }
    doc.put("metadata", new LinkedHashMap<>(metadata));
    doc.put("off_session", terms.offSession);
    doc.put("capture", terms.capture);
    doc.put("challenge", terms.challenge);
    return doc;
  }

  private static void putIfThere(
      Map<String, @Nullable Object> doc, String name, @Nullable Object value) {
    if (value != null) {
      doc.put(name, value);
    }
  }

  static Facts read(Map<?, ?> doc) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (doc.get("metadata") instanceof Map<?, ?> stored) {
      stored.forEach((key, value) -> metadata.put((String) key, String.valueOf(value)));
    }
    String customer =
        doc.get("customer_details") instanceof Map<?, ?> details
            ? (String) details.get("country")
            : null;
    return new Facts(
        text(doc, "payment"),
        (int) number(doc, "attempt"),
        Instant.ofEpochMilli(number(doc, "at_ms")),
        new Money(number(doc, "amount"), Currency.of(text(doc, "currency"))),
        new Card(
            text(doc, "brand"),
            (String) doc.get("bin"),
            text(doc, "funding"),
            (String) doc.get("country"),
            null),
        customer,
        metadata,
        new Terms(
            Boolean.TRUE.equals(doc.get("off_session")),
            Boolean.TRUE.equals(doc.get("capture")),
            Boolean.TRUE.equals(doc.get("challenge"))));
  }

  private static String text(Map<?, ?> doc, String name) {
    return (String) Objects.requireNonNull(doc.get(name));
  }

  private static long number(Map<?, ?> doc, String name) {
    return ((Number) Objects.requireNonNull(doc.get(name))).longValue();
  }
}
