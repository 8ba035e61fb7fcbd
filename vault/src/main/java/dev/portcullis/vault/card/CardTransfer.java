package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cards that come from other vaults and go to them. What a card may be is what card intake says,
 * but for its expiry: a card that has expired may still be one that a bank replaces.
 */
public final class CardTransfer {

  private static final int OLDEST_YEARS = 20;
  private static final int CENTURY = 2_000;

  private final Cards cards;
  private final BinTable bins;

  /** By those keys and that table of ranges. */
  public CardTransfer(Cards cards, BinTable bins) {
    this.cards = cards;
    this.bins = bins;
  }

  /**
   * A card as a file says it.
   *
   * @param expYear two digits mean this century
   * @param address Stripe's names of a billing address's fields
   * @param person email, name, phone
   */
  public record Line(
      String number,
      long expMonth,
      long expYear,
      Map<String, String> address,
      Map<String, String> person) {
    @Override
    public String toString() {
      return "[REDACTED]";
    }
  }

  /** What comes of a line. */
  public sealed interface Taken {
    /** A card, sealed and not stored yet. */
    record Good(StoredCard card) implements Taken {}

    /**
     * None.
     *
     * @param reason the code that card intake would answer with
     */
    record Bad(String reason) implements Taken {}
  }

  /** Why the line is no card that this owner may have, or null; nothing is sealed. */
  public @Nullable String fault(Owner owner, Line line) {
    return switch (check(owner, line)) {
      case CardEntry.Check.Bad bad -> reason(bad);
      case CardEntry.Check.Good(CardEntry entry) -> {
        entry.close();
        yield null;
      }
    };
  }

  /** Whether the card's last month has passed. */
  public boolean hasExpired(Line line) {
    YearMonth now = now();
    return isOld(line, now);
  }

  /** The line as a payment method that counts as used from now on, ready to be stored. */
  public Taken seal(Owner owner, Line line) throws SQLException {
    return switch (check(owner, line)) {
      case CardEntry.Check.Bad bad -> new Taken.Bad(reason(bad));
      case CardEntry.Check.Good(CardEntry entry) -> {
        try (entry) {
          CardDetails details =
              new CardDetails(
                  CardDetails.billing(line.address(), line.person()),
                  Map.of(),
                  CardDetails.UNSPECIFIED);
          yield new Taken.Good(cards.seal(owner, "pm", entry, details).usedFirst());
        }
      }
    };
  }

  private CardEntry.Check check(Owner owner, Line line) {
    YearMonth now = now();
    // A card of the past is checked as of its own last month.
    YearMonth asOf =
        isOld(line, now) ? YearMonth.of(fullYear(line.expYear()), (int) line.expMonth()) : now;
    return CardEntry.check(
        line.number(),
        line.expMonth(),
        fullYear(line.expYear()),
        null,
        owner.livemode(),
        asOf,
        bins);
  }

  private static boolean isOld(Line line, YearMonth now) {
    int year = fullYear(line.expYear());
    return line.expMonth() >= 1
        && line.expMonth() <= 12
        && year > now.getYear() - OLDEST_YEARS
        && YearMonth.of(year, (int) line.expMonth()).isBefore(now);
  }

  private static int fullYear(long year) {
    if (year < 0 || year > 9_999) {
      return -1;
    }
    return (int) (year < 100 ? CENTURY + year : year);
  }

  private YearMonth now() {
    return YearMonth.from(cards.now().atZone(ZoneOffset.UTC));
  }

  private static String reason(CardEntry.Check.Bad bad) {
    String decline = bad.error().declineCode();
    return decline != null ? decline : Objects.requireNonNullElse(bad.error().code(), "invalid");
  }

  /**
   * A stored card with its number, in the members that an export's line has. There is no code in
   * it: none is stored.
   *
   * @throws dev.portcullis.vault.crypto.TamperedException if its row was changed
   */
  public Map<String, @Nullable Object> insecureLine(StoredCard card) throws SQLException {
    StoredCard.Face face = card.face();
    CardDetails details = cards.details(card);
    CardDetails known = details == null ? CardDetails.none() : details;
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", card.id());
    try (Pan pan = cards.open(card)) {
      tree.put("number", new String(pan.insecureDigits(), StandardCharsets.US_ASCII));
    }
    tree.put("exp_month", face.expMonth());
    tree.put("exp_year", face.expYear());
    tree.put("brand", face.brand());
    tree.put("created", card.created().getEpochSecond());
    for (String field : new String[] {"name", "email", "phone"}) {
      put(tree, field, known.billing().get(field));
    }
    for (String field : new String[] {"line1", "line2", "city", "state", "country"}) {
      put(tree, "address_" + field, known.address(field));
    }
    put(tree, "address_zip", known.address("postal_code"));
    return tree;
  }

  private static void put(Map<String, @Nullable Object> tree, String name, @Nullable Object value) {
    if (value != null) {
      tree.put(name, value);
    }
  }
}
