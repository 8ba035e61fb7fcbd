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

  /**
   * Reserves money on a card, or verifies the card when the amount is zero.
   *
   * @param id the operation
   * @param amount zero or more; zero asks for a verification (a card that is being set up)
   * @param capture whether to take the money at once
   * @param initiator who starts the payment
   * @param storeCredential whether the card is being stored for later use
   * @param networkTransactionId what the network called the agreement that a merchant's own charge
   *     relies on (from {@link ProviderResult.Details} of the set-up), or null without one
   * @param returnUrl where the shopper goes after a challenge: an absolute http or https URL
   */
  record Authorize(
      String id,
      Money amount,
      boolean capture,
      Initiator initiator,
      boolean storeCredential,
      @Nullable String networkTransactionId,
      String returnUrl)
      implements ProviderOperation {
    /** Refuses an amount below zero. */
    public Authorize {
      requireId(id);
      Objects.requireNonNull(initiator);
      Objects.requireNonNull(returnUrl);
      if (amount.isNegative()) {
        throw new IllegalArgumentException("an authorization cannot be negative");
      }
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
  }

  /**
   * Gives up an authorization. It also reverses one that was captured in the same call, when an
   * approval arrives after the payment had been cancelled.
   *
   * @param id the operation
   * @param providerReference the provider's name for the authorization
   */
  record Cancel(String id, String providerReference) implements ProviderOperation {
    /** Refuses an empty reference. */
    public Cancel {
      requireId(id);
      requireReference(providerReference);
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
  }

  /**
   * Sends a disputed charge's evidence to the bank, all of it at once. Only for a provider that has
   * a {@link DisputeFeed}; what the bank makes of it comes through the feed.
   *
   * @param id the operation
   * @param providerReference the provider's name for the dispute
   * @param evidence texts by Stripe's names, kept in their order; none once the operation is over
   */
  record SubmitEvidence(String id, String providerReference, Map<String, String> evidence)
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
  }

  /**
   * Asks what became of an operation; changes nothing.
   *
   * @param id the operation that is looked up
   * @param kind what that operation was
   * @param amount what that operation asked for, or null if it has no amount: an approval of any
   *     other amount is not the answer to it
   */
  record Lookup(String id, OperationKind kind, @Nullable Money amount)
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
