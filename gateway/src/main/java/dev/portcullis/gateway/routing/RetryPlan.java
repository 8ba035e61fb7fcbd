package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Write;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a declined operation is going to be tried again. It is over as soon as that has begun, or
 * will not be: the next decline makes the next plan.
 *
 * @param declined the operation's id
 * @param created when it was declined
 * @param payment what is to be paid
 * @param number which retry of the first decline it is, 1 for the first
 * @param first when that was declined
 * @param planned not before
 * @param reason why
 */
public record RetryPlan(
    String declined,
    Instant created,
    String payment,
    int number,
    Instant first,
    Instant planned,
    String reason) {

  /** One row for each plan. While it is open it is due; then it has begun or was dropped. */
  public static final Table TABLE =
      Table.of(
          "payment_retries",
          "fixed payment text",
          "fixed number integer",
          "fixed first timestamptz",
          "fixed reason text",
          "fixed planned timestamptz",
          "state text",
          "due timestamptz",
          "operation text",
          "ended text");

  private static final int ONCE_MORE = 2;

  /** The row of the plan, for the commit that settles the decline. */
  public Write write() {
    return new Write.Insert(TABLE, row(1, State.PLANNED, planned, null, null));
  }

  /**
   * It begins, in the commit that stores the operation: two of them cannot.
   *
   * @param operation the retry's
   */
  public Write begun(String operation) {
    return new Write.Update(TABLE, row(ONCE_MORE, State.BEGUN, null, operation, null));
  }

  /** It will not be. */
  public Write dropped(String why) {
    return new Write.Update(TABLE, row(ONCE_MORE, State.DROPPED, null, null, why));
  }

  private Row row(
      int version,
      State state,
      @Nullable Instant due,
      @Nullable String operation,
      @Nullable String ended) {
    return Row.of(
        declined,
        version,
        created,
        payment,
        number,
        first,
        reason,
        planned,
        state.wire,
        due,
        operation,
        ended);
  }

  /** Where a plan stands. */
  enum State {
    PLANNED("planned"),
    BEGUN("begun"),
    DROPPED("dropped");

    private final String wire;

    State(String wire) {
      this.wire = wire;
    }
  }
}
