package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.payments.Dispute.Progress;
import dev.portcullis.gateway.payments.Dispute.Status;
import dev.portcullis.gateway.payments.Transition.Outlook;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of a dispute, as a pure function. The provider leads: what it says comes as notices,
 * which may skip what lay between; each step here books at most one movement, so that a notice may
 * need several steps, and money that was taken is always booked before it is booked as returned.
 */
public final class DisputeMachine {

  private DisputeMachine() {}

  /**
   * What is new of it, as a change that {@link #noticed} takes; null for old news. Where the
   * provider counts no changes, the later look counts, and none takes back what was seen of its way
   * or is known from an answer: a list may lag behind.
   *
   * @param asked when the provider was asked, milliseconds
   */
  static @Nullable DisputeNotice news(@Nullable Dispute dispute, DisputeNotice notice, long asked) {
    if (dispute == null) {
      return notice.isCounted() ? notice : notice.at(asked);
    }
    long last = dispute.progress().sequence();
    if (moves(notice)) {
      return isTakenIn(dispute, notice) ? null : notice;
    }
    if (notice.isCounted()) {
      return notice.sequence() <= last ? null : notice;
    }
    boolean old = asked < last || Status.of(notice.stage()).step() < dispute.status().step();
    return old || dispute.standsAs(notice) ? null : notice.at(Math.max(asked, last + 1));
  }

  /** The provider tells of a dispute for the first time. */
  public static Transition opened(
      Head head, Charge charge, Provider provider, DisputeNotice notice, Bookkeeper books) {
    Status wanted = Status.of(notice.stage());
    Status first = wanted.isInquiry() ? Status.WARNING_NEEDS_RESPONSE : Status.NEEDS_RESPONSE;
    Dispute dispute =
        new Dispute(
            head,
            new Dispute.Of(
                charge.head().id(),
                charge.paymentIntent(),
                charge.brand(),
                provider,
                notice.reference()),
            new Dispute.Claim(
                notice.amount(),
                notice.reason(),
                notice.networkReasonCode(),
                notice.dueBy(),
                moves(notice) ? DisputeMoves.NONE.with(notice) : DisputeMoves.NONE),
            new Progress(first, first == wanted ? notice.sequence() : 0, 0, null),
            List.of(),
            Map.of());
    if (first.isInquiry()) {
      return changed(dispute, charge, null).because("charge.dispute.created", dispute);
    }
    BalanceTransaction booking = books.disputed(head.id(), charge.head().id(), notice.amount());
    Dispute taken =
        new Dispute(
            head,
            dispute.of(),
            dispute.claim(),
            dispute.progress(),
            List.of(booking),
            dispute.facts());
    return changed(taken, charge, booking)
        .because("charge.dispute.created", taken)
        .because("charge.dispute.funds_withdrawn", taken)
        .booking(booking);
  }

  /**
   * The provider tells how a dispute stands now, and on which terms; one step nearer to that.
   * Evidence may be due later than at first, an inquiry about all may end in a chargeback of a
   * part, and what was lost may be won in the end, or the other way round. Where another amount is
   * taken than was, what was taken is booked as returned first.
   */
  public static Transition noticed(
      Dispute before, Charge charge, DisputeNotice notice, Bookkeeper books) {
    if (moves(notice)) {
      return moved(before, charge, notice, books);
    }
    if (notice.sequence() <= before.progress().sequence()) {
      return Transition.none(Outlook.DONE);
    }
    Status wanted = wanted(before, notice.stage());
    if (isOfAnotherAmount(before, notice.amount(), wanted)) {
      return corrected(before, charge, books);
    }
    Dispute dispute = before.told(notice);
    boolean missing = wanted == Status.WON ? dispute.bookings().isEmpty() : !dispute.isWithdrawn();
    if (!wanted.isInquiry() && missing) {
      return withdrawn(dispute, charge, notice, books);
    }
    Progress there = dispute.progress().to(wanted).at(notice.sequence());
    if (wanted == dispute.status()) {
      Dispute same = dispute.with(there);
      return same.claim().equals(before.claim())
          ? Transition.of(same)
          : Transition.of(same).because("charge.dispute.updated", same);
    }
    return switch (wanted) {
      case WON -> won(dispute, charge, there, books);
      case LOST, WARNING_CLOSED -> {
        Dispute closed = dispute.with(there);
        yield changed(closed, charge, null).because("charge.dispute.closed", closed);
      }
      case WARNING_NEEDS_RESPONSE, WARNING_UNDER_REVIEW, NEEDS_RESPONSE, UNDER_REVIEW -> {
        Dispute moved = dispute.with(there);
        yield changed(moved, charge, null).because("charge.dispute.updated", moved);
      }
    };
  }

