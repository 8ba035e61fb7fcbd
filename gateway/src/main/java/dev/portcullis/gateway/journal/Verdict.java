package dev.portcullis.gateway.journal;

/** What became of a {@link Change}. */
public sealed interface Verdict {

  /** It is durable. */
  record Committed() implements Verdict {
    static final Committed IT = new Committed();
  }

  /**
   * Nothing was written: a row was not as the change expects it.
   *
   * @param table where
   * @param id the row
   */
  record Conflict(Table table, String id) implements Verdict {
    /** Whether the row is the idempotency key: it is on record already. */
    public boolean isIdempotencyKey() {
      return table.equals(IdempotencyUse.TABLE);
    }
  }

  /**
   * Nothing was written: the database refused the change itself.
   *
   * @param reason for an operator
   */
  record Rejected(String reason) implements Verdict {}

  /**
   * Nothing was written: the queue is full or the database cannot be reached.
   *
   * @param reason for an operator
   */
  record Unavailable(String reason) implements Verdict {}

  /**
   * The connection was lost at COMMIT and the database has not come back in time to be asked. The
   * change may be durable.
   */
  record Unknown() implements Verdict {}
}
