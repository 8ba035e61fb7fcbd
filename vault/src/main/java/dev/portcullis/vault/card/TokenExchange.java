package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;

/** Makes payment methods of tokens, each token once, and of the names of documented test cards. */
public final class TokenExchange {

  private static final int TEST_EXPIRY_YEARS = 1;

  private final Cards cards;
  private final CardStore store;

  public TokenExchange(Cards cards, CardStore store) {
    this.cards = cards;
    this.store = store;
  }

  /**
   * A payment method of a token, or of a test token's name in test mode.
   *
   * @param details what is known beside the card; what the token has of it counts where that is
   *     empty
   * @throws ApiException 400 {@code token_already_used}; 404 {@code resource_missing}
   */
  StoredCard exchange(Owner owner, String tokenId, CardDetails details) throws SQLException {
    if (!owner.livemode()) {
      Optional<TestCard> named = TestCards.ofTokenName(tokenId);
      if (named.isPresent()) {
        return mint(owner, named.get(), details);
      }
    }
    StoredCard token =
        store
            .find(owner, tokenId)
            .filter(found -> found.id().startsWith("tok_"))
            .orElseThrow(() -> new ApiException(ApiErrors.noSuch("token", tokenId, "card[token]")));
    CardDetails ofToken = cards.details(token);
    StoredCard made = cards.copy(token, "pm", merged(ofToken, details));
    if (token.usedBy() != null || !store.consume(token, made)) {
      throw new ApiException(
          ApiErrors.invalid(
              "card[token]",
              "token_already_used",
              "You cannot use a Stripe token more than once: " + tokenId + "."));
    }
    cards.cvcs().move(owner, tokenId, made.id());
    return made;
  }

  private static CardDetails merged(
      @org.jspecify.annotations.Nullable CardDetails ofToken, CardDetails given) {
    return ofToken != null && given.equals(CardDetails.none()) ? ofToken : given;
  }

  /** A new payment method of a documented test card, stored like any other. */
  StoredCard mint(Owner owner, TestCard test, CardDetails details) throws SQLException {
    CardBrand brand = test.facts().brand();
    byte[] cvc = brand.testCvc().getBytes(StandardCharsets.US_ASCII);
    YearMonth expiry =
        YearMonth.from(cards.now().atZone(ZoneOffset.UTC)).plusYears(TEST_EXPIRY_YEARS);
    Pan pan = Pan.ofDigits(test.number().getBytes(StandardCharsets.US_ASCII));
    try (CardEntry entry = new CardEntry(pan, test.facts(), expiry, cvc)) {
      StoredCard card = cards.seal(owner, "pm", entry, details);
      store.insert(card);
      cards.cvcs().put(owner, card.id(), cvc);
      return card;
    }
  }
}