  /**
   * The provider tells of one move of the money. What the bank has is what all moves come to that
   * were told of, whichever of them came first; where the dispute stands, the last of them says.
   */
  private static Transition moved(
      Dispute before, Charge charge, DisputeNotice notice, Bookkeeper books) {
    DisputeMoves moves = before.moves().with(notice);
    DisputeMoves.Sum sum = moves.sum(currency(before, notice));
    long next = before.bookings().isEmpty() ? sum.first() : sum.kept();
    Progress progress = before.progress();
    Progress there =
        next != sum.kept()
            ? progress.to(Status.NEEDS_RESPONSE)
            : notice.sequence() < progress.sequence()
                ? progress
                : progress.to(Status.of(notice.stage())).at(notice.sequence());
    Dispute dispute =
        before.claiming(
            new Dispute.Claim(
                new Money(sum.most(), currency(before, notice)),
                notice.reason(),
                notice.networkReasonCode(),
                notice.dueBy(),
                moves));
    return booked(dispute, there, charge, next, books);
  }

  /** An inquiry moves nothing. */
  private static boolean moves(DisputeNotice notice) {
    return notice.telling() != Telling.STANDING && !Status.of(notice.stage()).isInquiry();
  }

  private static boolean isTakenIn(Dispute dispute, DisputeNotice notice) {
    DisputeMoves moves = dispute.moves();
    return moves.contains(notice)
        && moves.sum(currency(dispute, notice)).kept() == dispute.held()
        && notice.sequence() <= dispute.progress().sequence();
  }

  /** All of a dispute is booked in one currency. */
  private static Currency currency(Dispute dispute, DisputeNotice notice) {
    return dispute.bookings().isEmpty()
        ? notice.amount().currency()
        : dispute.bookings().getFirst().amount().currency();
  }

  /**
   * @param held what the bank has from now on, minor units
   */
  private static Transition booked(
      Dispute before, Progress there, Charge charge, long held, Bookkeeper books) {
    Money taken = new Money(held - before.held(), before.claim().amount().currency());
    String id = before.head().id();
    String of = charge.head().id();
    String told =
        there.status() != before.status() && there.status().isClosed()
            ? "charge.dispute.closed"
            : "charge.dispute.updated";
    if (taken.isZero()) {
      Dispute after = before.with(there);
      return changed(after, charge, null).because(told, after);
    }
    BalanceTransaction booking =
        !taken.isPositive()
            ? books.reinstated(id, of, taken.negated())
            : before.bookings().isEmpty()
                ? books.disputed(id, of, taken)
                : books.disputedAgain(id, of, taken);
    Dispute after = before.with(there, booking);
    return changed(after, charge, booking)
        .because(told, after)
        .because(
            taken.isPositive()
                ? "charge.dispute.funds_withdrawn"
                : "charge.dispute.funds_reinstated",
            after)
        .booking(booking);
  }

  /** A bank that asks no more keeps no money: where it had taken any, that is won. */
  private static Status wanted(Dispute dispute, Stage said) {
    boolean taken = !dispute.bookings().isEmpty();
    return said == Stage.INQUIRY_CLOSED && taken ? Status.WON : Status.of(said);
  }

  private static boolean isOfAnotherAmount(Dispute dispute, Money amount, Status wanted) {
    return dispute.isWithdrawn()
        && !wanted.isInquiry()
        && wanted != Status.WON
        && !amount.equals(dispute.claim().amount());
  }

  private static Transition corrected(Dispute dispute, Charge charge, Bookkeeper books) {
    BalanceTransaction booking = returned(dispute, charge, books);
    Dispute after = dispute.with(dispute.progress(), booking);
    return changed(after, charge, booking)
        .because("charge.dispute.updated", after)
        .because("charge.dispute.funds_reinstated", after)
        .booking(booking);
  }

