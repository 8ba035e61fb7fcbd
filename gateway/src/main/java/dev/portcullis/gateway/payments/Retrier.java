package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.routing.RetryPlan;
import dev.portcullis.gateway.routing.RetryStore;
import dev.portcullis.gateway.routing.RetryStore.Claimed;
import dev.portcullis.gateway.work.DueWork;
import dev.portcullis.gateway.work.DueWorker;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tries a merchant's own charges again when their time has come: as any attempt, with an operation
 * of its own, that is begun in the commit that ends its plan. Whoever else moves the payment or has
 * begun it is met by the versions of both rows, so nothing is tried twice; what a gateway has taken
 * and not begun when it dies comes back with its lease, and what it has begun is the resolver's.
 */
public final class Retrier implements DueWorker {

  private static final Logger LOG = Logger.getLogger(Retrier.class.getName());
  private static final String OBJECT = "payment_intent";
  private static final Duration TICK = Duration.ofSeconds(2);

  /** Also the pause before what could not be begun is looked at again. */
  static final Duration LEASE = Duration.ofMinutes(5);

  private final RetryStore plans;
  private final PaymentStore store;
  private final Retries retries;
  private final PaymentProcessor processor;
  private final Commits commits;
  private final Ids ids;
  private final InstantSource clock;
  private final DueWork<Claimed> work;

  Retrier(
      RetryStore plans,
      PaymentStore store,
      Retries retries,
      PaymentProcessor processor,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    this.plans = plans;
    this.store = store;
    this.retries = retries;
    this.processor = processor;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
    this.work =
        new DueWork<>("retrier", TICK, this::claim, Claimed::account, this::runSafely, clock);
  }

  /** Begins to work, until {@link #close()}. */
  public void start() {
    work.start();
  }

  /**
   * Begins what is due now, and waits for the end of it.
   *
   * @return how many plans it took
   */
  public int runDue() {
    return work.runDue();
  }

  /** While payments are paused nothing is taken: it waits. */
  private List<Claimed> claim(int most, Map<String, Integer> underWay) {
    Instant now = clock.instant();
    return retries.mayBegin() ? plans.claim(now, now.plus(LEASE), most, underWay) : List.of();
  }

  /** What fails comes back when the lease is over. */
  private void runSafely(Claimed claimed) {
    try {
      run(claimed);
    } catch (ApiException e) {
      LOG.log(
          Level.INFO,
          "the retry of {0} has not begun: {1}",
          new Object[] {claimed.plan().declined(), e.error().message()});
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "the retry of " + claimed.plan().declined() + " has not begun", e);
    }
  }

  private void run(Claimed claimed) {
    Principal principal = Settlement.principal(claimed.account(), claimed.livemode());
    RetryPlan plan = claimed.plan();
    Optional<PaymentIntent> payment = store.paymentIntent(principal, plan.payment());
    Optional<Operation> declined = store.operation(principal.account(), plan.declined());
    if (payment.isEmpty() || declined.isEmpty()) {
      end(principal, plan.dropped("the payment is not stored any more"));
      return;
    }
    PaymentIntent intent = payment.get();
    Attempt before = declined.get().attempt();
    switch (retries.judge(principal, plan, intent, declined.get())) {
      case Retries.Verdict.Drop(String why) -> end(principal, plan.dropped(why));
      case Retries.Verdict.Begin(PaymentMethod method) ->
          begin(principal, plan, intent, before, method);
    }
  }

  private void begin(
      Principal principal,
      RetryPlan plan,
      PaymentIntent intent,
      Attempt before,
      PaymentMethod method) {
    Command.Confirm command = retries.confirmation(principal, intent, before, method);
    switch (PaymentMachine.transition(intent, command, clock.instant())) {
      case Decision.Refusal(var error) -> end(principal, plan.dropped(error.message()));
      case Transition transition -> {
        PaymentIntent after = Objects.requireNonNull(transition.find(PaymentIntent.class));
        Attempt attempt =
            new Attempt(
                Objects.requireNonNull(transition.ask()),
                null,
                OBJECT,
                intent.head().id(),
                ids.next("ch"),
                method.doc(),
                before.errorOnAction());
        Screening.Verdict.@Nullable Block block =
            retries.blocked(principal, after, command.operation(), method);
        if (block == null) {
          Reply reply =
              processor.run(
                  principal,
                  new PaymentProcessor.Run(
                      transition,
                      attempt,
                      new Subject.Payment(after, null),
                      null,
                      List.of(plan.begun(command.operation()))));
          LOG.log(Level.FINE, "a retry ended with {0}", reply.status());
        } else {
          Transition blocked = PaymentMachine.blocked(transition, attempt, block, clock.instant());
          end(principal, blocked, plan.dropped(block.sentence()));
        }
      }
    }
  }

  private void end(Principal principal, Write dropped) {
    end(principal, Transition.none(Transition.Outlook.DONE), dropped);
  }

  private void end(Principal principal, Transition transition, Write dropped) {
    commits.commit(
        new Step(principal.account(), principal.livemode(), ids, clock.instant())
            .take(transition, null)
            .write(List.of(dropped))
            .change()
            .build());
  }

  @Override
  public void stop() {
    work.stop();
  }

  @Override
  public void close() {
    work.close();
  }
}
