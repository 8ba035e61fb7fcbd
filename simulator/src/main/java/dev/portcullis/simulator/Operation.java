package dev.portcullis.simulator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of the ledger: an operation as it stands now. Holds no card number and no CVC. */
public sealed interface Operation {

  /** Where an operation stands. */
  enum Status {
    /** Wanted by the merchant; no card has come yet. */
    CREATED,
    APPROVED,
    DECLINED,
    REQUIRES_ACTION,
    PENDING
  }

  /** What follows an authorization or, the last two, a dispute. */
  enum Kind {
    CAPTURE,
    VOID,
    REFUND,
    EVIDENCE,
    ACCEPTANCE
  }

  Identity identity();

  /**
   * Who it is.
   *
   * @param number the place in the ledger, from 0
   * @param id this provider's id
   * @param reference the caller's idempotency key; of the sandbox, its id for the operation too
   * @param fingerprint of the request, without number and CVC: same key, same request
   * @param created when it was made, in seconds since 1970; 0 in a ledger that does not tell
   * @param notes what only the provider's API is interested in; no card data
   */
  record Identity(
      int number, String id, String reference, String fingerprint, long created, Notes notes) {
    Identity(int number, String id, String reference, String fingerprint, long created) {
      this(number, id, reference, fingerprint, created, Notes.NONE);
    }

    Identity with(Notes next) {
      return new Identity(number, id, reference, fingerprint, created, next);
    }
  }

  /**
   * What a provider's API keeps with an operation.
   *
   * @param alias the merchant's own name for it, by which it is found again, or null
   * @param values texts by name, in order
   */
  record Notes(@Nullable String alias, Map<String, String> values) {
    /** Nothing is kept. */
    public static final Notes NONE = new Notes(null, Map.of());

    /** Takes a copy that keeps the order. */
    public Notes {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The text of that name, or an empty one. */
    public String get(String name) {
      return values.getOrDefault(name, "");
    }

    /** The same with these texts beside or in place of its own. */
    public Notes with(Map<String, String> more) {
      Map<String, String> all = new LinkedHashMap<>(values);
      all.putAll(more);
      return new Notes(alias, all);
    }
  }

  /** What the provider's API keeps with it. */
  default Notes notes() {
    return identity().notes();
  }

  /**
   * A reservation, or a verification when the amount is zero.
   *
   * @param identity who it is
   * @param terms what was asked
   * @param outcome what the issuer said
   * @param funds what became of the money
   * @param challenge what the shopper was asked, or null
   * @param last the number of its last movement, or -1
   */
  record Authorization(
      Identity identity,
      Terms terms,
      Outcome outcome,
      Funds funds,
      @Nullable Challenge challenge,
      int last)
      implements Operation {

    Authorization with(Outcome next) {
      return new Authorization(identity, terms, next, funds, challenge, last);
    }

    Authorization with(Funds next) {
      return new Authorization(identity, terms, outcome, next, challenge, last);
    }

    Authorization with(Notes next) {
      return new Authorization(identity.with(next), terms, outcome, funds, challenge, last);
    }

    Authorization answered(boolean passed) {
      Challenge asked = challenge == null ? null : challenge.answered(passed);
      return new Authorization(identity, terms, outcome, funds, asked, last);
    }

    Authorization followedBy(int movement) {
      return new Authorization(identity, terms, outcome, funds, challenge, movement);
    }

    /** Whether the shopper has yet to answer. */
    public boolean isWaiting() {
      return outcome.status() == Status.REQUIRES_ACTION
          && challenge != null
          && challenge.passed() == null;
    }

    boolean isOver(long millis) {
      return challenge != null && challenge.until() > 0 && challenge.until() * 1_000 <= millis;
    }

    /** The shopper did not answer in time. */
    Authorization over() {
      return with(new Outcome(Status.DECLINED, "authentication_failed", false, outcome.cvcCheck()));
    }

    /** Whether no money is meant to move. */
    public boolean isVerification() {
      return terms.amount() == 0;
    }
  }

  /**
   * What was asked.
   *
   * @param amount minor units, 0 or more
   * @param currency lower-case ISO 4217
   * @param capture whether to take the money at once
   * @param setup whether the card is stored for later
   * @param last4 the end of the card number
   * @param story what this card does
   */
  record Terms(
      long amount, String currency, boolean capture, boolean setup, String last4, Story story) {}

