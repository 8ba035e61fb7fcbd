package dev.portcullis.connectors.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's answer means. Approved, Declined and Rejected are definite; the others are not
 * the end of the operation.
 */
public sealed interface ProviderResult {

  /**
   * The provider did it.
   *
   * @param providerReference the provider's name for what it made
   * @param details what else it said
   */
  record Approved(String providerReference, Details details) implements ProviderResult {}

  /**
   * The provider or the card's issuer refused: nothing was charged by this operation.
   *
   * @param code why
   * @param providerReference the provider's name for the refused attempt, or null without one
   * @param details what else it said
   */
  record Declined(DeclineCode code, @Nullable String providerReference, Details details)
      implements ProviderResult {}

  /**
   * The provider would not take this request at all (wrong credential, malformed, an unknown
   * reference), so this request charged nothing. It is a fault of configuration or of this software
   * and says nothing about the card: never show it as a decline.
   *
   * <p>It speaks of this one request. When an earlier send of the same operation went unanswered,
   * only a lookup can tell what became of the operation.
   *
   * @param reason a sentence for an operator; holds no secret and no card value
   * @param cardGone whether it is so because the card is not stored any more
   */
  record Rejected(String reason, boolean cardGone) implements ProviderResult {
    /** The card has nothing to do with it. */
    public Rejected(String reason) {
      this(reason, false);
    }
  }

  /**
   * The shopper must prove who they are. Look the operation up after they have been there.
   *
   * @param providerReference the provider's name for the authorization
   * @param redirectUrl where to send the shopper: an absolute http or https URL
   */
  record RequiresAction(String providerReference, String redirectUrl) implements ProviderResult {}

  /**
   * The provider has it and has not decided. Look it up later.
   *
   * @param providerReference the provider's name for it, or null when it gave none
   */
  record Pending(@Nullable String providerReference) implements ProviderResult {}

  /**
   * Nobody knows whether it happened. Never a decline and never a reason to try elsewhere.
   *
   * @param reason a sentence for an operator; holds no secret and no card value
   */
  record Unknown(String reason) implements ProviderResult {}

  /**
   * To a lookup only: the provider has no such operation. It counts as "never happened" only after
   * the request's own deadline and the lag that the manifest names.
   */
  record NotFound() implements ProviderResult {}

  /**
   * What a provider says beside its verdict.
   *
   * @param checks what the issuer compared
   * @param networkTransactionId the network's name for this authorization, which later charges of a
   *     stored card refer to; null when not given
   * @param authorizationCode the issuer's code, null when not given
   * @param threeDSecure how the shopper was authenticated, null when they were not
   * @param failureReason why money could not be given back, in Stripe's words ({@code
   *     expired_or_canceled_card} and the like); null otherwise
   * @param fundsAvailable whether the money, once it is taken, is the merchant's at once, whatever
   *     the provider's schedule says of others
   */
  record Details(
      Checks checks,
      @Nullable String networkTransactionId,
      @Nullable String authorizationCode,
      @Nullable ThreeDSecure threeDSecure,
      @Nullable String failureReason,
      boolean fundsAvailable) {
    /** Nothing beside the verdict. */
    public static final Details NONE = new Details(Checks.NONE, null, null, null, null, false);

    /** Refuses missing checks; {@link Checks#NONE} says that there were none. */
    public Details {
      Objects.requireNonNull(checks);
    }
  }

  /**
   * What the issuer compared; null where it was given nothing to compare.
   *
   * @param cvc the security code
   * @param addressLine1 the first line of the billing address
   * @param postalCode the billing postal code
   */
  record Checks(@Nullable Check cvc, @Nullable Check addressLine1, @Nullable Check postalCode) {
    /** Nothing was compared. */
    public static final Checks NONE = new Checks(null, null, null);
  }

  /** The outcome of one comparison; {@link #wire()} is Stripe's word for it. */
  enum Check {
    /** It matched. */
    PASS("pass"),
    /** It did not match. */
    FAIL("fail"),
    /** The issuer does not compare this. */
    UNAVAILABLE("unavailable"),
    /** The issuer did not compare it this time. */
    UNCHECKED("unchecked");

    private final String wire;

    Check(String wire) {
      this.wire = wire;
    }

    /** The word in the API: {@code pass}, {@code fail}, {@code unavailable}, {@code unchecked}. */
    public String wire() {
      return wire;
    }
  }

  /**
   * How the shopper was authenticated.
   *
   * @param version of 3-D Secure, such as {@code 2.2.0}
   * @param result {@code authenticated}, {@code failed}, {@code attempt_acknowledged} and the like
   */
  record ThreeDSecure(String version, String result) {}
}