  private static BalanceTransaction returned(Dispute dispute, Charge charge, Bookkeeper books) {
    Money taken = dispute.bookings().getLast().amount().negated();
    return books.reinstated(dispute.head().id(), charge.head().id(), taken);
  }

  /** The bank has taken the money: unless it stood so, it waits for a response now. */
  private static Transition withdrawn(
      Dispute dispute, Charge charge, DisputeNotice notice, Bookkeeper books) {
    String id = dispute.head().id();
    String of = charge.head().id();
    BalanceTransaction booking =
        dispute.bookings().isEmpty()
            ? books.disputed(id, of, notice.amount())
            : books.disputedAgain(id, of, notice.amount());
    Status wanted = Status.of(notice.stage());
    boolean arrived = wanted == Status.NEEDS_RESPONSE || wanted == dispute.status();
    Progress progress =
        dispute
            .progress()
            .to(arrived ? wanted : Status.NEEDS_RESPONSE)
            .at(arrived ? notice.sequence() : dispute.progress().sequence());
    Dispute after = dispute.with(progress, booking);
    return changed(after, charge, booking)
        .because("charge.dispute.updated", after)
        .because("charge.dispute.funds_withdrawn", after)
        .booking(booking);
  }

  private static Transition won(Dispute dispute, Charge charge, Progress there, Bookkeeper books) {
    if (!dispute.isWithdrawn()) {
      Dispute won = dispute.with(there);
      return changed(won, charge, null).because("charge.dispute.closed", won);
    }
    BalanceTransaction booking = returned(dispute, charge, books);
    Dispute won = dispute.with(there, booking);
    return changed(won, charge, booking)
        .because("charge.dispute.closed", won)
        .because("charge.dispute.funds_reinstated", won)
        .booking(booking);
  }

  /** Other disputes of the charge may have taken money too: only what this one moves changes. */
  private static Transition changed(
      Dispute dispute, Charge charge, @Nullable BalanceTransaction booking) {
    if (booking == null && charge.standing().contest().raised()) {
      return Transition.of(dispute);
    }
    return Transition.of(
        dispute, charge.contestedBy(booking == null ? 0 : dispute.lastTaken(charge)));
  }

  /**
   * Keeps what the merchant says, without telling the provider.
   *
   * @param facts all facts as they shall be
   */
  public static Decision update(Dispute dispute, Map<String, @Nullable Object> facts, Instant now) {
    Dispute after = dispute.with(dispute.progress(), facts);
    if (!after.evidence().equals(dispute.evidence())) {
      ApiError closed = closedToEvidence(dispute, now);
      if (closed != null) {
        return new Decision.Refusal(closed);
      }
    }
    return Transition.of(after).because("charge.dispute.updated", after);
  }

  /**
   * Sends all evidence to the provider.
   *
   * @param facts all facts as they shall be
   * @param operation the id of the provider operation
   */
  public static Decision submit(
      Dispute dispute, Map<String, @Nullable Object> facts, String operation, Instant now) {
    ApiError closed = closedToEvidence(dispute, now);
    if (closed != null) {
      return new Decision.Refusal(closed);
    }
    Dispute after = dispute.with(dispute.progress().by(operation), facts);
    if (after.evidence().isEmpty()) {
      return new Decision.Refusal(ApiErrors.missing("evidence"));
    }
    return Transition.of(after)
        .because("charge.dispute.updated", after)
        .asking(
            new ProviderOperation.SubmitEvidence(
                operation,
                dispute.of().reference(),
                dispute.status().isInquiry(),
                after.evidence()))
        .expecting(Outlook.UNKNOWN);
  }

  /** Gives the money up. */
  public static Decision accept(Dispute dispute, String operation) {
    if (dispute.status() != Status.NEEDS_RESPONSE || dispute.progress().operation() != null) {
      return new Decision.Refusal(
          ApiErrors.badRequest(
              "You cannot close this dispute because "
                  + (dispute.progress().operation() == null
                      ? "it has a status of " + dispute.status().wire() + "."
                      : "a response to it is being submitted.")));
    }
    Dispute after = dispute.with(dispute.progress().by(operation));
    return Transition.of(after)
        .asking(new ProviderOperation.AcceptDispute(operation, dispute.of().reference()))
        .expecting(Outlook.UNKNOWN);
  }

