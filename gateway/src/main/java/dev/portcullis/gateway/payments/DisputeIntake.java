package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedules;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Ids;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Takes in what a provider says of a dispute. Taking in the same twice, or by two processes at
 * once, leads to the same: each step is a version of the dispute, and the provider's sequence, or
 * when it was asked, says what is old news.
 */
public final class DisputeIntake {

  /** Four steps lead from nothing to anything; the rest is for those who step in between. */
  private static final int STEPS = 12;

  private final Journal journal;
  private final PaymentStore store;
  private final FeeSchedules fees;
  private final Ids ids;
  private final InstantSource clock;

  public DisputeIntake(
      Journal journal, PaymentStore store, FeeSchedules fees, Ids ids, InstantSource clock) {
    this.journal = journal;
    this.store = store;
    this.fees = fees;
    this.ids = ids;
    this.clock = clock;
  }

  /** What became of a notice. */
  public enum Taken {
    /** The dispute stands as the notice says, or further on. */
    IN,
    /** The charge is not known yet: ask again later. */
    NOT_YET,
    /** The database could not take it: it has to be read again, and nothing may go past it. */
    NOT_STORED,
    /** No payment of the account is meant. */
    NOT_OURS
  }

  /**
   * Takes in what that provider said to that account.
   *
   * @param asked when it was asked
   */
  public Taken take(
      String account, Provider provider, boolean livemode, DisputeNotice notice, Instant asked) {
    Optional<Operation> found =
        store
            .operation(account, notice.operation())
            .filter(o -> o.provider().equals(provider) && o.head().livemode() == livemode)
            .filter(o -> o.kind() == OperationKind.AUTHORIZE);
    if (found.isEmpty()) {
      return Taken.NOT_OURS;
    }
    Principal principal = Settlement.principal(found.get().head());
    String chargeId = found.get().attempt().charge();
    for (int step = 0; step < STEPS; step++) {
      Optional<Charge> charge =
          chargeId == null ? Optional.empty() : store.charge(principal, chargeId);
      if (charge.isEmpty() || charge.get().standing().captured() == 0) {
        return Taken.NOT_YET;
      }
      Optional<Dispute> dispute = store.disputeOf(principal, notice.reference());
      DisputeNotice news = DisputeMachine.news(dispute.orElse(null), notice, asked.toEpochMilli());
      if (news == null) {
        return Taken.IN;
      }
      if (!commit(principal, dispute, charge.get(), provider, news)) {
        return Taken.NOT_STORED;
      }
    }
    return Taken.NOT_STORED;
  }

  /** Whether the next look may find more: the step is durable, or somebody else was faster. */
  private boolean commit(
      Principal principal,
      Optional<Dispute> dispute,
      Charge charge,
      Provider provider,
      DisputeNotice notice) {
    Instant now = clock.instant();
    Bookkeeper books =
        new Bookkeeper(
            ids.next("txn"),
            now,
            fees.of(principal.account(), principal.livemode(), provider.name()));
    Transition transition =
        dispute.isPresent()
            ? DisputeMachine.noticed(dispute.get(), charge, notice, books)
            : DisputeMachine.opened(
                Head.fresh(ids.next("du"), principal.account(), principal.livemode(), now),
                charge,
                provider,
                notice,
                books);
    Step step =
        new Step(principal.account(), principal.livemode(), ids, now).take(transition, null);
    Verdict verdict = journal.commit(step.change().build());
    return verdict instanceof Verdict.Committed || verdict instanceof Verdict.Conflict;
  }
}
