package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
   * A payment method that is ready to be stored.
   *
   * @param card the payment method
   * @param token the token that is used up with it, or null for the name of a test card
   * @param cvc a test card's CVC, or null; a token's is in the safe already
   */
  record Prepared(StoredCard card, @Nullable StoredCard token, byte @Nullable [] cvc) {
    @Override
    public String toString() {
      return "Prepared[" + card.id() + "]";
    }
  }

  /**
   * A payment method of a token, or of a test token's name in test mode; nothing is stored yet.
   *
   * @param details what is known beside the card; what the token has of it counts where that is
   *     empty
   * @throws ApiException 400 {@code token_already_used}; 404 {@code resource_missing}
   */
  Prepared prepare(Owner owner, String tokenId, CardDetails details) throws SQLException {
    if (!owner.livemode()) {
      Optional<TestCard> named = TestCards.ofTokenName(tokenId);
      if (named.isPresent()) {
        return prepare(owner, named.get(), details);
      }
    }
    StoredCard token =
        store
            .find(owner, tokenId)
            .filter(found -> found.id().startsWith("tok_") && isAlive(found))
            .orElseThrow(() -> new ApiException(ApiErrors.noSuch("token", tokenId, "card[token]")));
    if (token.usedBy() != null) {
      throw alreadyUsed(tokenId);
    }
    CardDetails ofToken = cards.details(token);
    return new Prepared(cards.copy(token, "pm", merged(ofToken, details)), token, null);
  }

  /** The purge comes when it comes; a token's life ends to the second. */
  private boolean isAlive(StoredCard token) {
    return cards.now().isBefore(token.created().plus(CardStore.TOKEN_LIFE));
  }

  /** Makes the payment method at once, for the gateway; errors as for {@link #prepare}. */
  StoredCard exchange(Owner owner, String tokenId, CardDetails details) throws SQLException {
    return store(prepare(owner, tokenId, details));
  }

  private StoredCard store(Prepared prepared) throws SQLException {
    StoredCard token = prepared.token();
    StoredCard card = prepared.card().usedFirst();
    if (token == null) {
      store.insert(card);
    } else if (store.exchange(token, card, null) != CardStore.Exchanged.DONE) {
      throw alreadyUsed(token.id());
    }
    keepCvc(prepared);
    return card;
  }

  /** The CVC follows its card, after the commit and before the answer. */
  void keepCvc(Prepared prepared) {
    StoredCard token = prepared.token();
    StoredCard card = prepared.card();
    byte[] cvc = prepared.cvc();
    if (token != null) {
      cards.cvcs().move(card.owner(), token.id(), card.id());
    } else if (cvc != null) {
      cards.cvcs().put(card.owner(), card.id(), cvc);
    }
  }

  static ApiException alreadyUsed(String tokenId) {
    return new ApiException(
        ApiErrors.invalid(
            "card[token]",
            "token_already_used",
            "You cannot use a Stripe token more than once: " + tokenId + "."));
  }

  private static CardDetails merged(@Nullable CardDetails ofToken, CardDetails given) {
    return ofToken != null && given.equals(CardDetails.none()) ? ofToken : given;
  }

  /** A new payment method of a documented test card for the gateway, stored like any other. */
  StoredCard mint(Owner owner, TestCard test, CardDetails details) throws SQLException {
    return store(prepare(owner, test, details));
  }

  private Prepared prepare(Owner owner, TestCard test, CardDetails details) throws SQLException {
    CardBrand brand = test.facts().brand();
    byte[] cvc = brand.testCvc().getBytes(StandardCharsets.US_ASCII);
    YearMonth expiry =
        YearMonth.from(cards.now().atZone(ZoneOffset.UTC)).plusYears(TEST_EXPIRY_YEARS);
    Pan pan = Pan.ofDigits(test.number().getBytes(StandardCharsets.US_ASCII));
    try (CardEntry entry = new CardEntry(pan, test.facts(), expiry, cvc.clone())) {
      return new Prepared(cards.seal(owner, "pm", entry, details), null, cvc);
    }
  }
}
