package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.OperationFeed;
import dev.portcullis.connectors.spi.PreparationStep;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.provider.VaultLink.Said;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.http.HeldCall;
import dev.portcullis.wire.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks providers, through the vault. Whatever is not a definite answer comes out as {@link
 * ProviderResult.Unknown}: never a decline.
 */
public final class ProviderGate {

  private static final Logger LOG = Logger.getLogger(ProviderGate.class.getName());
  private static final String FORWARD = "/internal/v1/forward";
  private static final Set<String> NOT_CONNECTED =
      Set.of("account_mismatch", "mode_mismatch", "unknown_provider");

  /** Of a vault before it told these apart, also that there is no policy. */
  private static final String NOT_IN_POLICY = "unknown_operation";

  /** Refusals that say nothing of what becomes of the operation. */
  private static final Set<String> UNDECIDED = Set.of("in_flight", HeldCall.WAS_TAKEN_BACK);

  private static final String TOKEN_REFUSED = "not_sent: token_refused";

  private final VaultLink link;
  private final Duration timeLimit;
  private final PaymentsPause pause;

  /**
   * @param timeLimit how long the provider may take
   * @param pause while it is on, nothing but questions goes out
   */
  public ProviderGate(VaultLink link, Duration timeLimit, PaymentsPause pause) {
    this.link = link;
    this.timeLimit = timeLimit;
    this.pause = pause;
  }

  /** Whether anything but questions may be sent now. */
  boolean isOpen() {
    return !pause.isOn();
  }

  /**
   * Returns when anything but questions may be sent now.
   *
   * @throws dev.portcullis.wire.error.ApiException 503 when payments are paused
   */
  void requireOpen() {
    if (pause.isOn()) {
      throw new ApiException(ApiErrors.paymentsPaused());
    }
  }

  /** How long a call may take, from its beginning to the last byte of its answer. */
  public Duration call() {
    return timeLimit.plus(HeldCall.SLACK);
  }

  /**
   * How long after the time that is stored as the send's nothing of it can still be under way: it
   * may begin late, the vault may get it only at the end of the call, and the provider has its
   * whole time from then on.
   */
  Duration settled() {
    return timeLimit.plus(call()).plus(timeLimit);
  }

  /**
   * Whether a send may still begin. Storing it can take long when the database is in trouble; what
   * began too late could outlive {@link #settled()}, and others would think that it never was.
   */
  boolean inTime(Sending sending, Instant now) {
    return now.isBefore(sending.sentAt().plus(timeLimit));
  }

  /** Whether the provider can go on with what the shopper brought back. */
  static boolean completes(String connector, Map<String, String> brought) {
    return connector(connector).completes(brought);
  }

  static Manifest manifest(String connector) {
    return connector(connector).manifest();
  }

  /**
   * What a new operation will send, for ever: it is stored as it is. Or what has to be asked before
   * that can be written down.
   */
  Exchange begin(Head head, Attempt attempt) {
    Connector connector = connector(attempt.provider().connector());
    Optional<ForwardRequest> preparation =
        connector instanceof PreparationStep step
            ? step.preparation(attempt.ask())
            : Optional.empty();
    return preparation.isPresent()
        ? Exchange.preparation(preparation(head, attempt, preparation.get()))
        : Exchange.request(own(head, attempt, connector.request(attempt.ask())));
  }

  /** The operation's own request. */
  private String own(Head head, Attempt attempt, ForwardRequest request) {
    return body(
        Whose.of(head),
        attempt.provider(),
        new Named(head.id(), head.id()),
        attempt.token(),
        request);
  }

  /**
   * It has a name of its own in the vault and no idempotency key: it may be asked any number of
   * times, and its answer does not end the operation. Its slots are filled like the operation's.
   */
  private String preparation(Head head, Attempt attempt, ForwardRequest request) {
    return body(
        Whose.of(head),
        attempt.provider(),
        new Named("prep_" + head.id(), null),
        attempt.token(),
        request);
  }

  /**
   * What a request is known by.
   *
   * @param operation in the vault
   * @param key at the provider, or null without one
   */
  private record Named(String operation, @Nullable String key) {}

  private record Whose(String account, boolean livemode) {
    static Whose of(Head head) {
      return new Whose(head.account(), head.livemode());
    }
  }

