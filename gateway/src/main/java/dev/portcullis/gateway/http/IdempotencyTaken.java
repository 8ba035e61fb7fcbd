package dev.portcullis.gateway.http;

/**
 * The journal refused a change because its idempotency key is on record already: nothing was
 * written, and {@link IdempotentExecution} answers from the record.
 */
public final class IdempotencyTaken extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IdempotencyTaken() {
    super("the idempotency key is on record", null, false, false);
  }
}
