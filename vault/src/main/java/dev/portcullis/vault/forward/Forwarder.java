package dev.portcullis.vault.forward;

import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.Cards;
import dev.portcullis.vault.card.Pan;
import dev.portcullis.vault.card.StoredCard;
import dev.portcullis.vault.crypto.CvcSafe;
import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.vault.http.TakenBackException;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.http.HeldCall;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/v1/forward}: the only way out to a provider. It names an operation of the
 * vault's own policy; the vault fills in the card, writes the credential, sends once, and hands
 * back the fields that the policy lets out.
 *
 * <p>A held call is made ready, and goes on when it is released ({@link
 * dev.portcullis.wire.http.HeldCall}). One read of the database at most, and once a day for each
 * card a write that it is in use, before anything is sent. The outcome is exact: {@code not_sent}
 * is certain, everything doubtful is {@code no_answer}. One operation id is never under way twice.
 *
 * <p>Errors, after each of which nothing left: 400 {@code invalid_request}; 403 {@code
 * policy_violation}, {@code mode_mismatch}, {@code account_mismatch}; 404 {@code unknown_provider}
 * where there is no policy at all, {@code unknown_operation} where it does not name this operation,
 * {@code no_such_token}; 409 {@code in_flight}, {@code cvc_unavailable}, {@code taken_back}.
 */
public final class Forwarder {

  private static final Logger LOG = Logger.getLogger(Forwarder.class.getName());

  private final Providers providers;
  private final Cards cards;
  private final CardStore store;
  private final CvcSafe cvcs;
  private final InstantSource clock;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  public Forwarder(
      Providers providers, Cards cards, CardStore store, CvcSafe cvcs, InstantSource clock) {
    this.providers = providers;
    this.cards = cards;
    this.store = store;
    this.cvcs = cvcs;
    this.clock = clock;
  }

  /** Sends an operation to its provider. */
  public Answer handle(InternalArguments arguments) {
    long came = clock.millis();
    ForwardCommand command = ForwardCommand.read(arguments);
    Provider provider = provider(command);
    Operation operation = provider.policy().operations().get(command.operation());
    if (operation == null) {
      throw ForwardRefusal.unknownOperation();
    }
    BodyTemplate template =
        BodyTemplate.read(operation.body(), provider.policy().credential(), command.body());
    if (!template.slots().isEmpty() && command.token() == null) {
      throw ForwardRefusal.violation("the body has slots, and no token fills them");
    }
    Outgoing outgoing =
        new Outgoing(
            operation,
            OutgoingRequest.uri(provider.policy().origin(), operation.request(), command.path()),
            template);
    try {
      Optional<StoredCard> card = card(command, template.slots());
      // All that is ours to do is done before; no number is in the clear before.
      long ready = clock.millis();
      arguments.requireReleased();
      long waited = clock.millis() - ready;
      if (waited > command.timeoutMillis() + HeldCall.SLACK.toMillis()) {
        // Its client has given it up, and what was looked at may be another by now.
        throw new TakenBackException();
      }
      // What its client kept it waiting is no part of its time.
      return alone(provider, outgoing, command, card, came + waited);
    } catch (SQLException e) {
      // The card is read before anything is sent.
      LOG.log(Level.SEVERE, "forward " + command.operationId() + ": the database failed", e);
      return Answer.json(200, Map.of("outcome", "not_sent", "reason", "database"));
    }
  }

  /** One that is only held is not under way: it may be sent by another call meanwhile. */
  private Answer alone(
      Provider provider,
      Outgoing outgoing,
      ForwardCommand command,
      Optional<StoredCard> card,
      long begin)
      throws SQLException {
    if (!underWay.add(command.operationId())) {
      throw ForwardRefusal.inFlight();
    }
    try {
      return sent(provider, outgoing, command, card, begin);
    } finally {
      underWay.remove(command.operationId());
    }
  }

