package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.kit.Ids;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step that a provider takes part in: the step and the operation are durable before the
 * provider hears of it (the vault gets ready meanwhile), its answer is durable before the caller
 * hears of it, and no transaction is open in between.
 */
public final class PaymentProcessor {

  private static final Logger LOG = Logger.getLogger(PaymentProcessor.class.getName());

  private final Commits commits;
  private final ProviderGate gate;
  private final Ways ways;
  private final Submitter submitter;
  private final Views views;
  private final Ids ids;
  private final InstantSource clock;

  public PaymentProcessor(
      Commits commits,
      ProviderGate gate,
      Ways ways,
      Submitter submitter,
      Views views,
      Ids ids,
      InstantSource clock) {
    this.commits = commits;
    this.gate = gate;
    this.ways = ways;
    this.submitter = submitter;
    this.views = views;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * A step that asks a provider.
   *
   * @param transition the step; its {@code ask} is not null
   * @param attempt what is asked, and for what
   * @param subject the objects as they are after the step
   * @param caller the request that waits, or null where nobody does
   * @param writes further rows of the same commit
   */
  public record Run(
      Transition transition,
      Attempt attempt,
      Subject subject,
      Operation.@Nullable Caller caller,
      List<Write> writes) {}

  /**
   * Takes the step and answers. Once the step is stored nothing is thrown any more: an error would
   * say that nothing was done and invite a second payment, while the first may have been made.
   *
   * @throws dev.portcullis.gateway.http.IdempotencyTaken if the caller's key is on record
   * @throws dev.portcullis.wire.error.ApiException 409 if an object changed meanwhile, 503 if it
   *     could not be stored or payments are paused
   */
  public Reply run(Principal principal, Run run) {
    gate.requireOpen();
    Ways.Chosen chosen = ways.choose(principal, run.attempt, run.subject);
    Beginning beginning = null;
    try {
      Operation operation = operation(principal, run, chosen);
      beginning = new Beginning(() -> begun(principal, run, operation, chosen));
      return submitter.begin(operation, run.subject, chosen, beginning).reply();
    } catch (RuntimeException | Error e) {
      if (beginning == null || !beginning.isStored()) {
        // What could not be stored was not sent: it says nothing of the provider.
        chosen.unused();
        throw e;
      }
      LOG.log(
          Level.SEVERE,
          "operation " + chosen.attempt().ask().id() + " is stored and left to the resolver",
          e);
      return views.reply(run.subject.shown(), null);
    }
  }

  private Operation operation(Principal principal, Run run, Ways.Chosen chosen) {
    Instant now = clock.instant();
    Attempt attempt = chosen.attempt();
    Head head = new Head(attempt.ask().id(), principal.account(), principal.livemode(), 1, now);
    Exchange exchange = gate.begin(head, attempt);
    return new Operation(
        head, attempt, exchange, Sending.begun(exchange, now, gate.call()), run.caller);
  }

  /** Stores it: its time counts from now on, whatever it waited for the vault. */
  private Operation begun(Principal principal, Run run, Operation made, Ways.Chosen chosen) {
    Instant now = clock.instant();
    Operation operation =
        new Operation(
            made.head(),
            made.attempt(),
            made.exchange(),
            Sending.begun(made.exchange(), now, gate.call()),
            run.caller);
    Step step =
        new Step(principal.account(), principal.livemode(), ids, now)
            .take(run.transition, run.caller)
            .operation(operation)
            .begin(run.caller);
    commits.commit(step.write(run.writes).write(chosen.decision(now)).change().build());
    return operation;
  }
}
