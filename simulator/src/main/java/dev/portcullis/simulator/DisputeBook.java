package dev.portcullis.simulator;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The disputes in a provider's books, and what is said to them. */
final class DisputeBook {
  private final Books books;
  private final Disputes disputes;

  DisputeBook(Books books, Disputes disputes) {
    this.books = books;
    this.disputes = disputes;
  }

  /** The dispute that such a charge meets as soon as its money is taken, or null. */
  Operation.@Nullable Dispute of(Operation.Authorization authorization, long captured, int place) {
    Operation.Stage stage = Disputes.first(authorization.terms().story());
    if (captured == 0 || stage == null) {
      return null;
    }
    String id = "dsp_" + HexFormat.of().toHexDigits(place) + books.randomText();
    long now = books.clock().instant().getEpochSecond();
    return new Operation.Dispute(
        new Operation.Identity(place, id, id, Books.fingerprint(id), now),
        Disputes.claim(authorization, captured, books.clock().instant()),
        stage,
        disputes.next());
  }

  /**
   * An answer to a dispute, taken now or found as it is.
   *
   * @param request its authorization is the dispute's id, its amount 0
   * @param evidence what is sent, by name; empty for an acceptance
   */
  Operation.Movement respond(MovementRequest request, Map<String, String> evidence) {
    String comparable = request.comparable() + "\n" + new TreeMap<>(evidence);
    return (Operation.Movement)
        books.once(
            request.reference(),
            Books.fingerprint(comparable),
            () -> {
              if (books.byId(request.authorization()) instanceof Operation.Dispute dispute) {
                return respondNow(request, evidence, dispute, comparable);
              }
              throw Acquirer.unknown();
            });
  }

  private Operation respondNow(
      MovementRequest request,
      Map<String, String> evidence,
      Operation.Dispute dispute,
      String comparable) {
    Operation.Stage next =
        request.kind() == Operation.Kind.EVIDENCE
            ? Disputes.afterEvidence(dispute, evidence, books.clock().instant())
            : Disputes.afterAcceptance(dispute);
    Operation.Movement movement =
        new Operation.Movement(
            books.identity(
                Movements.prefix(request.kind()),
                request.reference(),
                comparable,
                request.way().notes()),
            request.kind(),
            dispute.identity().id(),
            dispute.claim().amount(),
            dispute.claim().currency(),
            Operation.Status.APPROVED,
            null);
    Operation.Dispute after = dispute.at(next, disputes.next());
    books.write(movement, after);
    disputes.remember(after);
    return movement;
  }

  /** The disputes that changed after that change, as they stand now. */
  Disputes.Page disputesAfter(long change) {
    return books.step(
        () ->
            disputes.after(
                change, number -> (Operation.Dispute) Objects.requireNonNull(books.at(number))));
  }

  /** The newest disputes first, at most so many. */
  List<Operation.Dispute> disputes(int most) {
    return books.step(
        () -> {
          List<Operation.Dispute> found = new ArrayList<>();
          for (int number = books.size() - 1; number >= 0 && found.size() < most; number--) {
            if (books.at(number) instanceof Operation.Dispute dispute) {
              found.add(dispute);
            }
          }
          return found;
        });
  }

  void remember(Operation.Dispute dispute) {
    disputes.remember(dispute);
  }
}
