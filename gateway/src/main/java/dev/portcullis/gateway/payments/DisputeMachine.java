package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.payments.Charge.Contest;
import dev.portcullis.gateway.payments.Dispute.Progress;
import dev.portcullis.gateway.payments.Dispute.Status;
import dev.portcullis.gateway.payments.Transition.Outlook;
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

  /** The provider tells of a dispute for the first time. */
  public static Transition opened(
      Head head, Charge charge, String connector, DisputeNotice notice, Bookkeeper books) {
    Status wanted = Status.of(notice.stage());
    Status first = wanted.isInquiry() ? Status.WARNING_NEEDS_RESPONSE : Status.NEEDS_RESPONSE;
    Dispute dispute =
        new Dispute(
            head,
            new Dispute.Of(
                charge.head().id(),
                charge.paymentIntent(),
                charge.brand(),
                connector,
                notice.reference()),
            new Dispute.Claim(
                notice.amount(), notice.reason(), notice.networkReasonCode(), notice.dueBy()),
            new Progress(first, first == wanted ? notice.sequence() : 0, 0, null),
            List.of(),
            Map.of());
    if (first.isInquiry()) {
      return changed(dispute, charge, Contest.INQUIRY).because("charge.dispute.created", dispute);
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
    return changed(taken, charge, Contest.CHARGEBACK)
        .because("charge.dispute.created", taken)
        .because("charge.dispute.funds_withdrawn", taken)
        .booking(booking);
  }

  /** The provider tells how a dispute stands now; one step nearer to that. */
  public static Transition noticed(
      Dispute dispute, Charge charge, DisputeNotice notice, Bookkeeper books) {
    if (notice.sequence() <= dispute.progress().sequence()) {
      return Transition.none(Outlook.DONE);
    }
    Status wanted = Status.of(notice.stage());
    boolean missing = wanted == Status.WON ? dispute.bookings().isEmpty() : !dispute.isWithdrawn();
    if (!wanted.isInquiry() && missing) {
      return withdrawn(dispute, charge, notice, books);
    }
    Progress there = dispute.progress().to(wanted).at(notice.sequence());
    if (wanted == dispute.status()) {
      return Transition.of(dispute.with(there));
    }
    return switch (wanted) {
      case WON -> won(dispute, charge, there, books);
      case LOST -> {
        Dispute lost = dispute.with(there);
        yield changed(lost, charge, Contest.CHARGEBACK).because("charge.dispute.closed", lost);
      }
      case WARNING_CLOSED -> {
        Dispute closed = dispute.with(there);
        yield changed(closed, charge, Contest.SETTLED).because("charge.dispute.closed", closed);
      }
      case WARNING_NEEDS_RESPONSE, WARNING_UNDER_REVIEW, NEEDS_RESPONSE, UNDER_REVIEW -> {
        Dispute moved = dispute.with(there);
        yield changed(moved, charge, wanted.isInquiry() ? Contest.INQUIRY : Contest.CHARGEBACK)
            .because("charge.dispute.updated", moved);
      }
    };
  }

  /** The bank has taken the money: it waits for a response now, whatever it said before. */
  private static Transition withdrawn(
      Dispute dispute, Charge charge, DisputeNotice notice, Bookkeeper books) {
    BalanceTransaction booking =
        books.disputed(dispute.head().id(), charge.head().id(), notice.amount());
    boolean arrived = Status.of(notice.stage()) == Status.NEEDS_RESPONSE;
    Progress progress =
        dispute
            .progress()
            .to(Status.NEEDS_RESPONSE)
            .at(arrived ? notice.sequence() : dispute.progress().sequence());
    Dispute after = dispute.with(progress, booking);
    return changed(after, charge, Contest.CHARGEBACK)
        .because("charge.dispute.updated", after)
        .because("charge.dispute.funds_withdrawn", after)
        .booking(booking);
  }

  private static Transition won(Dispute dispute, Charge charge, Progress there, Bookkeeper books) {
    if (!dispute.isWithdrawn()) {
      Dispute won = dispute.with(there);
      return changed(won, charge, Contest.SETTLED).because("charge.dispute.closed", won);
    }
    BalanceTransaction taken = dispute.bookings().getLast();
    BalanceTransaction booking =
        books.reinstated(dispute.head().id(), charge.head().id(), taken.amount().negated());
    Dispute won = dispute.with(there, booking);
    return changed(won, charge, Contest.SETTLED)
        .because("charge.dispute.closed", won)
        .because("charge.dispute.funds_reinstated", won)
        .booking(booking);
  }

  private static Transition changed(Dispute dispute, Charge charge, Contest contest) {
    return charge.standing().contest() == contest
        ? Transition.of(dispute)
        : Transition.of(dispute, charge.contestedAs(contest));
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
                operation, dispute.of().reference(), after.evidence()))
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
    } else if (now.isAfter(dispute.claim().dueBy())) {
      because = "the time for it is over.";
    }
    return because == null
        ? null
        : ApiErrors.badRequest("You cannot update this dispute's evidence because " + because);
  }

  /** What the provider's answer to a response leads to. One that comes twice changes nothing. */
  public static Transition answer(Dispute dispute, Attempt attempt, ProviderResult result) {
    if (!attempt.ask().id().equals(dispute.progress().operation())) {
      return Transition.none(Outlook.DONE);
    }
    return switch (result) {
      case ProviderResult.Approved approved ->
          attempt.ask() instanceof ProviderOperation.AcceptDispute
              ? accepted(dispute)
              : submitted(dispute);
      case ProviderResult.Declined declined -> refused(dispute);
      case ProviderResult.Rejected rejected -> refused(dispute);
      case ProviderResult.RequiresAction action -> Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  /** What the bank made of it may have come before the answer that it has it. */
  private static Transition submitted(Dispute dispute) {
    Progress progress = dispute.progress().submitted();
    Dispute after =
        dispute.with(
            switch (dispute.status()) {
              case WARNING_NEEDS_RESPONSE -> progress.to(Status.WARNING_UNDER_REVIEW);
              case NEEDS_RESPONSE -> progress.to(Status.UNDER_REVIEW);
              case WARNING_UNDER_REVIEW, WARNING_CLOSED, UNDER_REVIEW, WON, LOST -> progress;
            });
    return Transition.of(after).because("charge.dispute.updated", after);
  }

  /** Only what is taken can be lost; the feed tells the rest. */
  private static Transition accepted(Dispute dispute) {
    Progress progress = dispute.progress().by(null);
    if (dispute.status().isInquiry() || dispute.status().isClosed()) {
      return Transition.of(dispute.with(progress));
    }
    Dispute lost = dispute.with(progress.to(Status.LOST));
    return Transition.of(lost).because("charge.dispute.closed", lost);
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