  private Answer sent(
      Provider provider,
      Outgoing outgoing,
      ForwardCommand command,
      Optional<StoredCard> card,
      long begin)
      throws SQLException {
    Set<SlotRule> slots = outgoing.template.slots();
    try (Filling filling = card.isPresent() ? filling(card.get(), slots) : new Filling(Map.of())) {
      Sent sent = send(provider, outgoing, command, filling, begin);
      Map<String, @Nullable Object> outcome = outcome(outgoing.operation, command, filling, sent);
      log(command, provider, outcome, clock.millis() - begin);
      return Answer.json(200, outcome);
    }
  }

  /** What is to leave, before anything is filled in. */
  private record Outgoing(Operation operation, URI uri, BodyTemplate template) {
    EgressRequest request(ForwardCommand command, Filling filling, Authorization.Granted granted) {
      return OutgoingRequest.of(
          operation, uri, command.idempotencyKey(), template, filling.values(), granted);
    }
  }

  /**
   * What came of it.
   *
   * @param secrets what the request was authorized with, which must not come back
   */
  private record Sent(EgressResult result, List<byte[]> secrets) {}

  /**
   * Sends it; once more, with a new token, where the provider did not take the token: it has done
   * nothing then (RFC 9110, 15.5.2).
   */
  private Sent send(
      Provider provider, Outgoing outgoing, ForwardCommand command, Filling filling, long begin) {
    List<byte[]> secrets = new ArrayList<>();
    EgressResult result = new EgressResult.NotSent("deadline");
    for (boolean last : new boolean[] {false, true}) {
      Duration rest = rest(command, begin);
      if (!rest.isPositive()) {
        break;
      }
      switch (provider.authorize(command.owner(), outgoing.uri(), rest)) {
        case Authorization.Missing(String reason) -> {
          return new Sent(last ? result : new EgressResult.NotSent(reason), secrets);
        }
        case Authorization.Granted granted -> {
          secrets.addAll(granted.insecureSecrets());
          rest = rest(command, begin);
          if (rest.isPositive()) {
            result = send(provider, outgoing.request(command, filling, granted), rest);
          }
          boolean unauthorized =
              result instanceof EgressResult.Answered answered && answered.status() == 401;
          if (last || !unauthorized || !provider.renews(granted)) {
            return new Sent(result, secrets);
          }
        }
      }
    }
    return new Sent(result, secrets);
  }

  private Duration rest(ForwardCommand command, long begin) {
    return Duration.ofMillis(command.timeoutMillis() - (clock.millis() - begin));
  }

  private static EgressResult send(Provider provider, EgressRequest request, Duration rest) {
    try {
      return provider.client().send(request, rest);
    } finally {
      Arrays.fill(request.body(), (byte) 0);
    }
  }

  private Provider provider(ForwardCommand command) {
    return providers
        .find(command.providerAccount(), command.owner())
        .orElseThrow(() -> notFor(command));
  }

  private InternalException notFor(ForwardCommand command) {
    if (providers.serves(command.providerAccount(), command.owner().livemode())) {
      return ForwardRefusal.accountMismatch();
    }
    return providers.knows(command.providerAccount(), command.operation())
        ? ForwardRefusal.modeMismatch()
        : ForwardRefusal.unknownProvider();
  }

  /** What fills the slots of one request; cleared when it is closed. */
  private record Filling(Map<SlotRule, byte[]> values) implements AutoCloseable {
    @Override
    public void close() {
      values.values().forEach(value -> Arrays.fill(value, (byte) 0));
    }

    /** What a slot was filled with, in whichever form. */
    List<byte[]> of(Slot slot) {
      return values.entrySet().stream()
          .filter(entry -> entry.getKey().slot() == slot)
          .map(Map.Entry::getValue)
          .toList();
    }

    @Override
    public String toString() {
      return "[REDACTED]";
    }
  }

  /** The card that fills the slots, still sealed; none where there is nothing to fill. */
  private Optional<StoredCard> card(ForwardCommand command, Set<SlotRule> used)
      throws SQLException {
    String token = command.token();
    if (used.isEmpty() || token == null) {
      return Optional.empty();
    }
    Optional<StoredCard> card = store.findToUse(command.owner(), token, clock.instant());
    if (card.isEmpty()) {
      throw ForwardRefusal.noSuchToken();
    }
    return card;
  }

