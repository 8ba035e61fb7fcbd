package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.keys.Principal;
import dev.portcullis.vault.limits.LimitFigures;
import dev.portcullis.vault.limits.LimitReached;
import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.idempotency.IdempotencyKey;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.RequestBody;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes cards in: {@code POST /v1/tokens} and {@code POST /v1/payment_methods} on the cards origin,
 * in Stripe's form. One commit stores the card and, with an idempotency key, the answer to repeat.
 *
 * <p>Errors: 400 for a parameter; 402 {@code incorrect_number}, {@code invalid_number}, {@code
 * invalid_expiry_month}, {@code invalid_expiry_year}, {@code invalid_cvc}, {@code card_declined}
 * with {@code test_mode_live_card}; 409 {@code idempotency_key_in_use}; 429.
 */
public final class CardIntake {

  /** The two objects that a card can become. */
  public enum Kind {
    TOKEN("tok", "/v1/tokens", ApiResource.TOKEN),
    PAYMENT_METHOD("pm", "/v1/payment_methods", ApiResource.PAYMENT_METHOD);

    private final String prefix;
    private final String path;
    private final ApiResource resource;

    Kind(String prefix, String path, ApiResource resource) {
      this.prefix = prefix;
      this.path = path;
      this.resource = resource;
    }

    /** The route's path. */
    public String path() {
      return path;
    }

    /** What a restricted key needs for it. */
    public Permission permission() {
      return resource.write();
    }
  }

  /**
   * A request, authenticated, allowed and decoded.
   *
   * @param clientIp from where, for the token's {@code client_ip}
   */
  public record Request(
      Principal principal,
      Kind kind,
      ParamTree parameters,
      Optional<IdempotencyKey> idempotencyKey,
      @Nullable String clientIp) {}

  /** Codes go when their payment is decided, and each minute with their key. */
  private static final Duration CODES_WAIT = Duration.ofMinutes(1);

  private final Cards cards;
  private final IdempotentAnswers answers;
  private final TokenExchange exchange;
  private final VelocityLimit velocity;
  private final BinTable bins;
  private final InstantSource clock;

  public CardIntake(
      Cards cards,
      CardStore store,
      TokenExchange exchange,
      LimitFigures.Stores limits,
      BinTable bins,
      InstantSource clock) {
    this.cards = cards;
    this.answers = new IdempotentAnswers(cards, store, exchange);
    this.exchange = exchange;
    this.velocity = new VelocityLimit(limits, clock);
    this.bins = bins;
    this.clock = clock;
  }

  /**
   * Takes a card in.
   *
   * @throws ApiException for a refusal that is not stored
   * @throws LimitReached if too much was stored before
   * @throws SQLException if the database cannot be reached
   */
  public Answer handle(Request request) throws SQLException {
    Arguments arguments = read(request.kind(), request.parameters());
    Arguments card = arguments.hash("card").orElseThrow();
    if (card.has("token")) {
      return ofToken(request, arguments, card);
    }
    return answers.once(
        request, card.requiredString("number"), () -> takeIn(request, arguments, card));
  }

  /**
   * A body's parameters.
   *
   * @param contentType the header as it came, or null
   * @throws ApiException 400 that names the parameter, of a card number in a wrong place too; 415
   *     for another type
   */
  public static ParamTree parameters(@Nullable String contentType, byte[] body) {
    ParamTree parameters = RequestBody.decode(contentType, body);
    parameters.forEachText(CardIntake::requireNoStrayCard);
    return parameters;
  }

  /**
   * Card data has two places. Anywhere else it would be stored as it came: a shopper's browser now
   * and then fills a number into the name's field.
   */
  private static void requireNoStrayCard(String path, String text) {
    if (!path.equals("card[number]") && !path.equals("card[cvc]")) {
      requireNoCard(path, path);
      requireNoCard(path, text);
    }
  }

  /**
   * Lets no card number past where none belongs.
   *
   * @throws ApiException 400 that names the parameter
   */
  public static void requireNoCard(String param, String text) {
    if (CardNumbers.find(text)) {
      throw new ApiException(
          ApiErrors.invalid(
              ApiErrors.shown(param),
              "card_data_not_allowed",
              "A card number may stand in card[number] and nowhere else."));
    }
  }

