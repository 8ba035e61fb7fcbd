package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.ledger.Bookkeeper;
import org.jspecify.annotations.Nullable;

/** What a provider operation is about, as it stands when the answer is applied. */
public sealed interface Subject {

  /** The object that the caller asked about, and is shown. */
  Entity shown();

  /**
   * Applies an answer.
   *
   * @param next an id for an operation that may have to follow
   * @param first whether it is the first word on the operation
   * @param books books what the answer moves, and says when that is
   */
  Transition answer(
      Attempt attempt, ProviderResult result, String next, boolean first, Bookkeeper books);

  /** What the shopper's return from a challenge leads to, or null where nobody waits for it. */
  default @Nullable Transition returned(Attempt attempt, ProviderOperation.Complete complete) {
    return null;
  }

  /** What asking another provider for the same leads to, or null where nobody waits for it. */
  default @Nullable Transition again(Attempt attempt, ProviderOperation next) {
    return null;
  }

  /**
   * What follows when nothing can be concluded of the operation and a person has to look: for money
   * nothing, since whatever was asked may have been done.
   */
  default Transition parked(Attempt attempt) {
    return Transition.none(Transition.Outlook.UNKNOWN);
  }

  /** A payment and the attempt's charge, or null while there is none. */
  record Payment(PaymentIntent intent, @Nullable Charge charge) implements Subject {
    @Override
    public Entity shown() {
      return intent;
    }

    @Override
    public @Nullable Transition returned(Attempt attempt, ProviderOperation.Complete complete) {
      return PaymentMachine.returned(intent, attempt, complete);
    }

    @Override
    public @Nullable Transition again(Attempt attempt, ProviderOperation next) {
      return PaymentMachine.again(intent, attempt, next);
    }

    @Override
    public Transition answer(
        Attempt attempt, ProviderResult result, String next, boolean first, Bookkeeper books) {
      return taken(
          PaymentMachine.transition(
              intent,
              new Command.Answer(attempt, charge, result, next, first, books),
              books.now()));
    }
  }

  /** A set-up. */
  record Setup(SetupIntent intent) implements Subject {
    @Override
    public Entity shown() {
      return intent;
    }

    @Override
    public @Nullable Transition returned(Attempt attempt, ProviderOperation.Complete complete) {
      return SetupMachine.returned(intent, attempt, complete);
    }

    @Override
    public @Nullable Transition again(Attempt attempt, ProviderOperation next) {
      return SetupMachine.again(intent, attempt, next);
    }

    @Override
    public Transition answer(
        Attempt attempt, ProviderResult result, String next, boolean first, Bookkeeper books) {
      return taken(
          SetupMachine.transition(
              intent, new SetupCommand.Answer(attempt, result, next), books.now()));
    }
  }

  /** A refund and its charge. */
  record Repayment(Refund refund, Charge charge) implements Subject {
    @Override
    public Entity shown() {
      return refund;
    }

    @Override
    public Transition answer(
        Attempt attempt, ProviderResult result, String next, boolean first, Bookkeeper books) {
      return RefundMachine.answer(refund, charge, result, books);
    }
  }

  /** A dispute that was responded to. */
  record Contested(Dispute dispute) implements Subject {
    @Override
    public Entity shown() {
      return dispute;
    }

    @Override
    public Transition answer(
        Attempt attempt, ProviderResult result, String next, boolean first, Bookkeeper books) {
      return DisputeMachine.answer(dispute, attempt, result);
    }

    @Override
    public Transition parked(Attempt attempt) {
      return DisputeMachine.parked(dispute, attempt);
    }
  }

  /** Reads it as it stands. */
  static Subject load(PaymentStore store, Principal principal, Attempt attempt) {
    return switch (attempt.objectType()) {
      case "payment_intent" ->
          new Payment(
              store.paymentIntent(principal, attempt.object()).orElseThrow(),
              attempt.charge() == null
                  ? null
                  : store.charge(principal, attempt.charge()).orElse(null));
      case "setup_intent" ->
          new Setup(store.setupIntent(principal, attempt.object()).orElseThrow());
      case "refund" -> {
        Refund refund = store.refund(principal, attempt.object()).orElseThrow();
        yield new Repayment(refund, store.charge(principal, refund.charge()).orElseThrow());
      }
      case "dispute" -> new Contested(store.dispute(principal, attempt.object()).orElseThrow());
      default -> throw new IllegalStateException("an attempt for a " + attempt.objectType());
    };
  }

  private static Transition taken(Decision decision) {
    return switch (decision) {
      case Transition transition -> transition;
      case Decision.Refusal refusal ->
          throw new IllegalStateException("an answer was refused: " + refusal.error().message());
    };
  }
}