  /**
   * What the issuer said.
   *
   * @param status where it stands
   * @param declineCode why not, or null
   * @param authenticated whether the shopper proved who they are
   * @param cvcCheck pass, fail or unchecked
   */
  record Outcome(
      Status status, @Nullable String declineCode, boolean authenticated, String cvcCheck) {}

  /**
   * What became of the money, in minor units.
   *
   * @param captured taken, and not reversed by a void
   * @param refunded given back of it
   * @param closed whether nothing more can be captured
   * @param voided whether it was given up
   */
  record Funds(long captured, long refunded, boolean closed, boolean voided) {
    static final Funds NONE = new Funds(0, 0, false, false);
  }

  /**
   * What the shopper was asked.
   *
   * @param token what the link carries, so that ids alone open nothing
   * @param returnUrl where to go afterwards
   * @param completed whether the answer alone decides; otherwise the merchant must go on with it
   * @param passed what the shopper answered, or null
   * @param until when it ends by itself, in seconds since 1970, or 0
   */
  record Challenge(
      String token, String returnUrl, boolean completed, @Nullable Boolean passed, long until) {
    Challenge answered(boolean answer) {
      return new Challenge(token, returnUrl, completed, answer, until);
    }
  }

  /**
   * A capture, a void or a refund; or an answer to a dispute, whose id then stands in place of the
   * authorization's.
   *
   * @param identity who it is
   * @param kind which of them
   * @param authorization the id of the authorization
   * @param amount minor units
   * @param currency lower-case ISO 4217
   * @param status where it stands
   * @param settlement what will become of it by itself, or null
   * @param previous the number of the authorization's movement before it, or -1
   */
  record Movement(
      Identity identity,
      Kind kind,
      String authorization,
      long amount,
      String currency,
      Status status,
      @Nullable Settlement settlement,
      int previous)
      implements Operation {

    Movement(
        Identity identity,
        Kind kind,
        String authorization,
        long amount,
        String currency,
        Status status,
        @Nullable Settlement settlement) {
      this(identity, kind, authorization, amount, currency, status, settlement, -1);
    }

    Movement of(long other) {
      return new Movement(
          identity, kind, authorization, other, currency, status, settlement, previous);
    }

    Movement settled() {
      Status last = settlement == null ? status : settlement.status();
      return new Movement(
          identity, kind, authorization, amount, currency, last, settlement, previous);
    }

    public boolean isOpen() {
      return settlement != null && settlement.status() != status;
    }
  }

  /** Where a dispute stands. */
  enum Stage {
    INQUIRY,
    INQUIRY_UNDER_REVIEW,
    INQUIRY_CLOSED,
    CHARGEBACK,
    CHARGEBACK_UNDER_REVIEW,
    WON,
    LOST;

    public boolean awaitsEvidence() {
      return this == INQUIRY || this == CHARGEBACK;
    }
  }

  /**
   * A dispute of a charge. Its reference is its own id: nobody asked for it.
   *
   * @param identity who it is
   * @param claim what is disputed
   * @param stage where it stands
   * @param sequence the place of its last change among the changes of all disputes, from 1
   */
  record Dispute(Identity identity, Claim claim, Stage stage, long sequence) implements Operation {
    Dispute at(Stage next, long change) {
      return new Dispute(identity, claim, next, change);
    }
  }

  /**
   * What is disputed.
   *
   * @param authorization the caller's id of the authorization
   * @param amount minor units
   * @param currency lower-case ISO 4217
   * @param story why
   * @param openedSeconds when, in seconds since 1970
   * @param dueSeconds until when evidence is taken, in seconds since 1970
   */
  record Claim(
      String authorization,
      long amount,
      String currency,
      Story story,
      long openedSeconds,
      long dueSeconds) {}

  /**
   * The first answer to a request, which the same idempotency key gets again.
   *
   * @param identity its reference is made of the key
   * @param status the HTTP status
   * @param body what was answered, or null
   */
  record Receipt(Identity identity, int status, @Nullable String body) implements Operation {}

  /**
   * A change that comes by itself.
   *
   * @param dueMillis when, in milliseconds since 1970
   * @param first what it was at first
   * @param status what it becomes
   */
  record Settlement(long dueMillis, Status first, Status status) {}
}
