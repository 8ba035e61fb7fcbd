package dev.portcullis.wire.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody of the register.
 *
 * @param name the name, which is never given to anybody else
 * @param role what they are there for
 * @param status how they stand
 * @param created since when
 * @param createdBy who added them; their own name for the first of all
 * @param lastSignIn when they last signed in, or null
 */
public record Person(
    String name,
    Role role,
    Status status,
    Instant created,
    String createdBy,
    @Nullable Instant lastSignIn) {

  /** How a person stands. */
  public enum Status {
    /** Has still to choose a password. */
    INVITED,
    ACTIVE,
    /** Did not sign in for too long; a reset lets them enrol again. */
    DISABLED,
    /** May do nothing any more; the name stays taken, because the audit trail names it. */
    REMOVED
  }
}
