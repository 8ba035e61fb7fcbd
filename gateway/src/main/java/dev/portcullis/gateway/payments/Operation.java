package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A provider operation as it is stored, before the provider hears of it.
 *
 * @param head its id is the operation's id, which the provider receives as its idempotency key
 * @param attempt what is asked, and for what
 * @param exchange what is sent, and what the provider calls it
 * @param sending how the sending stands
 * @param caller the request that waits for the outcome, or null once it has been answered
 */
public record Operation(
    Head head, Attempt attempt, Exchange exchange, Sending sending, @Nullable Caller caller) {

  /** Where an operation can stand. */
  public enum State {
    /** Sent, or about to be; no definite answer yet. */
    SENT,
    /** The provider has it; a look-up will tell. */
    WAITING,
    /** Over. */
    DONE,
    /** Nothing can be concluded: a person has to look. */
    PARKED;

    /** Its name in the database. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * How the sending stands.
   *
   * @param state where it is
   * @param due when the resolver looks at it, or null when it need not
   * @param sends how often it was sent, as far as is known; 1 when the first send may have happened
   * @param looks how often the resolver has looked at it
   * @param sentAt when it was last sent, or was about to be
   */
  public record Sending(State state, @Nullable Instant due, int sends, int looks, Instant sentAt) {

    /**
     * About to be sent for the first time. What is only prepared counts as no sending.
     *
     * @param call how long a call may take
     */
    static Sending begun(Exchange exchange, Instant now, Duration call) {
      return new Sending(State.SENT, now.plus(call), exchange.preparing() ? 0 : 1, 0, now);
    }

    /**
     * Whether it was begun to be sent and nothing has come of that yet: silence, too, moves the
     * time at which it is looked at.
     *
     * @param call how long a call may take
     */
    boolean isUnanswered(Duration call) {
      return state == State.SENT
          && due != null
          // One is kept to the millisecond, the other to the microsecond.
          && Duration.between(sentAt.plus(call), due).abs().compareTo(Duration.ofMillis(2)) < 0;
    }

    /** To be looked at then. */
    public Sending at(State newState, @Nullable Instant newDue) {
      return new Sending(newState, newDue, sends, looks, sentAt);
    }

    /**
     * The same, but never behind what others have stored meanwhile: a send that they have counted
     * is not forgotten, and nothing is due before what they have begun can be over.
     */
    Sending notBefore(Sending stored) {
      return new Sending(
          state,
          stored.sends > sends ? stored.due : due,
          Math.max(sends, stored.sends),
          Math.max(looks, stored.looks),
          stored.sentAt.isAfter(sentAt) ? stored.sentAt : sentAt);
    }

    /** One send fewer, and one more look at it: it never left. */
    Sending unsent() {
      return new Sending(state, due, Math.max(0, sends - 1), looks + 1, sentAt);
    }

    /** Looked at once more. */
    public Sending looked() {
      return new Sending(state, due, sends, looks + 1, sentAt);
    }
  }

  /**
   * The request that waits for the outcome.
   *
   * @param requestId its id
   * @param idempotency its idempotency key, or null without one
   */
  public record Caller(String requestId, @Nullable IdempotencyUse idempotency) {}

  /** The kind of operation, as a look-up wants to know it. */
  public OperationKind kind() {
    return attempt.ask().kind();
  }

  /** Where it goes. */
  public Provider provider() {
    return attempt.provider();
  }

  /** Who is asked about it: the provider account. */
  String lane() {
    return String.join(
        " ", head.account(), Boolean.toString(head.livemode()), attempt.provider().name());
  }

  /** What speaks to its provider. */
  public String connector() {
    return attempt.provider().connector();
  }

  /** The next version. */
  public Operation with(Sending next, @Nullable Caller nextCaller) {
    return new Operation(head.next(), attempt, exchange, next, nextCaller);
  }

  /** The next version, with its own request in the place of what prepared it. */
  Operation prepared(ProviderGate.Preparation.Ready own, Sending next) {
    String reference = own.reference() == null ? exchange.reference() : own.reference();
    return new Operation(
        head.next(), attempt, new Exchange(own.request(), false, reference), next, caller);
  }

  /** The same version, with the name that the provider gave it. */
  Operation heard(ProviderResult result) {
    return new Operation(head, attempt, exchange.heard(result), sending, caller);
  }

  Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = Doc.begin(head);
    doc.put("kind", kind().name());
    doc.put("object_type", attempt.objectType());
    doc.put("object", attempt.object());
    Doc.put(doc, "charge", attempt.charge());
    doc.put("error_on_action", attempt.errorOnAction());
    putWay(doc, attempt.chosen());
    putWhatASendNeeds(doc);
    doc.put("sends", sending.sends);
    doc.put("looks", sending.looks);
    doc.put("sent_at_ms", sending.sentAt.toEpochMilli());
    if (caller != null) {
      doc.put("request_id", caller.requestId);
      if (caller.idempotency != null) {
        doc.put("idempotency_key", caller.idempotency.key());
        doc.put("fingerprint", caller.idempotency.fingerprint());
        doc.put("publishable", caller.idempotency.publishable());
      }
    }
    putAsk(doc);
    return doc;
  }

  /**
   * An operation that is over is never sent again: what it sent, and the card it was sent for, are
   * dead weight in the row and personal data without a purpose.
   */
  private void putWhatASendNeeds(Map<String, @Nullable Object> doc) {
    if (sending.state == State.DONE) {
      doc.put("payment_method", card(attempt.paymentMethod()));
      doc.put("request", "");
    } else {
      doc.put("payment_method", attempt.paymentMethod());
      doc.put("request", exchange.request());
      if (exchange.preparing()) {
        doc.put("preparing", true);
      }
    }
    Doc.put(doc, "provider_reference", exchange.reference());
  }

  private static void putWay(Map<String, @Nullable Object> doc, Way way) {
    doc.put("connector", way.provider().connector());
    doc.put("provider", way.provider().name());
    if (!way.tried().isEmpty()) {
      doc.put("tried", way.tried());
    }
  }

  private static Way way(Doc doc) {
    return new Way(
        Provider.stored(doc.optionalText("provider"), doc.text("connector")), doc.list("tried"));
  }

  private static Map<String, @Nullable Object> card(Map<String, @Nullable Object> paymentMethod) {
    Map<String, @Nullable Object> card = new LinkedHashMap<>(paymentMethod);
    card.keySet().retainAll(Set.of("id"));
    return card;
  }

  private void putAsk(Map<String, @Nullable Object> doc) {
    switch (attempt.ask()) {
      case ProviderOperation.Authorize authorize -> {
        putMoney(doc, authorize.amount());
        doc.put("capture", authorize.capture());
        CardUse use = authorize.use();
        doc.put("off_session", use.initiator() == Initiator.MERCHANT);
        doc.put("store_credential", use.store());
        Doc.put(doc, "network_transaction_id", use.networkTransactionId());
        doc.put("return_url", authorize.challenge().returnUrl());
        putWish(doc, authorize.challenge().wish());
      }
      case ProviderOperation.Complete complete -> {
        putMoney(doc, complete.amount());
        doc.put("capture", complete.capture());
        doc.put("of", complete.of());
        Doc.put(doc, "reference", complete.authorization());
        // What was sent is dead weight once it is over, like the request.
        doc.put("returned", sending.state == State.DONE ? Map.of() : complete.returned());
      }
      case ProviderOperation.Capture capture -> {
        putMoney(doc, capture.amount());
        doc.put("reference", capture.providerReference());
      }
      case ProviderOperation.Cancel cancel -> {
        doc.put("reference", cancel.providerReference());
        if (cancel.taken() != null) {
          putMoney(doc, cancel.taken());
        }
      }
      case ProviderOperation.Refund refund -> {
        putMoney(doc, refund.amount());
        doc.put("reference", refund.providerReference());
      }
      case ProviderOperation.SubmitEvidence submit -> {
        doc.put("reference", submit.providerReference());
        doc.put("inquiry", submit.inquiry());
        // What was sent is dead weight once it is over, like the request.
        doc.put("evidence", sending.state == State.DONE ? Map.of() : submit.evidence());
      }
      case ProviderOperation.AcceptDispute accept ->
          doc.put("reference", accept.providerReference());
      case ProviderOperation.Lookup lookup ->
          throw new IllegalStateException("a look-up is not stored");
    }
  }

  private static void putMoney(Map<String, @Nullable Object> doc, Money amount) {
    doc.put("amount", amount.minorUnits());
    doc.put("currency", amount.currency().code());
  }

  static Operation read(Head head, Doc doc, State state, @Nullable Instant due) {
    Attempt attempt =
        new Attempt(
            ask(head.id(), doc),
            way(doc),
            doc.text("object_type"),
            doc.text("object"),
            doc.optionalText("charge"),
            doc.map("payment_method"),
            doc.truth("error_on_action"));
    return new Operation(
        head,
        attempt,
        new Exchange(
            doc.text("request"), doc.truth("preparing"), doc.optionalText("provider_reference")),
        new Sending(
            state,
            due,
            (int) doc.number("sends"),
            (int) doc.number("looks"),
            Instant.ofEpochMilli(doc.number("sent_at_ms"))),
        caller(doc));
  }

  private static @Nullable Caller caller(Doc doc) {
    String requestId = doc.optionalText("request_id");
    if (requestId == null) {
      return null;
    }
    String key = doc.optionalText("idempotency_key");
    return new Caller(
        requestId,
        key == null
            ? null
            : new IdempotencyUse(
                key, doc.text("fingerprint"), requestId, doc.truth("publishable")));
  }

  /** A gateway of an earlier release, beside this one, knows no question and reads a demand. */
  private static void putWish(Map<String, @Nullable Object> doc, Challenge.Wish wish) {
    boolean question = wish == Challenge.Wish.QUESTION;
    doc.put("challenge", (question ? Challenge.Wish.ALWAYS : wish).name());
    if (question) {
      doc.put("question", true);
    }
  }

  /** Operations of earlier releases do not say how much it was wished for. */
  private static Challenge challenge(Doc doc) {
    String said = doc.optionalText("challenge");
    Challenge.Wish wish = said == null ? Challenge.Wish.IF_NEEDED : Challenge.Wish.valueOf(said);
    return new Challenge(
        doc.truth("question") ? Challenge.Wish.QUESTION : wish, doc.text("return_url"), null);
  }

  private static ProviderOperation ask(String id, Doc doc) {
    return switch (OperationKind.valueOf(doc.text("kind"))) {
      case AUTHORIZE ->
          new ProviderOperation.Authorize(
              id,
              doc.money("amount"),
              doc.truth("capture"),
              new CardUse(
                  doc.truth("off_session") ? Initiator.MERCHANT : Initiator.CUSTOMER,
                  doc.truth("store_credential"),
                  doc.optionalText("network_transaction_id")),
              // The request is stored as it is sent; nothing of the shopper is needed to read its
              // answer.
              Shopper.UNKNOWN,
              challenge(doc));
      case COMPLETE ->
          new ProviderOperation.Complete(
              id,
              doc.text("of"),
              doc.money("amount"),
              doc.truth("capture"),
              doc.optionalText("reference"),
              doc.texts("returned"));
      case CAPTURE -> new ProviderOperation.Capture(id, doc.text("reference"), doc.money("amount"));
      case CANCEL ->
          new ProviderOperation.Cancel(id, doc.text("reference"), doc.optionalMoney("amount"));
      case REFUND -> new ProviderOperation.Refund(id, doc.text("reference"), doc.money("amount"));
      case SUBMIT_EVIDENCE ->
          new ProviderOperation.SubmitEvidence(
              id, doc.text("reference"), doc.truth("inquiry"), doc.texts("evidence"));
      case ACCEPT_DISPUTE -> new ProviderOperation.AcceptDispute(id, doc.text("reference"));
    };
  }
}