  private Filling filling(StoredCard card, Set<SlotRule> used) throws SQLException {
    Filling filling = new Filling(new HashMap<>());
    try {
      for (SlotRule rule : used) {
        Optional<byte[]> value = value(card, rule);
        if (value.isEmpty() && !rule.optional()) {
          throw ForwardRefusal.cvcGone();
        }
        value.ifPresent(filled -> filling.values().put(rule, filled));
      }
      return filling;
    } catch (SQLException | RuntimeException e) {
      filling.close();
      throw e;
    }
  }

  private Optional<byte[]> value(StoredCard card, SlotRule rule) throws SQLException {
    int month = card.face().expMonth();
    int year = card.face().expYear();
    SlotForm form = rule.form();
    return switch (rule.slot()) {
      case CARD_NUMBER -> {
        try (Pan pan = cards.open(card)) {
          yield Optional.of(pan.insecureDigits().clone());
        }
      }
      case CARD_EXP_MONTH -> Optional.of(ascii(form.month(month)));
      case CARD_EXP_YEAR -> Optional.of(ascii(form.year(year)));
      case CARD_EXP -> Optional.of(ascii(form.expiry(month, year)));
      case CARD_CVC -> cvcs.get(card.owner(), card.id());
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Map<String, @Nullable Object> outcome(
      Operation operation, ForwardCommand command, Filling filling, Sent sent) {
    Map<String, @Nullable Object> outcome = new LinkedHashMap<>();
    switch (sent.result()) {
      case EgressResult.Answered answered -> {
        Map<String, @Nullable Object> body = parsed(answered.body());
        outcome.put("outcome", "answered");
        outcome.put("status", answered.status());
        outcome.put("body", null);
        if (body != null) {
          outcome.put("body", filtered(sent.secrets(), operation, filling, body));
          forgetCvcIfDefinite(operation, command, body);
        }
      }
      case EgressResult.NotSent(String reason) -> {
        outcome.put("outcome", "not_sent");
        outcome.put("reason", reason);
      }
      case EgressResult.NoAnswer(String reason) -> {
        outcome.put("outcome", "no_answer");
        outcome.put("reason", reason);
      }
    }
    return outcome;
  }

  private static @Nullable Object filtered(
      List<byte[]> secrets, Operation operation, Filling filling, Map<String, ?> body) {
    Scrubber scrubber = new Scrubber();
    secrets.forEach(scrubber::credential);
    filling.of(Slot.CARD_NUMBER).forEach(scrubber::cardNumber);
    filling.of(Slot.CARD_CVC).forEach(scrubber::cvc);
    return scrubber.scrub(JsonPointers.pick(body, operation.answer()));
  }

  /** Whatever is no JSON object says nothing that could be let out by name. */
  private static @Nullable Map<String, @Nullable Object> parsed(byte[] body) {
    try {
      return Json.readObject(body);
    } catch (MalformedJsonException e) {
      return null;
    }
  }

  private void forgetCvcIfDefinite(
      Operation operation, ForwardCommand command, Map<String, ?> body) {
    String token = command.token();
    if (token != null && operation.isEndedBy(body)) {
      cvcs.forget(command.owner(), token);
    }
  }

  private static void log(
      ForwardCommand command,
      Provider provider,
      Map<String, @Nullable Object> outcome,
      long millis) {
    LOG.info(
        () ->
            "forward "
                + command.operation()
                + " "
                + command.operationId()
                + " for "
                + command.owner().account()
                + " "
                + (command.token() == null ? "-" : command.token())
                + " to "
                + provider.credentials().binding().host()
                + " with "
                + provider.credentials().version()
                + ": "
                + outcome.get("outcome")
                + " "
                + outcome.getOrDefault("status", outcome.get("reason"))
                + " "
                + millis
                + " ms");
  }

  /** For metrics: how many forwards are under way. */
  public int inFlight() {
    return underWay.size();
  }
}
