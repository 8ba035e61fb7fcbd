package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.error.ApiException;
import java.sql.SQLException;
import java.util.Map;

/**
 * What the gateway asks of cards: the look-up and the release of what came beside them, payment
 * methods of tokens and of test names, tokens themselves. It never gets a number.
 *
 * <p>Errors: 400 {@code invalid_request}; 403 {@code mode_mismatch} for a test name in live mode;
 * 404 {@code no_such_token}; 409 {@code token_already_used}.
 */
public final class InternalCards {

  private final Cards cards;
  private final CardStore store;
  private final TokenExchange exchange;

  public InternalCards(Cards cards, CardStore store, TokenExchange exchange) {
    this.cards = cards;
    this.store = store;
    this.exchange = exchange;
  }

  /** {@code POST /internal/v1/payment_methods/lookup}: as often as wanted. */
  public Answer lookup(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String id = arguments.name("id");
    arguments.refuseOthers();
    return shown(store.findToUse(owner, id, cards.now()).orElseThrow(InternalCards::noSuch));
  }

  /** {@code POST /internal/v1/payment_methods/release}: the gateway has the details; they go. */
  public Answer release(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String id = arguments.name("id");
    arguments.refuseOthers();
    if (!store.release(owner, id)) {
      throw noSuch();
    }
    return Answer.json(200, Map.of("id", id, "released", true));
  }

  /** {@code POST /internal/v1/payment_methods/from_token}: each token once. */
  public Answer fromToken(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String token = arguments.name("token");
    arguments.refuseOthers();
    try {
      return shown(exchange.exchange(owner, token, CardDetails.none()));
    } catch (ApiException e) {
      throw "token_already_used".equals(e.error().code())
          ? new InternalException(409, "token_already_used", "The token was used before.")
          : noSuch();
    }
  }

  /** {@code POST /internal/v1/tokens/lookup}: the token as the wire shows it, used or not. */
  public Answer token(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String id = arguments.name("id");
    arguments.refuseOthers();
    StoredCard token =
        store
            .find(owner, id)
            .filter(card -> card.id().startsWith("tok_"))
            .orElseThrow(InternalCards::noSuch);
    CardDetails details = cards.details(token);
    return Answer.json(
        200, CardObjects.token(token, details == null ? CardDetails.none() : details, null, true));
  }

  /** {@code POST /internal/v1/test_payment_methods}: a new payment method of a documented name. */
  public Answer testPaymentMethod(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String name = arguments.name("name");
    arguments.refuseOthers();
    if (owner.livemode()) {
      throw new InternalException(403, "mode_mismatch", "Test names exist in test mode alone.");
    }
    TestCard card = TestCards.ofPaymentMethodName(name).orElseThrow(InternalCards::noSuch);
    return shown(exchange.mint(owner, card, CardDetails.none()));
  }

  private Answer shown(StoredCard card) throws SQLException {
    boolean cvcPresent = cards.cvcs().holds(card.owner(), card.id());
    return Answer.json(200, CardObjects.lookup(card, cards.details(card), cvcPresent));
  }

  private static Owner owner(InternalArguments arguments) {
    return new Owner(arguments.name("account"), arguments.bool("livemode"));
  }

  private static InternalException noSuch() {
    return new InternalException(404, "no_such_token", "There is no such token.");
  }
}
