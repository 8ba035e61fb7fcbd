package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Money;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One thing that a provider is asked to do. */
public sealed interface ProviderOperation {

  /**
   * The operation's id ({@code op_…}), which is also the idempotency key and the reference that the
   * provider receives. For a {@link Lookup} it is the id of the operation that is looked up.
   */
  String id();

  /** What kind of operation it is; of a {@link Lookup}, what the operation was. */
  OperationKind kind();

  /** The money that an approval of it must be about, or null where it has no amount. */
  default @Nullable Money amount() {
    return null;
  }

  /**
   * Reserves money on a card, or verifies the card when the amount is zero.
   *
   * @param id the operation
   * @param amount zero or more; zero asks for a verification (a card that is being set up)
   * @param capture whether to take the money at once
   * @param use how the card is used
   * @param shopper who pays, as far as it is known
   * @param challenge what a challenge needs
   */
  record Authorize(
      String id, Money amount, boolean capture, CardUse use, Shopper shopper, Challenge challenge)
      implements ProviderOperation {
    /** Refuses an amount below zero. */
    public Authorize {
      requireId(id);
      Objects.requireNonNull(use);
      Objects.requireNonNull(shopper);
      Objects.requireNonNull(challenge);
      if (amount.isNegative()) {
        throw new IllegalArgumentException("an authorization cannot be negative");
      }
    }

    /** Whether the shopper may be sent to a challenge. */
    public boolean mayChallenge() {
      return challenge.isPossible(use.initiator());
    }

    @Override
    public OperationKind kind() {
      return OperationKind.AUTHORIZE;
    }
  }

  /**
   * Goes on with an authorization after its shopper came back from a challenge. Only for a provider
   * that wants what the shopper's return brought ({@link Manifest.Feature#COMPLETION}); with others
   * a look-up tells.
   *
   * @param id the operation; another than the authorization's, since its request is another
   * @param of the id of the authorization's operation
   * @param amount what the authorization asked for
   * @param capture whether to take the money at once
   * @param authorization the provider's name for the authorization, or null if it gave none yet
   * @param returned the parameters of the URL that the shopper came back by: typed by a stranger
   */
  record Complete(
      String id,
      String of,
      Money amount,
      boolean capture,
      @Nullable String authorization,
      Map<String, String> returned)
      implements ProviderOperation {
    /** Takes a copy that keeps the order. */
    public Complete {
      requireId(id);
      requireId(of);
      Objects.requireNonNull(amount);
      returned = Collections.unmodifiableMap(new LinkedHashMap<>(returned));
    }

    /** Not what was returned: it proves who the shopper is. */
    @Override
    public String toString() {
      return "Complete[" + id + " of " + of + "]";
    }

    @Override
    public OperationKind kind() {
      return OperationKind.COMPLETE;
    }
  }

  /**
   * Takes money that was reserved. A capture of less releases the rest.
   *
   * @param id the operation
   * @param providerReference the provider's name for the authorization
   * @param amount more than zero, at most what is reserved
   */
  record Capture(String id, String providerReference, Money amount) implements ProviderOperation {
    /** Refuses an amount that is not more than zero. */
    public Capture {
      requireId(id);
      requireReference(providerReference);
      requirePositive(amount);
    }

    @Override
    public OperationKind kind() {
      return OperationKind.CAPTURE;
    }
  }

  /**
   * Gives up an authorization. It also reverses one that was captured in the same call, when an
   * approval arrives after the payment had been cancelled.
   *
   * @param id the operation
   * @param providerReference the provider's name for the authorization
   * @param taken what the authorization took in the same call, or null where it only reserved: some
   *     providers give back what they took by another request than they give up what they hold
   */
  record Cancel(String id, String providerReference, @Nullable Money taken)
      implements ProviderOperation {
    /** Refuses an empty reference, and an amount that is not more than zero. */
    public Cancel {
      requireId(id);
      requireReference(providerReference);
      if (taken != null) {
        requirePositive(taken);
      }
    }

    @Override
    public OperationKind kind() {
      return OperationKind.CANCEL;
    }

    @Override
    public @Nullable Money amount() {
      return taken;
    }
  }

  /**
   * Gives money back.
   *
   * @param id the operation
   * @param providerReference the provider's name for the authorization
   * @param amount more than zero, at most what was taken and not yet given back
   */
  record Refund(String id, String providerReference, Money amount) implements ProviderOperation {
    /** Refuses an amount that is not more than zero. */
    public Refund {
      requireId(id);
      requireReference(providerReference);
      requirePositive(amount);
    }

    @Override
    public OperationKind kind() {
      return OperationKind.REFUND;
    }
  }

  /**
   * Sends a disputed charge's evidence to the bank, all of it at once. Only for a provider that has
   * a {@link DisputeFeed}; what the bank makes of it comes through the feed.
   *
   * @param id the operation
   * @param providerReference the provider's name for the dispute
   * @param inquiry whether the bank only asks and has not taken the money: evidence for that
   *     answers no chargeback that it makes of it later
   * @param evidence texts by Stripe's names, kept in their order; none once the operation is over
   */
  record SubmitEvidence(
      String id, String providerReference, boolean inquiry, Map<String, String> evidence)
      implements ProviderOperation {
    /** Takes a copy that keeps the order. */
    public SubmitEvidence {
      requireId(id);
      requireReference(providerReference);
      evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }

    /** Not the evidence: it speaks of people. */
    @Override
    public String toString() {
      return "SubmitEvidence[" + id + "]";
    }

    @Override
    public OperationKind kind() {
      return OperationKind.SUBMIT_EVIDENCE;
    }
  }

  /**
   * Gives a dispute up: its money is lost.
   *
   * @param id the operation
   * @param providerReference the provider's name for the dispute
   */
  record AcceptDispute(String id, String providerReference) implements ProviderOperation {
    /** Refuses an empty reference. */
    public AcceptDispute {
      requireId(id);
      requireReference(providerReference);
    }

    @Override
    public OperationKind kind() {
      return OperationKind.ACCEPT_DISPUTE;
    }
  }

  /**
   * Asks what became of an operation; changes nothing.
   *
   * @param id the operation that is looked up
   * @param kind what that operation was
   * @param amount what that operation asked for, or null if it has no amount: an approval of any
   *     other amount is not the answer to it
   * @param providerReference the provider's name for that operation, or null where its answer did
   *     not come
   * @param authorization the provider's name for the authorization that it belongs to, or for the
   *     dispute that it answers; null for an authorization itself
   */
  record Lookup(
      String id,
      OperationKind kind,
      @Nullable Money amount,
      @Nullable String providerReference,
      @Nullable String authorization)
      implements ProviderOperation {
    /** Refuses an empty id. */
    public Lookup {
      requireId(id);
      Objects.requireNonNull(kind);
    }
  }

  private static void requireId(String id) {
    if (id.isBlank()) {
      throw new IllegalArgumentException("an operation needs an id");
    }
  }

  private static void requireReference(String reference) {
    if (reference.isBlank()) {
      throw new IllegalArgumentException("the provider's reference is missing");
    }
  }

  private static void requirePositive(Money amount) {
    if (amount.isZero() || amount.isNegative()) {
      throw new IllegalArgumentException("the amount must be more than zero");
    }
  }
}