  private String body(
      Whose whose, Provider provider, Named named, @Nullable String token, ForwardRequest request) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("operation", request.operation());
    body.put("operation_id", named.operation);
    body.put("account", whose.account);
    body.put("livemode", whose.livemode);
    body.put("provider_account", provider.name());
    body.put("token", token);
    body.put("path", request.path());
    body.put("idempotency_key", named.key);
    body.put("body", request.body());
    body.put("timeout_ms", timeLimit.toMillis());
    return Json.writeString(body);
  }

  /** What came of asking what an operation needs. */
  sealed interface Preparation {
    /**
     * The operation's own request is known; it must be stored before it is sent.
     *
     * @param reference the provider's name for the operation, if it has one already
     */
    record Ready(String request, @Nullable String reference) implements Preparation {}

    /** No request is needed: this is the operation's answer. */
    record Decided(ProviderResult result) implements Preparation {}

    /**
     * Nothing is known, and nothing was sent.
     *
     * @param about whether that says something of the provider
     */
    record NotReady(String reason, boolean about) implements Preparation {}
  }

  /** Asks what the operation needs before its own request can be written down. */
  Preparation prepare(Operation operation) {
    Said said = link.call(FORWARD, operation.exchange().request(), call());
    Preparation prepared = prepared(operation, said);
    ProviderTalk.write(
        operation,
        "prepare",
        said,
        switch (prepared) {
          case Preparation.Ready ready -> new ProviderResult.Pending(ready.reference());
          case Preparation.Decided(ProviderResult result) -> result;
          case Preparation.NotReady(String reason, boolean about) ->
              new ProviderResult.Unknown(reason);
        });
    return prepared;
  }

  private Preparation prepared(Operation operation, Said said) {
    ProviderOperation ask = operation.attempt().ask();
    ForwardAnswer answer =
        said instanceof Said.Answer told && told.status() == 200 ? forwarded(told.body()) : null;
    if (answer == null || !(connector(operation.connector()) instanceof PreparationStep step)) {
      ProviderResult result = interpret(operation.provider(), ask, said);
      return result instanceof ProviderResult.Rejected
          ? new Preparation.Decided(result)
          : new Preparation.NotReady("no answer to the preparation", isAbout(said));
    }
    return switch (step.prepared(ask, answer)) {
      case PreparationStep.Prepared.Ready(ForwardRequest request, String reference) ->
          new Preparation.Ready(own(operation.head(), operation.attempt(), request), reference);
      case PreparationStep.Prepared.Decided(ProviderResult result) ->
          new Preparation.Decided(result);
      case PreparationStep.Prepared.NotReady(String reason) ->
          new Preparation.NotReady(reason, true);
    };
  }

  /**
   * What came of a send.
   *
   * @param unsent whether it is certain that the provider never got this request, and for a reason
   *     of its own: where the vault is away, no other provider can be reached either
   * @param about whether it says something of the provider at all
   */
  record Heard(ProviderResult result, boolean unsent, boolean about) {}

  /** Sends the stored request. */
  Heard send(Operation operation) {
    return heard(operation, link.call(FORWARD, operation.exchange().request(), call()));
  }

  /**
   * Sends a request that is stored while the vault gets ready for it.
   *
   * @param release stores it, and says whether it may leave then; is not asked where the vault
   *     cannot be reached at once
   * @return what came of it; null where it was not let go
   */
  @Nullable Heard hold(Operation operation, BooleanSupplier release) {
    boolean[] goes = {false};
    BooleanSupplier noting =
        () -> {
          goes[0] = release.getAsBoolean();
          return goes[0];
        };
    Said said = link.call(FORWARD, operation.exchange().request(), noting, call());
    return goes[0] ? heard(operation, said) : null;
  }

  private static Heard heard(Operation operation, Said said) {
    ProviderResult result = interpret(operation.provider(), operation.attempt().ask(), said);
    ProviderTalk.write(operation, "send", said, result);
    return new Heard(result, isUnsent(said), isAbout(said));
  }

  /** Not where it is the vault, or its database, that is away. */
  private static boolean isAbout(Said said) {
    return switch (said) {
      case Said.NotSent _ -> false;
      case Said.NoAnswer _ -> true;
      case Said.Answer answer ->
          answer.status() < 500
              && !("not_sent".equals(answer.body().get("outcome"))
                  && "database".equals(answer.body().get("reason")));
    };
  }

  private static boolean isUnsent(Said said) {
    return said instanceof Said.Answer answer
        && "not_sent".equals(answer.body().get("outcome"))
        && !"database".equals(answer.body().get("reason"));
  }

  /** Whether the provider can be asked what became of the operation. */
  boolean canLookUp(Operation operation) {
    return manifest(operation.connector()).lookup().answers(question(operation));
  }

  private static ProviderOperation.Lookup question(Operation operation) {
    return new ProviderOperation.Lookup(
        operation.head().id(),
        operation.kind(),
        operation.attempt().amount(),
        operation.exchange().reference(),
        operation.attempt().authorization());
  }

  /** Asks what became of the operation. */
  ProviderResult lookup(Operation operation) {
    return look(operation).result();
  }

  /**
   * What a look-up brought.
   *
   * @param completes whether the payment can be gone on with although its shopper is not back
   */
  record Looked(ProviderResult result, boolean completes) {}

  /** Asks what became of the operation, and whether something has to follow. */
  Looked look(Operation operation) {
    ProviderOperation.Lookup ask = question(operation);
    ForwardRequest request = connector(operation.connector()).request(ask);
    // The look-up is no second sending of the operation: it has a name of its own in the vault.
    // Nothing is filled in: the token tells the vault whose CVC a definite answer ends.
    String body =
        body(
            Whose.of(operation.head()),
            operation.provider(),
            new Named("look_" + operation.head().id(), null),
            operation.attempt().token(),
            request);
    Said said = link.call(FORWARD, body, call());
    ProviderResult result = interpret(operation.provider(), ask, said);
    ProviderTalk.write(operation, "lookup", said, result);
    ForwardAnswer answer =
        said instanceof Said.Answer told && told.status() == 200 ? forwarded(told.body()) : null;
    boolean completes = answer != null && connector(operation.connector()).completes(ask, answer);
    // A look-up that was refused tells nothing of the operation.
    return new Looked(
        result instanceof Rejected rejected
            ? new ProviderResult.Unknown(rejected.reason())
            : result,
        completes);
  }

  /**
   * The page of an account's disputes after that place, or empty if there is none to be had now, or
   * the provider has no such list.
   */
  public Optional<DisputeFeed.Page> disputes(Books books, String cursor) {
    if (!(connector(books.provider.connector()) instanceof DisputeFeed feed)) {
      return Optional.empty();
    }
    Said said = ask("disputes", books, feed.disputesAfter(cursor));
    ForwardAnswer forwarded =
        said instanceof Said.Answer answer && answer.status() == 200
            ? forwarded(answer.body())
            : null;
    if (forwarded == null) {
      LOG.log(
          Level.WARNING,
          "the disputes of {0} at {1} could not be asked for",
          new Object[] {books.account, books.provider.name()});
      return Optional.empty();
    }
    Optional<DisputeFeed.Page> page = feed.read(cursor, forwarded);
    if (page.isEmpty()) {
      LOG.severe(
          "the disputes of %s at %s cannot be read: the answer %d is no page of them"
              .formatted(books.account, books.provider.name(), forwarded.status()));
    }
    return page;
  }

  /** What was not understood before, if it is now. */
  public Optional<DisputeNotice> readAgain(Provider provider, @Nullable Object unread) {
    return connector(provider.connector()) instanceof DisputeFeed feed
        ? feed.readAgain(unread)
        : Optional.empty();
  }

  /** Asks for a part of the books; nothing of it is an operation, nor filled in. */
  private Said ask(String what, Books books, ForwardRequest request) {
    String name =
        what + "_" + books.provider.name() + (books.livemode ? "_live_" : "_test_") + books.account;
    return link.call(
        FORWARD,
        body(
            new Whose(books.account, books.livemode),
            books.provider,
            new Named(name, null),
            null,
            request),
        call());
  }

  /**
   * An account's books at a provider.
   *
   * @param provider where they are
   * @param livemode whether they are about real money
   */
  public record Books(String account, Provider provider, boolean livemode) {}

  /** What came of asking for a list of operations. */
  public sealed interface Listing {
    /** A part of it. */
    record Part(OperationFeed.Page page) implements Listing {}

    /** The provider has no such list. */
    record NotOffered() implements Listing {}

    /** The vault does not ask for that account and mode: it has no credentials, or no policy. */
    record NotConnected() implements Listing {}

    /** It is not to be had now. */
    record NoAnswer(String reason) implements Listing {}
  }

  /** Connectors of providers that can be asked for a list of their operations. */
  public static List<String> listing() {
    return Connectors.all().stream()
        .filter(OperationFeed.class::isInstance)
        .map(each -> each.manifest().name())
        .toList();
  }

  /** The page of the books after that place. */
  public Listing operations(Books books, Instant since, String cursor) {
    if (!(connector(books.provider.connector()) instanceof OperationFeed feed)) {
      return new Listing.NotOffered();
    }
    return switch (ask("operations", books, feed.operationsSince(since, cursor))) {
      case Said.NotSent(String reason) -> new Listing.NoAnswer("the vault: " + reason);
      case Said.NoAnswer(String reason) -> new Listing.NoAnswer("the vault: " + reason);
      case Said.Answer answer
          when NOT_CONNECTED.contains(answer.errorCode())
              || NOT_IN_POLICY.equals(answer.errorCode()) ->
          new Listing.NotConnected();
      case Said.Answer answer when answer.status() != 200 ->
          new Listing.NoAnswer("the vault: " + answer.errorCode());
      case Said.Answer answer ->
          Optional.ofNullable(forwarded(answer.body()))
              .flatMap(feed::readOperations)
              .<Listing>map(Listing.Part::new)
              .orElse(new Listing.NoAnswer("the answer of " + books.provider.name()));
    };
  }

  private static ProviderResult interpret(Provider provider, ProviderOperation ask, Said said) {
    return switch (said) {
      case Said.NotSent(String reason) -> new ProviderResult.Unknown("not sent: " + reason);
      case Said.NoAnswer(String reason) -> new ProviderResult.Unknown(reason);
      case Said.Answer answer when answer.status() == 200 ->
          interpret(provider.connector(), ask, answer.body());
      case Said.Answer answer
          when answer.status() < 500 && !UNDECIDED.contains(answer.errorCode()) ->
          refused(provider, answer.errorCode());
      case Said.Answer answer -> new ProviderResult.Unknown("the vault: " + answer.errorCode());
    };
  }

  /** The vault would not send it, so the provider has heard nothing. */
  private static ProviderResult refused(Provider provider, String code) {
    String reason = "the vault refused: " + code;
    if (code.equals("no_such_token")) {
      return new Rejected(Rejected.Kind.CARD_GONE, reason, ProviderWords.NONE);
    }
    if (NOT_CONNECTED.contains(code)) {
      return withoutPolicy(Rejected.Kind.NOT_CONNECTED, provider, "is not connected", "it", reason);
    }
    return code.equals(NOT_IN_POLICY)
        ? withoutPolicy(
            Rejected.Kind.UNSUPPORTED, provider, "cannot be asked for this", "this", reason)
        : new Rejected(Rejected.Kind.OTHER, reason, ProviderWords.NONE);
  }

  private static Rejected withoutPolicy(
      Rejected.Kind kind, Provider provider, String what, String forWhat, String reason) {
    return new Rejected(
        kind,
        "The provider account "
            + provider.name()
            + " "
            + what
            + ": the vault has no forward policy for "
            + forWhat
            + " in this account and mode. Nothing was charged.",
        reason,
        ProviderWords.NONE);
  }

  private static ProviderResult interpret(
      String connector, ProviderOperation ask, Map<String, @Nullable Object> outcome) {
    ForwardAnswer answer = forwarded(outcome);
    if (answer != null) {
      return connector(connector).interpret(ask, answer);
    }
    String reason = outcome.get("outcome") + ": " + outcome.get("reason");
    // The provider does not know the client, so that nothing of the request was sent. Whoever pays
    // is told so; what has to follow a payment waits until it does.
    boolean pays = ask instanceof ProviderOperation.Authorize;
    return pays && reason.startsWith(TOKEN_REFUSED)
        ? new Rejected(Rejected.Kind.CREDENTIAL, reason, ProviderWords.NONE)
        : new ProviderResult.Unknown(reason);
  }

  /** The provider's answer, or null if the vault got none. */
  private static @Nullable ForwardAnswer forwarded(Map<String, @Nullable Object> outcome) {
    if (!"answered".equals(outcome.get("outcome"))
        || !(outcome.get("status") instanceof Long status)) {
      return null;
    }
    Map<String, @Nullable Object> body = null;
    if (outcome.get("body") instanceof Map<?, ?> map) {
      body = new LinkedHashMap<>();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        body.put((String) member.getKey(), member.getValue());
      }
    }
    return new ForwardAnswer(Math.toIntExact(status), body);
  }

  private static Connector connector(String name) {
    return Connectors.find(name)
        .orElseThrow(() -> new IllegalStateException("no connector " + name));
  }
}
