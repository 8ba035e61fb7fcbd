package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.CardCheck;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a card by a verification, an authorization of nothing. Whoever tries stolen cards learns
 * as much by it as by a payment, so it passes the same screening and counts like one. It is stored
 * before it is sent like every operation; but since it moves no money, nobody has to find out what
 * became of one whose answer was lost: the card is checked anew.
 */
final class ProviderCardCheck implements CardCheck {

  private static final Money NOTHING = Money.of(0, "usd");

  private final ProviderGate gate;
  private final Ways ways;
  private final Screening screening;
  private final ReturnUrls returnUrls;
  private final Commits commits;
  private final Ids ids;
  private final InstantSource clock;

  ProviderCardCheck(
      ProviderGate gate,
      Ways ways,
      Screening screening,
      ReturnUrls returnUrls,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    this.gate = gate;
    this.ways = ways;
    this.screening = screening;
    this.returnUrls = returnUrls;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public void check(
      Principal principal, PaymentMethod method, String customer, @Nullable String address) {
    gate.requireOpen();
    Attempt attempt = attempt(principal, method);
    screen(
        new Screening.Candidate(principal, attempt.ask().id(), method, NOTHING, customer, address));
    Ways.Chosen chosen = ways.first(principal, attempt, Map.of());
    Operation operation = stored(principal, chosen);
    Sent sent = send(operation);
    ProviderResult result = sent.result();
    chosen.ended(sent);
    screening.settled(operation, result);
    if (!(result instanceof ProviderResult.Unknown)) {
      Sending over = operation.sending().at(State.DONE, null);
      store(principal, operation.with(over, null));
    }
    switch (result) {
      case ProviderResult.Approved approved -> {}
      // A card whose holder has to answer is good: they are asked when they pay.
      case ProviderResult.RequiresAction action -> {}
      case ProviderResult.Pending pending -> {}
      case ProviderResult.Declined declined ->
          throw new ApiException(Declines.answer(declined, null, Map.of()));
      case ProviderResult.Rejected rejected -> throw new ApiException(Declines.rejected(rejected));
      case ProviderResult.Unknown unknown -> throw new ApiException(ApiErrors.unavailable());
      case ProviderResult.NotFound notFound -> throw new ApiException(ApiErrors.unavailable());
    }
  }

  private void screen(Screening.Candidate candidate) {
    switch (screening.screen(candidate)) {
      case Screening.Verdict.Pass _ -> {}
      case Screening.Verdict.Block _ -> throw new ApiException(Declines.blocked(null, Map.of()));
    }
  }

  private Attempt attempt(Principal principal, PaymentMethod method) {
    String id = ids.next("op");
    return new Attempt(
        new ProviderOperation.Authorize(
            id,
            NOTHING,
            false,
            CardUse.STORE,
            Shopper.UNKNOWN,
            Challenge.ifNeeded(returnUrls.of(principal.account(), id))),
        null,
        "payment_method",
        method.id(),
        null,
        method.doc(),
        false);
  }

  /** What could not be stored is not sent: it says nothing of the provider. */
  private Operation stored(Principal principal, Ways.Chosen chosen) {
    try {
      Operation operation = operation(principal, chosen.attempt());
      store(principal, operation);
      return operation;
    } catch (RuntimeException | Error e) {
      chosen.unused();
      throw e;
    }
  }

  private Operation operation(Principal principal, Attempt attempt) {
    Instant now = clock.instant();
    Head head = Head.fresh(attempt.ask().id(), principal.account(), principal.livemode(), now);
    return new Operation(
        head, attempt, gate.begin(head, attempt), new Sending(State.SENT, null, 1, 0, now), null);
  }

  /**
   * What is prepared first is not stored anew: no money moves, and it is checked anew if need be.
   */
  private Sent send(Operation operation) {
    if (!operation.exchange().preparing()) {
      return Submitter.call(gate, operation, clock);
    }
    Instant begun = clock.instant();
    ProviderGate.Preparation prepared = gate.prepare(operation);
    Duration took = Duration.between(begun, clock.instant());
    return switch (prepared) {
      case ProviderGate.Preparation.Ready ready ->
          Submitter.call(gate, operation.prepared(ready, operation.sending()), clock);
      case ProviderGate.Preparation.Decided(ProviderResult result) ->
          new Sent(operation, result, took, false);
      case ProviderGate.Preparation.NotReady(String reason, boolean about) ->
          new Sent(operation, new ProviderResult.Unknown(reason), about ? took : null, false);
    };
  }

  private void store(Principal principal, Operation operation) {
    Step step = new Step(principal.account(), principal.livemode(), ids, clock.instant());
    commits.commit(step.operation(operation).change().build());
  }
}