  /** What the parameters say: a whole card, or a token instead. */
  static Arguments read(Kind kind, ParamTree parameters) {
    Arguments arguments =
        switch (kind) {
          case TOKEN -> CardShapes.TOKEN.read(parameters);
          case PAYMENT_METHOD -> CardShapes.PAYMENT_METHOD.read(parameters);
        };
    Arguments card = arguments.hash("card").orElseThrow();
    if (card.has("token")) {
      requireTokenAlone(card);
    } else {
      requireAll(card);
    }
    return arguments;
  }

  private static void requireAll(Arguments card) {
    for (String name : new String[] {"number", "exp_month", "exp_year"}) {
      if (!card.has(name)) {
        throw new ApiException(ApiErrors.missing("card[" + name + "]"));
      }
    }
  }

  private static void requireTokenAlone(Arguments card) {
    for (String name : new String[] {"number", "exp_month", "exp_year", "cvc"}) {
      if (card.has(name)) {
        throw new ApiException(
            ApiErrors.invalid(
                "card[" + name + "]",
                "parameter_unknown",
                "You may only specify one of these parameters: card[token], card[" + name + "]."));
      }
    }
  }

  /** {@code card[token]} instead of a number: a payment method of a token that was made before. */
  private Answer ofToken(Request request, Arguments arguments, Arguments card) throws SQLException {
    CardDetails given = CardShapes.paymentMethodDetails(arguments);
    return answers.once(
        request,
        "",
        () -> {
          velocity.store(request.principal(), request.clientIp());
          TokenExchange.Prepared made =
              exchange.prepare(request.principal().owner(), card.requiredString("token"), given);
          return IdempotentAnswers.Outcome.toExchange(
              Json.write(
                  CardObjects.paymentMethod(made.card(), given, !request.principal().isPublic())),
              made);
        });
  }

  private IdempotentAnswers.Outcome takeIn(Request request, Arguments arguments, Arguments card)
      throws SQLException {
    Owner owner = request.principal().owner();
    // Whatever comes of it: under an idempotency key a refusal is stored too.
    velocity.store(request.principal(), request.clientIp());
    CardEntry.Check check =
        CardEntry.check(
            card.requiredString("number"),
            card.requiredInteger("exp_month"),
            card.requiredInteger("exp_year"),
            card.string("cvc").orElse(null),
            owner.livemode(),
            YearMonth.from(clock.instant().atZone(ZoneOffset.UTC)),
            bins);
    return switch (check) {
      case CardEntry.Check.Bad(ApiError error) -> IdempotentAnswers.Outcome.refused(error);
      case CardEntry.Check.Good(CardEntry entry) -> {
        try (entry) {
          yield seal(request, arguments, entry);
        }
      }
    };
  }

  /** What was typed beside the card. */
  static CardDetails details(Kind kind, Arguments arguments) {
    return switch (kind) {
      case TOKEN -> CardShapes.tokenDetails(arguments.hash("card").orElseThrow());
      case PAYMENT_METHOD -> CardShapes.paymentMethodDetails(arguments);
    };
  }

  private IdempotentAnswers.Outcome seal(Request request, Arguments arguments, CardEntry entry)
      throws SQLException {
    // Before the card is stored: a flood of CVCs is answered to whoever sends it.
    if (entry.cvc() != null && !cards.cvcs().hasRoomFor(request.principal().owner())) {
      throw new LimitReached(LimitReached.Limit.CODES, CODES_WAIT);
    }
    boolean showFingerprint = !request.principal().isPublic();
    CardDetails details = details(request.kind(), arguments);
    Owner owner = request.principal().owner();
    // Before anything is written, so that whoever guesses numbers leaves nothing here.
    velocity.card(
        request.principal(),
        request.clientIp(),
        cards.print(owner, entry),
        entry.pan().bin() + ':' + entry.pan().last4());
    StoredCard card = cards.seal(owner, request.kind().prefix, entry, details);
    Map<String, @Nullable Object> object =
        switch (request.kind()) {
          case TOKEN -> CardObjects.token(card, details, request.clientIp(), showFingerprint);
          case PAYMENT_METHOD -> CardObjects.paymentMethod(card, details, showFingerprint);
        };
    byte[] cvc = entry.cvc() == null ? null : entry.cvc().clone();
    return IdempotentAnswers.Outcome.toStore(Json.write(object), card, cvc);
  }
}
