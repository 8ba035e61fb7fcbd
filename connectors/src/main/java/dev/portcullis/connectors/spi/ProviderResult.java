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
   * @param kind what was wrong
   * @param forMerchant a sentence for whoever calls the API: what to do about it
   * @param reason a sentence for an operator; holds no secret and no card value
   * @param said the provider's own words, for the operator
   */
  record Rejected(Kind kind, String forMerchant, String reason, ProviderWords said)
      implements ProviderResult {

    /** With the sentence that the kind has for every merchant. */
    public Rejected(Kind kind, String reason, ProviderWords said) {
      this(kind, kind.forMerchant, reason, said);
    }

    /** Whether it is so because the card is not stored any more. */
    public boolean cardGone() {
      return kind == Kind.CARD_GONE;
    }

    /** What can be wrong with a request. */
    public enum Kind {
      /** The provider does not know the key, or it may not do this. */
      CREDENTIAL(
          "The account's key at the payment provider does not work, or may not do this."
              + " Nothing was charged."),
      /** Nothing goes to the provider: the vault has no forward policy for the account there. */
      NOT_CONNECTED("The provider account is not connected. Nothing was charged."),
      /** The provider does not do this, or not in this currency. */
      UNSUPPORTED("The payment provider does not support this. Nothing was charged."),
      /** The provider did not understand the request. */
      MALFORMED("The payment provider did not accept the request. Nothing was charged."),
      /** The provider does not know what the request is about. */
      UNKNOWN_REFERENCE(
          "The payment provider does not know the payment that this is about."
              + " Nothing was changed."),
      /** The card is not stored any more. */
      CARD_GONE(
          "The card of this payment method is not stored any more. Ask for the card again."
              + " Nothing was charged."),
      /** Anything else, such as a payment that is in another state. */
      OTHER("The payment provider did not accept the request. Nothing was charged.");

      private final String forMerchant;

      Kind(String forMerchant) {
        this.forMerchant = forMerchant;
      }
    }
  }

  /**
   * The shopper must prove who they are. Once they have been there, {@linkplain
   * ProviderOperation.Complete complete} the authorization if the provider wants that, or look it
   * up.
   *
   * @param providerReference the provider's name for the authorization, or null when it gave none
   * @param redirectUrl where to send the shopper: an absolute http or https URL
   */
  record RequiresAction(@Nullable String providerReference, String redirectUrl)
      implements ProviderResult {

    /** Without the URL, which leads to the payment. */
    @Override
    public String toString() {
      return "RequiresAction[" + providerReference + "]";
    }
  }

  /**
   * The provider has it and has not decided. Look it up later, or wait for its notification.
   *
   * @param providerReference the provider's name for it, or null when it gave none
   * @param alert what an operator should see to, since it is not as documented or needs a person;
   *     null where all is as it should be
   */
  record Pending(@Nullable String providerReference, @Nullable String alert)
      implements ProviderResult {
    /** All is as it should be. */
    public Pending(@Nullable String providerReference) {
      this(providerReference, null);
    }
  }

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
   * @param advice what the network passed on with a refusal
   * @param said the provider's own words, for the operator
   */
  record Details(
      Checks checks,
      @Nullable String networkTransactionId,
      @Nullable String authorizationCode,
      @Nullable ThreeDSecure threeDSecure,
      @Nullable String failureReason,
      boolean fundsAvailable,
      NetworkAdvice advice,
      ProviderWords said) {
    /** Nothing beside the verdict. */
    public static final Details NONE = said(ProviderWords.NONE);

    /** Refuses missing parts; {@link Checks#NONE} says that there were no checks. */
    public Details {
      Objects.requireNonNull(checks);
      Objects.requireNonNull(advice);
      Objects.requireNonNull(said);
    }

    /** Without a word of the network. */
    public Details(
        Checks checks,
        @Nullable String networkTransactionId,
        @Nullable String authorizationCode,
        @Nullable ThreeDSecure threeDSecure,
        @Nullable String failureReason,
        boolean fundsAvailable,
        ProviderWords said) {
      this(
          checks,
          networkTransactionId,
          authorizationCode,
          threeDSecure,
          failureReason,
          fundsAvailable,
          NetworkAdvice.NONE,
          said);
    }

    /** The same with what the network passed on. */
    public Details advised(NetworkAdvice passedOn) {
      return new Details(
          checks,
          networkTransactionId,
          authorizationCode,
          threeDSecure,
          failureReason,
          fundsAvailable,
          passedOn,
          said);
    }

    /** Nothing but the provider's own words. */
    public static Details said(ProviderWords said) {
      return new Details(Checks.NONE, null, null, null, null, false, said);
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
   * @param version of 3-D Secure, such as {@code 2.2.0}, or null when not given
   * @param result {@code authenticated}, {@code failed}, {@code attempt_acknowledged} and the like
   */
  record ThreeDSecure(@Nullable String version, String result) {}
}
