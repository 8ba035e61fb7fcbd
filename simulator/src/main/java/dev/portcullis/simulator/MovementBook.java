package dev.portcullis.simulator;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Moves money in a provider's books: captures, voids and refunds. */
final class MovementBook {

  /** How long a refund of the cards whose refunds change by themselves takes. */
  private static final long SETTLEMENT_MILLIS = 2_000;

  /** How long a movement takes with a provider that only takes note of it at once. */
  private static final long ASYNCHRONOUS_MILLIS = 500;

  private final Acquirer acquirer;
  private final Books books;
  private final DisputeBook disputes;
  private final boolean real;

  /**
   * Makes the book.
   *
   * @param real whether captures of some amounts fall short, as with {@link Movements#atOnce}
   */
  MovementBook(Acquirer acquirer, Books books, DisputeBook disputes, boolean real) {
    this.acquirer = acquirer;
    this.books = books;
    this.disputes = disputes;
    this.real = real;
  }

  /** The movement, made now or found as it is. */
  Operation.Movement move(MovementRequest request) {
    return (Operation.Movement)
        books.once(
            request.reference(),
            Books.fingerprint(request.comparable()),
            () -> moveNow(request, acquirer.authorization(request.authorization())));
  }

  /** A movement that is taken note of, fails a little later for that reason, and moves nothing. */
  Operation.Movement fail(MovementRequest request, String reason) {
    return (Operation.Movement)
        books.once(
            request.reference(),
            Books.fingerprint(request.comparable()),
            () -> {
              Operation.Authorization authorization =
                  acquirer.authorization(request.authorization());
              Operation.Notes notes = request.way().notes().with(Map.of(Acquirer.FAILED, reason));
              Operation.Settlement end =
                  new Operation.Settlement(
                      books.clock().millis() + ASYNCHRONOUS_MILLIS,
                      Operation.Status.PENDING,
                      Operation.Status.DECLINED);
              Operation.Movement movement = movement(request, authorization, end, notes);
              books.write(movement, authorization.followedBy(movement.identity().number()));
              return movement;
            });
  }

  private Operation.Movement movement(
      MovementRequest request,
      Operation.Authorization authorization,
      Operation.@Nullable Settlement end,
      Operation.Notes notes) {
    return new Operation.Movement(
        books.identity(
            Movements.prefix(request.kind()), request.reference(), request.comparable(), notes),
        request.kind(),
        authorization.identity().id(),
        request.amount(),
        authorization.terms().currency(),
        end == null ? Operation.Status.APPROVED : end.first(),
        end,
        authorization.last());
  }

  private Operation moveNow(MovementRequest request, Operation.Authorization authorization) {
    String currency = authorization.terms().currency();
    if (request.currency() != null && !request.currency().equals(currency)) {
      throw Refused.state("currency_mismatch", "The authorization is in another currency.");
    }
    Movements.Taken taken =
        real && request.kind() == Operation.Kind.CAPTURE
            ? Movements.atOnce(request.amount())
            : new Movements.Taken(request.amount(), 0);
    Operation.Authorization after =
        switch (request.kind()) {
          case CAPTURE ->
              Movements.capture(authorization, request.amount(), taken.now(), request.way().last());
          case VOID -> Movements.cancel(authorization);
          case REFUND -> Movements.refund(authorization, request.amount());
          case EVIDENCE, ACCEPTANCE -> throw new IllegalStateException("an answer to a dispute");
        };
    Operation.@Nullable Settlement settlement =
        taken.later() > 0
            ? Movements.inParts(books.clock().millis())
            : settlement(request, authorization.terms().story());
    Operation.Notes notes = request.way().notes();
    Operation.Movement movement =
        movement(
                request,
                authorization,
                settlement,
                taken.later() > 0
                    ? notes.with(Map.of(Movements.REST, Long.toString(taken.later())))
                    : notes)
            .of(taken.now());
    Operation.@Nullable Dispute dispute =
        request.kind() == Operation.Kind.CAPTURE
            ? disputes.of(after, taken.now(), movement.identity().number() + 1)
            : null;
    acquirer.writeWith(dispute, movement, after.followedBy(movement.identity().number()));
    return movement;
  }

  private Operation.@Nullable Settlement settlement(MovementRequest request, Story story) {
    long now = books.clock().millis();
    Operation.Settlement own =
        request.kind() == Operation.Kind.REFUND
            ? Movements.settlement(story, now + SETTLEMENT_MILLIS)
            : null;
    if (!request.way().asynchronous()) {
      return own;
    }
    return new Operation.Settlement(
        own == null ? now + ASYNCHRONOUS_MILLIS : own.dueMillis(),
        Operation.Status.PENDING,
        own == null ? Operation.Status.APPROVED : own.status());
  }
}
