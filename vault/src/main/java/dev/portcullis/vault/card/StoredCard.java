package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A card as a row. The number is only in {@code sealed}.
 *
 * @param owner whose it is
 * @param id {@code pm_…} or {@code tok_…}
 * @param created when it was handed in
 * @param dataKey the key that sealed it
 * @param sealed the sealed card number
 * @param details the sealed {@link CardDetails}, or null once the gateway has them
 * @param face what may be shown
 * @param usedBy of a token: the payment method it became, or null
 * @param lastUsed about when the gateway last asked for it or sent it, or null if it never did
 */
public record StoredCard(
    Owner owner,
    String id,
    Instant created,
    String dataKey,
    byte[] sealed,
    byte @Nullable [] details,
    Face face,
    @Nullable String usedBy,
    @Nullable Instant lastUsed) {

  /**
   * What may be shown of a card.
   *
   * @param fingerprint keyed; never shown to a publishable key
   * @param brand its scheme's name on the wire
   * @param bin the issuer's number, 6 or 8 digits
   * @param last4 its last four digits
   * @param expMonth 1 to 12
   * @param expYear four digits
   * @param funding credit, debit, prepaid or unknown
   * @param country two letters, or null if unknown
   * @param cvcGiven whether a CVC came with it
   */
  public record Face(
      String fingerprint,
      String brand,
      String bin,
      String last4,
      int expMonth,
      int expYear,
      String funding,
      @Nullable String country,
      boolean cvcGiven) {}

  /** The same card, of which the gateway knows from the beginning. */
  StoredCard usedFirst() {
    return new StoredCard(owner, id, created, dataKey, sealed, details, face, usedBy, created);
  }

  @Override
  public String toString() {
    return "StoredCard[" + id + "]";
  }
}
