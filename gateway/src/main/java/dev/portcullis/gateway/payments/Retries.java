package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.mandates.Mandates;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.routing.RetryPlan;
import dev.portcullis.kit.Ids;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a declined charge may be tried again now, and as what. */
final class Retries {

  /** What is to become of a plan whose time has come. */
  sealed interface Verdict {
    /** It begins, with that card. */
    record Begin(PaymentMethod method) implements Verdict {}

    /** It will never be. */
    record Drop(String why) implements Verdict {}
  }

  private final ProviderGate gate;
  private final PaymentsPause pause;
  private final PaymentStore store;
  private final PaymentMethods paymentMethods;
  private final Mandates mandates;
  private final Ways ways;
  private final Attempts attempts;

  /** What an attempt needs of others. */
  record Attempts(Screening screening, ReturnUrls returnUrls, Ids ids) {}

  Retries(
      ProviderGate gate,
      PaymentsPause pause,
      PaymentStore store,
      PaymentMethods paymentMethods,
      Mandates mandates,
      Ways ways,
      Attempts attempts) {
    this.gate = gate;
    this.pause = pause;
    this.store = store;
    this.paymentMethods = paymentMethods;
    this.mandates = mandates;
    this.ways = ways;
    this.attempts = attempts;
  }

  /** Whether payments go to providers at all now. */
  boolean mayBegin() {
    return gate.isOpen();
  }

  /**
   * Whether it begins.
   *
   * @param intent the payment as it stands
   * @param operation what was declined
   */
  Verdict judge(Principal principal, RetryPlan plan, PaymentIntent intent, Operation operation) {
    if (pause.wasRestoredSince(operation.head().created())) {
      // What was begun after the backup is forgotten here, and not at the provider. An operation
      // that the backup holds open may be declined, and planned again, only after the restore.
      return new Verdict.Drop("the database was restored since");
    }
    Attempt declined = operation.attempt();
    if (!isAsDeclined(principal, intent, declined)) {
      return new Verdict.Drop("the payment has changed since");
    }
    Optional<PaymentMethod> method =
        Optional.ofNullable(declined.token())
            .flatMap(id -> paymentMethods.find(principal, id))
            .filter(card -> card.customer() != null)
            .filter(card -> Objects.equals(card.customer(), intent.terms().customer()));
    if (method.isEmpty()) {
      return new Verdict.Drop("the card is not the customer's any more");
    }
    Object mandate = intent.details().get("mandate");
    if (mandate instanceof String id && !mandates.isActive(principal, id)) {
      return new Verdict.Drop("the mandate is not active any more");
    }
    return ways.obstacle(principal, plan, method.get().doc())
        .<Verdict>map(Verdict.Drop::new)
        .orElseGet(() -> new Verdict.Begin(method.get()));
  }

  /** Whether the payment stands as that decline has left it; what is only said of it may differ. */
  private boolean isAsDeclined(Principal principal, PaymentIntent intent, Attempt declined) {
    PaymentIntent.Terms terms = intent.terms();
    boolean last =
        intent.status() == PaymentIntent.Status.REQUIRES_PAYMENT_METHOD
            && terms.paymentMethod() == null
            && declined.ask().id().equals(intent.progress().operation())
            && Objects.equals(declined.charge(), intent.progress().latestCharge());
    return last
        && declined.ask() instanceof Authorize ask
        && ask.amount().equals(terms.amount())
        && ask.capture() == (!terms.manualCapture() && !terms.manualConfirmation())
        && ask.use().store() == (terms.setupFutureUsage() != null)
        && Objects.equals(customer(principal, declined.charge()), terms.customer());
  }

  private @Nullable Object customer(Principal principal, @Nullable String charge) {
    return charge == null
        ? null
        : store
            .charge(principal, charge)
            .map(declined -> declined.facts().get("customer"))
            .orElse(null);
  }

  /** The confirmation that begins it: the merchant's, as the one that was declined. */
  Command.Confirm confirmation(
      Principal principal, PaymentIntent intent, Attempt declined, PaymentMethod method) {
    String operation = attempts.ids.next("op");
    return new Command.Confirm(
        intent.terms().withPaymentMethod(method.id()),
        intent.details(),
        operation,
        true,
        Shoppers.of(method, intent.details(), null),
        new Challenge(
            PaymentIntentRoutes.wish(intent.details(), declined.errorOnAction()),
            attempts.returnUrls.of(principal.account(), operation),
            null),
        store.networkTransactionId(principal, method.id()).orElse(null));
  }

  /** Why it must not reach a provider, or null where it may. */
  Screening.Verdict.@Nullable Block blocked(
      Principal principal, PaymentIntent intent, String operation, PaymentMethod method) {
    Screening.Candidate candidate =
        new Screening.Candidate(
            principal, operation, method, intent.terms().amount(), intent.terms().customer(), null);
    return switch (attempts.screening.screen(candidate)) {
      case Screening.Verdict.Pass _ -> null;
      case Screening.Verdict.Block block -> block;
    };
  }
}
