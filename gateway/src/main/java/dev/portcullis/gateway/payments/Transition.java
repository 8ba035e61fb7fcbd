package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.mandates.Mandate;
import dev.portcullis.wire.error.ApiError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of the state machine, as a value.
 *
 * @param objects what is new (version 1) or changed (a version more)
 * @param facts what happened, in order
 * @param bookings how the merchant's balance moves; often empty
 * @param ask what the provider has to be asked now, or null
 * @param attachment a card that has become the customer's, or null
 * @param error what to tell the client although the step is taken: a decline; null otherwise
 * @param outlook what is to be expected of the operation that was answered
 */
public record Transition(
    List<Entity> objects,
    List<Fact> facts,
    List<BalanceTransaction> bookings,
    @Nullable ProviderOperation ask,
    @Nullable Attachment attachment,
    @Nullable ApiError error,
    Outlook outlook)
    implements Decision {

  /** Takes copies. */
  public Transition {
    objects = List.copyOf(objects);
    facts = List.copyOf(facts);
    bookings = List.copyOf(bookings);
  }

  /** What is to be expected of an operation. */
  public enum Outlook {
    /** It is over, or there was none. */
    DONE,
    /** It is over, and whoever waits for it waits for what is asked next. */
    CONTINUED,
    /**
     * The provider has it and a look-up will tell: a challenge is open, or it is being worked on.
     */
    WAITING,
    /** Nobody knows whether it happened. */
    UNKNOWN,
    /** Nothing can be concluded: a person has to look. */
    STUCK
  }

  /**
   * A card that has become a customer's.
   *
   * @param paymentMethod the card
   * @param customer whose it is now, or null if it was only set up
   * @param networkTransactionId the network's name for the agreement, or null
   * @param mandate what the shopper agreed to, or null if nothing was said of it
   */
  public record Attachment(
      String paymentMethod,
      @Nullable String customer,
      @Nullable String networkTransactionId,
      @Nullable Mandate mandate) {}

  /** Nothing changes but the outlook. */
  static Transition none(Outlook outlook) {
    return new Transition(List.of(), List.of(), List.of(), null, null, null, outlook);
  }

  /** Objects change. */
  static Transition of(Entity... objects) {
    return new Transition(List.of(objects), List.of(), List.of(), null, null, null, Outlook.DONE);
  }

  /** The object of that type, or null if it is not among the changed ones. */
  public <T extends Entity> @Nullable T find(Class<T> type) {
    for (Entity object : objects) {
      if (type.isInstance(object)) {
        return type.cast(object);
      }
    }
    return null;
  }

  Transition because(String type, Entity subject) {
    List<Fact> more = new ArrayList<>(facts);
    more.add(new Fact(type, subject));
    return new Transition(objects, more, bookings, ask, attachment, error, outlook);
  }

  Transition booking(BalanceTransaction... movements) {
    return new Transition(objects, facts, List.of(movements), ask, attachment, error, outlook);
  }

  Transition asking(ProviderOperation operation) {
    return new Transition(objects, facts, bookings, operation, attachment, error, outlook);
  }

  Transition attaching(@Nullable Attachment newAttachment) {
    return new Transition(objects, facts, bookings, ask, newAttachment, error, outlook);
  }

  Transition telling(ApiError newError) {
    return new Transition(objects, facts, bookings, ask, attachment, newError, outlook);
  }

  Transition expecting(Outlook newOutlook) {
    return new Transition(objects, facts, bookings, ask, attachment, error, newOutlook);
  }
}
