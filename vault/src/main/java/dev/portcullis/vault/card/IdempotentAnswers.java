package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.Fingerprints;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request with an idempotency key happen once. The answer is stored in the commit that
 * stores the card, so there is no moment at which one is without the other, and nothing to clean up
 * after a crash.
 */
final class IdempotentAnswers {

  /** Does the work up to the commit. */
  interface Work {
    Outcome run() throws SQLException;
  }

  /**
   * What came of the work.
   *
   * @param status the HTTP status
   * @param body the answer
   * @param made the card to store, or null where there is none
   */
  record Outcome(int status, byte[] body, TokenExchange.@Nullable Prepared made) {

    static Outcome toStore(byte[] body, StoredCard card, byte @Nullable [] cvc) {
      return new Outcome(200, body, new TokenExchange.Prepared(card, null, cvc));
    }

    static Outcome toExchange(byte[] body, TokenExchange.Prepared made) {
      return new Outcome(200, body, made);
    }

    static Outcome refused(ApiError error) {
      return new Outcome(error.status(), Json.write(error.body()), null);
    }

    @Override
    public String toString() {
      return "Outcome[" + status + "]";
    }
  }

  private record Running(Owner owner, String key) {}

  private final Cards cards;
  private final CardStore store;
  private final TokenExchange exchange;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  IdempotentAnswers(Cards cards, CardStore store, TokenExchange exchange) {
    this.cards = cards;
    this.store = store;
    this.exchange = exchange;
  }

  /**
   * Does the work and commits it, unless it was done before under the request's key.
   *
   * @param number the card number as typed, or an empty text: part of what is compared, but only as
   *     the card's keyed fingerprint
   * @throws ApiException 400 if the key came with another request; 409 if that one is under way
   */
  Answer once(CardIntake.Request request, String number, Work work) throws SQLException {
    if (request.idempotencyKey().isEmpty()) {
      Outcome outcome = work.run();
      TokenExchange.Prepared made = outcome.made();
      if (made != null) {
        store(made);
      }
      return finished(outcome);
    }
    Owner owner = request.principal().owner();
    // Parted, so that no page can take the key of a server.
    String sort = request.principal().isPublic() ? "p:" : "s:";
    Running mine = new Running(owner, sort + request.idempotencyKey().get().value());
    if (!running.add(mine)) {
      throw new ApiException(ApiErrors.idempotencyKeyInUse());
    }
    try {
      return keyed(request, mine, fingerprints(request, number), work);
    } finally {
      running.remove(mine);
    }
  }

  /**
   * @param fingerprints the request's, the newest key's first
   */
  private Answer keyed(
      CardIntake.Request request, Running mine, List<byte[]> fingerprints, Work work)
      throws SQLException {
    // Whoever repeats a request with a token has used it up before, so an earlier answer is looked
    // for first; for a card the commit below finds that out without a look.
    if (usesToken(request)) {
      Optional<StoredAnswer> earlier = store.findAnswer(mine.owner(), mine.key());
      if (earlier.isPresent()) {
        return replay(earlier.get(), fingerprints);
      }
    }
    Outcome outcome = work.run();
    if (commit(mine, fingerprints.getFirst(), outcome)) {
      return finished(outcome);
    }
    clear(outcome);
    return replay(
        store
            .findAnswer(mine.owner(), mine.key())
            .orElseThrow(() -> new ApiException(ApiErrors.idempotencyKeyInUse())),
        fingerprints);
  }

  private static boolean usesToken(CardIntake.Request request) {
    return request.parameters().members().get("card")
            instanceof dev.portcullis.wire.params.ParamValue.Members(var card)
        && card.containsKey("token");
  }

  private boolean commit(Running mine, byte[] fingerprint, Outcome outcome) throws SQLException {
    DataKey key = cards.currentKey(mine.owner());
    StoredAnswer answer =
        new StoredAnswer(
            mine.owner(),
            mine.key(),
            fingerprint,
            outcome.status(),
            key.id(),
            key.seal(DataKey.Purpose.ANSWER, mine.key(), outcome.body()),
            cards.now());
    TokenExchange.Prepared made = outcome.made();
    if (made == null) {
      return store.insert(answer);
    }
    StoredCard token = made.token();
    return token == null
        ? store.insert(made.card(), answer)
        : wasExchanged(token, store.exchange(token, made.card(), answer));
  }

  private void store(TokenExchange.Prepared made) throws SQLException {
    StoredCard token = made.token();
    if (token == null) {
      store.insert(made.card());
    } else {
      wasExchanged(token, store.exchange(token, made.card(), null));
    }
  }

  /** False if there is an answer under that key. */
  private static boolean wasExchanged(StoredCard token, CardStore.Exchanged result) {
    return switch (result) {
      case DONE -> true;
      case ANSWERED_BEFORE -> false;
      case TOKEN_USED -> throw TokenExchange.alreadyUsed(token.id());
    };
  }

  private Answer replay(StoredAnswer stored, List<byte[]> fingerprints) throws SQLException {
    if (fingerprints.stream()
        .noneMatch(mine -> MessageDigest.isEqual(stored.fingerprint(), mine))) {
      throw new ApiException(ApiErrors.idempotencyMismatch());
    }
    byte[] body =
        cards
            .key(stored.owner(), stored.dataKey())
            .open(DataKey.Purpose.ANSWER, stored.key(), stored.sealed());
    return new Answer(stored.status(), body, true);
  }

  /** The CVC goes into the safe after the commit and before the answer. */
  private Answer finished(Outcome outcome) {
    if (outcome.made() != null) {
      exchange.keepCvc(outcome.made());
    }
    clear(outcome);
    return new Answer(outcome.status(), outcome.body(), false);
  }

  private static void clear(Outcome outcome) {
    byte[] cvc = outcome.made() == null ? null : outcome.made().cvc();
    if (cvc != null) {
      Arrays.fill(cvc, (byte) 0);
    }
  }

  /**
   * What two requests must share to be one: endpoint, the sort of key (a page must not be told what
   * a server was), the parameters, and the card as its fingerprint. Never the CVC. Under each key
   * of fingerprints, since the answer may be older than the newest of them.
   */
  private List<byte[]> fingerprints(CardIntake.Request request, String number) throws SQLException {
    byte[] parameters = CardShapes.withoutSecrets(request.parameters()).fingerprint();
    byte[] digits = digits(number);
    try {
      return cards.fingerprints().stream()
          .map(key -> fingerprint(key, request, parameters, digits))
          .toList();
    } finally {
      Arrays.fill(digits, (byte) 0);
    }
  }

  private static byte[] fingerprint(
      Fingerprints key, CardIntake.Request request, byte[] parameters, byte[] digits) {
    Owner owner = request.principal().owner();
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.writeBytes(parameters);
    parts.writeBytes(key.ofCard(owner, digits).getBytes(StandardCharsets.US_ASCII));
    String endpoint = request.kind().path() + " " + request.principal().isPublic();
    return key.ofRequest(owner, endpoint, parts.toByteArray());
  }

  private static byte[] digits(String typed) {
    byte[] digits = new byte[typed.length()];
    int count = 0;
    for (int at = 0; at < typed.length(); at++) {
      char c = typed.charAt(at);
      if (c >= '0' && c <= '9') {
        digits[count++] = (byte) c;
      }
    }
    byte[] exact = Arrays.copyOf(digits, count);
    Arrays.fill(digits, (byte) 0);
    return exact;
  }
}
