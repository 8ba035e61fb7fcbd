package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.regex.Pattern;
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
 * @param telling what the amount is, and how this notice goes together with others
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
    Telling telling) {

  /** The {@link #sequence} of one whose provider counts no changes. */
  public static final long UNCOUNTED = 0;

  /** The {@link #reason} where a provider gives none that Stripe has a word for. */
  public static final String GENERAL = "general";

  private static final Pattern NETWORK_CODE = Pattern.compile("[0-9A-Za-z._-]{1,16}");

  /** Refuses what no dispute is. */
  public DisputeNotice {
    if (reference.isBlank() || operation.isBlank()) {
      throw new IllegalArgumentException("a dispute has a name and a charge");
    }
    if (sequence < UNCOUNTED || !amount.isPositive()) {
      throw new IllegalArgumentException("a dispute has a sequence and an amount");
    }
    if (telling != Telling.STANDING && sequence == UNCOUNTED) {
      throw new IllegalArgumentException("an event has its place among the others");
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
        Telling.STANDING);
  }

  /** A card network's code as a provider gives it; null if it can be none. */
  public static @Nullable String networkCode(JsonTree code) {
    String text = code.text();
    return text == null || !NETWORK_CODE.matcher(text).matches() ? null : text;
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
        telling);
  }

  /** What a notice's amount is. */
  public enum Telling {
    /** What is disputed now: the notice takes the place of those before it. */
    STANDING,
    /**
     * What this one event moved. Each counts, whenever it comes, in the order of their numbers; of
     * what is given back there are parts with the same number.
     */
    MOVE,
    /**
     * What the bank has since this one event, or has given back of the most that it had. Each
     * counts, whenever it comes: the last of them in the order of their numbers decides.
     */
    STATE
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