  private static @Nullable ApiError closedToEvidence(Dispute dispute, Instant now) {
    String because = null;
    if (!dispute.status().needsResponse()) {
      because = "it has a status of " + dispute.status().wire() + ".";
    } else if (dispute.progress().operation() != null) {
      because = "a response to it is being submitted.";
    } else if (dispute.isTooLate(now)) {
      because = "the time for it is over.";
    }
    return because == null
        ? null
        : ApiErrors.badRequest("You cannot update this dispute's evidence because " + because);
  }

  /** What the provider's answer to a response leads to. One that comes twice changes nothing. */
  public static Transition answer(Dispute dispute, Attempt attempt, ProviderResult result) {
    boolean awaited = attempt.ask().id().equals(dispute.progress().operation());
    String other = awaited ? null : dispute.progress().operation();
    return switch (result) {
      case ProviderResult.Approved approved ->
          switch (attempt.ask()) {
            case ProviderOperation.SubmitEvidence submit -> submitted(dispute, submit, other);
            case ProviderOperation.AcceptDispute _ -> accepted(dispute, other);
            case ProviderOperation.Authorize _,
                ProviderOperation.Complete _,
                ProviderOperation.Capture _,
                ProviderOperation.Cancel _,
                ProviderOperation.Refund _,
                ProviderOperation.Lookup _ ->
                throw new IllegalArgumentException("no response to a dispute");
          };
      case ProviderResult.Declined declined ->
          awaited ? refused(dispute) : Transition.none(Outlook.DONE);
      case ProviderResult.Rejected rejected ->
          awaited ? refused(dispute) : Transition.none(Outlook.DONE);
      case ProviderResult.RequiresAction action -> Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  /**
   * What the bank made of it may have come before the answer that it has it. A chargeback that it
   * made of its inquiry still waits for a response of its own.
   */
  private static Transition submitted(
      Dispute dispute, ProviderOperation.SubmitEvidence submit, @Nullable String other) {
    Progress progress = dispute.progress().submitted().by(other);
    Dispute after =
        dispute.with(
            switch (dispute.status()) {
              case WARNING_NEEDS_RESPONSE -> progress.to(Status.WARNING_UNDER_REVIEW);
              case NEEDS_RESPONSE -> submit.inquiry() ? progress : progress.to(Status.UNDER_REVIEW);
              case WARNING_UNDER_REVIEW, WARNING_CLOSED, UNDER_REVIEW, WON, LOST -> progress;
            });
    return Transition.of(after).because("charge.dispute.updated", after);
  }

  /** Only what is taken can be lost; the feed tells the rest. */
  private static Transition accepted(Dispute dispute, @Nullable String other) {
    Progress progress = dispute.progress().by(other);
    if (dispute.status().isInquiry() || dispute.status().isClosed()) {
      return Transition.of(dispute.with(progress));
    }
    Dispute lost = dispute.with(progress.to(Status.LOST));
    return Transition.of(lost).because("charge.dispute.closed", lost);
  }

  /**
   * Nobody can learn any more what became of a response. That keeps the merchant from no other one:
   * no money moves by a response, and what the bank makes of it comes through the feed.
   */
  public static Transition parked(Dispute dispute, Attempt attempt) {
    return attempt.ask().id().equals(dispute.progress().operation())
        ? Transition.of(dispute.with(dispute.progress().by(null))).expecting(Outlook.UNKNOWN)
        : Transition.none(Outlook.UNKNOWN);
  }

  private static Transition refused(Dispute dispute) {
    return Transition.of(dispute.with(dispute.progress().by(null)))
        .telling(
            ApiErrors.badRequest(
                "The provider did not take the response to this dispute; it may have been closed"
                    + " meanwhile."));
  }

  /** The facts with other evidence. */
  static Map<String, @Nullable Object> withEvidence(
      Map<String, @Nullable Object> facts, Map<String, String> evidence) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(facts);
    if (evidence.isEmpty()) {
      after.remove("evidence");
    } else {
      after.put("evidence", evidence);
    }
    return after;
  }
}
