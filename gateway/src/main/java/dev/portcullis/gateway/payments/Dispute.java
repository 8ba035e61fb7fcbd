package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A charge that the customer's bank asks about or has taken back.
 *
 * @param head identity and version
 * @param of what is disputed, and where
 * @param claim what the bank says
 * @param progress where it stands
 * @param bookings what it did to the balance, in order
 * @param facts the evidence and what the merchant says about it, in the API's form
 */
public record Dispute(
    Head head,
    Of of,
    Claim claim,
    Progress progress,
    List<BalanceTransaction> bookings,
    Map<String, @Nullable Object> facts)
    implements Entity {

  private static final String MOVES_SINCE = "moves_since";

  /** Takes a copy. */
  public Dispute {
    bookings = List.copyOf(bookings);
  }

  /** The API's status of a dispute. */
  public enum Status {
    WARNING_NEEDS_RESPONSE,
    WARNING_UNDER_REVIEW,
    WARNING_CLOSED,
    NEEDS_RESPONSE,
    UNDER_REVIEW,
    WON,
    LOST;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    static Status of(Stage stage) {
      return switch (stage) {
        case INQUIRY -> WARNING_NEEDS_RESPONSE;
        case INQUIRY_UNDER_REVIEW -> WARNING_UNDER_REVIEW;
        case INQUIRY_CLOSED -> WARNING_CLOSED;
        case CHARGEBACK -> NEEDS_RESPONSE;
        case CHARGEBACK_UNDER_REVIEW -> UNDER_REVIEW;
        case WON -> WON;
        case LOST -> LOST;
      };
    }

    /** Whether the bank only asks: it has taken no money. */
    boolean isInquiry() {
      return switch (this) {
        case WARNING_NEEDS_RESPONSE, WARNING_UNDER_REVIEW, WARNING_CLOSED -> true;
        case NEEDS_RESPONSE, UNDER_REVIEW, WON, LOST -> false;
      };
    }

    /** Whether it waits for the merchant. */
    boolean needsResponse() {
      return this == WARNING_NEEDS_RESPONSE || this == NEEDS_RESPONSE;
    }

    /**
     * How far it is on its way. What a bank has decided it may decide otherwise later
     * (pre-arbitration, arbitration), and opens no more.
     */
    int step() {
      return switch (this) {
        case WARNING_NEEDS_RESPONSE -> 1;
        case WARNING_UNDER_REVIEW -> 2;
        case WARNING_CLOSED -> 3;
        case NEEDS_RESPONSE -> 4;
        case UNDER_REVIEW -> 5;
        case WON, LOST -> 6;
      };
    }

    boolean isClosed() {
      return this == WARNING_CLOSED || this == WON || this == LOST;
    }
  }

  /**
   * What is disputed, and where.
   *
   * @param charge the charge
   * @param paymentIntent the payment behind it
   * @param brand of the card, or null if it is not known
   * @param provider where the charge was made
   * @param reference the provider's name for the dispute
   */
  public record Of(
      String charge,
      String paymentIntent,
      @Nullable String brand,
      Provider provider,
      String reference) {}

  /**
   * What the bank says.
   *
   * @param amount what it disputes
   * @param reason in the API's words
   * @param networkReasonCode the card network's code, or null
   * @param dueBy until when evidence is taken, or null where the provider has not said
   * @param moves what it has moved of the money, where the provider tells each move by itself
   */
  public record Claim(
      Money amount,
      String reason,
      @Nullable String networkReasonCode,
      @Nullable Instant dueBy,
      DisputeMoves moves) {}

  /**
   * Where it stands.
   *
   * @param status the API's status
   * @param sequence the provider's last change that is taken in; 0 before the first
   * @param submissions how often evidence was sent
   * @param operation the provider operation under way, or null
   */
  public record Progress(
      Status status, long sequence, int submissions, @Nullable String operation) {

    Progress to(Status next) {
      return new Progress(next, sequence, submissions, operation);
    }

    Progress at(long newSequence) {
      return new Progress(status, newSequence, submissions, operation);
    }

    Progress by(@Nullable String newOperation) {
      return new Progress(status, sequence, submissions, newOperation);
    }

    Progress submitted() {
      return new Progress(status, sequence, submissions + 1, null);
    }
  }

  /** The API's status. */
  public Status status() {
    return progress.status;
  }

  /** Whether the bank has the money now. */
  boolean isWithdrawn() {
    return !bookings.isEmpty() && bookings.getLast().kind() == BalanceTransaction.Kind.DISPUTE;
  }

  /** What the bank has now, by the books, in minor units. */
  long held() {
    return held(bookings);
  }

  private static long held(List<BalanceTransaction> bookings) {
    return -bookings.stream().mapToLong(booking -> booking.amount().minorUnits()).sum();
  }

  /** What the last booking took of the charge, or below zero what it returned, minor units. */
  long lastTaken(Charge charge) {
    return holds(bookings, charge) - holds(bookings.subList(0, bookings.size() - 1), charge);
  }

  /** As long as a bank has anything that cannot be compared with the charge, it has all of it. */
  private static long holds(List<BalanceTransaction> bookings, Charge charge) {
    long held = held(bookings);
    return held > 0 && !bookings.getLast().amount().currency().equals(charge.amount().currency())
        ? charge.standing().captured()
        : held;
  }

  /** What is known of the bank's moves: what was booked before they were kept counts as one. */
  DisputeMoves moves() {
    return claim.moves.all().isEmpty() && !bookings.isEmpty()
        ? DisputeMoves.booked(bookings, progress.sequence)
        : claim.moves;
  }

  /**
   * With the terms of a later notice. While a bank that only asks has the money, which none does,
   * what it is about is what was taken: the books say so.
   */
  Dispute told(DisputeNotice notice) {
    boolean keeps = isWithdrawn() && Status.of(notice.stage()).isInquiry();
    Claim told =
        new Claim(
            keeps ? claim.amount : notice.amount(),
            notice.reason(),
            notice.networkReasonCode(),
            notice.dueBy(),
            claim.moves);
    return claiming(told);
  }

  /**
   * Whether it stands so already. A look that says what is known is no change: a list is read again
   * and again.
   */
  boolean standsAs(DisputeNotice notice) {
    Status said = Status.of(notice.stage());
    boolean booked = said.isInquiry() || isWithdrawn() == (said != Status.WON);
    return said == status() && booked && told(notice).claim.equals(claim);
  }

  /** Whether evidence comes too late. */
  boolean isTooLate(Instant now) {
    return claim.dueBy != null && now.isAfter(claim.dueBy);
  }

  /** The evidence so far: texts by the API's names. */
  Map<String, String> evidence() {
    return new Doc(facts).texts("evidence");
  }

  Dispute claiming(Claim told) {
    return new Dispute(head, of, told, progress, bookings, facts);
  }

  Dispute with(Progress next) {
    return new Dispute(head.next(), of, claim, next, bookings, facts);
  }

  Dispute with(Progress next, BalanceTransaction booking) {
    List<BalanceTransaction> all = new ArrayList<>(bookings);
    all.add(booking);
    return new Dispute(head.next(), of, claim, next, all, facts);
  }

  Dispute with(Progress next, Map<String, @Nullable Object> newFacts) {
    return new Dispute(head.next(), of, claim, next, bookings, newFacts);
  }

  @Override
  public String object() {
    return "dispute";
  }

  @Override
  public Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = Doc.begin(head);
    doc.put("charge", of.charge);
    doc.put("payment_intent", of.paymentIntent);
    Doc.put(doc, "brand", of.brand);
    doc.put("connector", of.provider.connector());
    doc.put("provider", of.provider.name());
    doc.put("reference", of.reference);
    doc.put("amount", claim.amount.minorUnits());
    doc.put("currency", claim.amount.currency().code());
    doc.put("reason", claim.reason);
    Doc.put(doc, "network_reason_code", claim.networkReasonCode);
    doc.put("due_by", claim.dueBy == null ? 0 : claim.dueBy.getEpochSecond());
    doc.put("moves", claim.moves.docs());
    if (claim.moves.since() > 0) {
      doc.put(MOVES_SINCE, claim.moves.since());
    }
    doc.put("status", progress.status.wire());
    doc.put("sequence", progress.sequence);
    doc.put("submissions", progress.submissions);
    Doc.put(doc, "operation", progress.operation);
    doc.put("bookings", bookings.stream().map(BalanceTransaction::snapshot).toList());
    doc.put("facts", facts);
    return doc;
  }

  static Dispute read(Head head, Doc doc) {
    return new Dispute(
        head,
        new Of(
            doc.text("charge"),
            doc.text("payment_intent"),
            doc.optionalText("brand"),
            Provider.stored(doc.optionalText("provider"), doc.text("connector")),
            doc.text("reference")),
        new Claim(
            doc.money("amount"),
            doc.text("reason"),
            doc.optionalText("network_reason_code"),
            doc.number("due_by") == 0 ? null : Instant.ofEpochSecond(doc.number("due_by")),
            DisputeMoves.read(
                doc.members().get(MOVES_SINCE) instanceof Long since ? since : 0,
                doc.maps("moves"))),
        new Progress(
            Status.of(doc.text("status")),
            doc.number("sequence"),
            Math.toIntExact(doc.number("submissions")),
            doc.optionalText("operation")),
        doc.maps("bookings").stream().map(BalanceTransaction::ofSnapshot).toList(),
        doc.map("facts"));
  }
}
