package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dispute at a provider as it stands there.
 *
 * @param reference the provider's name for the dispute
 * @param operation the id of the operation that authorized the disputed charge
 * @param sequence grows with each change of this dispute: a smaller one is old news; {@link
 *     #UNCOUNTED} where the provider counts no changes and says how the dispute stands when it is
 *     asked
 * @param amount what is disputed, more than zero
 * @param reason in Stripe's words ({@code fraudulent}, {@code product_not_received} and the like)
 * @param networkReasonCode the card network's code, or null when not given
 * @param stage where it stands
 * @param opened when it began
 * @param dueBy until when evidence is taken, or null when not said
 * @param moving whether the amount is what this change moved, and not what is disputed: then each
 *     such change counts, whenever it comes, in the order of their numbers; some have the same one
 */
public record DisputeNotice(
    String reference,
    String operation,
    long sequence,
    Money amount,
    String reason,
    @Nullable String networkReasonCode,
    Stage stage,
    Instant opened,
    @Nullable Instant dueBy,
    boolean moving) {

  /** The {@link #sequence} of one whose provider counts no changes. */
  public static final long UNCOUNTED = 0;

  /** Refuses what no dispute is. */
  public DisputeNotice {
    if (reference.isBlank() || operation.isBlank()) {
      throw new IllegalArgumentException("a dispute has a name and a charge");
    }
    if (sequence < UNCOUNTED || !amount.isPositive()) {
      throw new IllegalArgumentException("a dispute has a sequence and an amount");
    }
    if (moving && sequence == UNCOUNTED) {
      throw new IllegalArgumentException("what moves an amount has its place among the others");
    }
  }

  /** One that says how the dispute stands. */
  public DisputeNotice(
      String reference,
      String operation,
      long sequence,
      Money amount,
      String reason,
      @Nullable String networkReasonCode,
      Stage stage,
      Instant opened,
      @Nullable Instant dueBy) {
    this(
        reference,
        operation,
        sequence,
        amount,
        reason,
        networkReasonCode,
        stage,
        opened,
        dueBy,
        false);
  }

  /** Whether the provider counts its changes. */
  public boolean isCounted() {
    return sequence != UNCOUNTED;
  }

  /**
   * The same as a change of that number.
   *
   * @param number more than zero
   */
  public DisputeNotice at(long number) {
    return new DisputeNotice(
        reference,
        operation,
        number,
        amount,
        reason,
        networkReasonCode,
        stage,
        opened,
        dueBy,
        moving);
  }

  /** Where a dispute stands. An inquiry has taken no money. */
  public enum Stage {
    /** The bank asks and waits for evidence. */
    INQUIRY,
    /** The bank looks at what it was sent. */
    INQUIRY_UNDER_REVIEW,
    /** The bank asks no more. */
    INQUIRY_CLOSED,
    /** The bank took the money back and waits for evidence. */
    CHARGEBACK,
    /** The bank has the money and looks at the evidence. */
    CHARGEBACK_UNDER_REVIEW,
    /** The bank gave the money back. */
    WON,
    /** The bank keeps the money. */
    LOST
  }
}
