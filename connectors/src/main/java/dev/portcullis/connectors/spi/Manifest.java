package dev.portcullis.connectors.spi;

import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a provider promises. The resolver decides from this, and from nothing else, whether an
 * unanswered operation may be looked up or sent again.
 *
 * @param name the provider's name and its package's: lower-case letters and digits
 * @param idempotency what happens when a request arrives twice
 * @param lookup what a lookup can prove
 * @param features what it can do
 * @param currencies what it takes
 * @param amounts how it writes amounts
 * @param setup what connecting an account needs
 */
public record Manifest(
    String name,
    Idempotency idempotency,
    LookupPower lookup,
    Set<Feature> features,
    Currencies currencies,
    AmountRules amounts,
    ProviderSetup setup) {
  /** Takes a copy of the features. */
  public Manifest {
    features = Set.copyOf(features);
  }

  /**
   * Why this provider is not asked to do that, or empty if it can be. Whoever would ask it checks
   * this first: what it cannot do is refused with a sentence, and not by the provider.
   */
  public Optional<Rejected> refusal(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          need(authorize.amount().isZero(), Feature.VERIFICATION)
              .or(
                  () ->
                      need(
                          !authorize.capture() && !authorize.amount().isZero(),
                          Feature.SEPARATE_CAPTURE))
              .or(
                  () ->
                      need(
                          authorize.use().initiator() == Initiator.MERCHANT,
                          Feature.MERCHANT_INITIATED))
              .or(
                  () ->
                      need(
                          authorize.mayChallenge() && authorize.challenge().wish().isDemand(),
                          Feature.CHALLENGE))
              .or(() -> money(authorize.amount()));
      case ProviderOperation.Complete complete -> need(true, Feature.COMPLETION);
      case ProviderOperation.Capture capture ->
          need(true, Feature.SEPARATE_CAPTURE).or(() -> money(capture.amount()));
      case ProviderOperation.Cancel cancel -> Optional.empty();
      case ProviderOperation.Refund refund -> money(refund.amount());
      case ProviderOperation.SubmitEvidence evidence -> need(true, Feature.DISPUTE_RESPONSE);
      case ProviderOperation.AcceptDispute accept -> need(true, Feature.DISPUTE_RESPONSE);
      case ProviderOperation.Lookup asked ->
          lookup.answers(asked)
              ? Optional.empty()
              : unsupported("The provider cannot be asked what became of this operation.");
    };
  }

  /** The refusal of what needs that feature, or empty if the provider has it. */
  public Optional<Rejected> lacks(Feature feature) {
    return need(true, feature);
  }

  private Optional<Rejected> need(boolean needed, Feature feature) {
    return needed && !features.contains(feature)
        ? unsupported("The payment provider cannot " + feature.what + ".")
        : Optional.empty();
  }

  private Optional<Rejected> money(Money money) {
    return currencies.accepts(money.currency())
        ? amounts.fault(money).flatMap(this::unsupported)
        : unsupported(
            "The payment provider does not take "
                + money.currency().code().toUpperCase(Locale.ROOT)
                + ".");
  }

  private Optional<Rejected> unsupported(String sentence) {
    return Optional.of(
        new Rejected(
            Rejected.Kind.UNSUPPORTED,
            sentence + " Nothing was charged.",
            "not sent to " + name + ": " + sentence,
            ProviderWords.NONE));
  }

  /** What a provider does with a request that it has seen before. */
  public sealed interface Idempotency {
    /** It does it again: a resend may charge twice and so is never made. */
    record None() implements Idempotency {}

    /**
     * It gives the first answer again while it remembers the key.
     *
     * @param life how long it remembers, counted from the first send
     */
    record Key(Duration life) implements Idempotency {}

    /**
     * It refuses or merges what looks like a duplicate for a while, without a key.
     *
     * @param window how long
     */
    record DuplicateWindow(Duration window) implements Idempotency {}
  }

  /** What it means when a lookup finds nothing. */
  public sealed interface LookupPower {
    /** Whether the provider can be asked that. */
    default boolean answers(ProviderOperation.Lookup asked) {
      return true;
    }

    /** There is no lookup. */
    record None() implements LookupPower {
      @Override
      public boolean answers(ProviderOperation.Lookup asked) {
        return false;
      }
    }

    /**
     * It is asked by names of its own: that of the operation, or that of the authorization which
     * the operation belongs to. Of an authorization whose answer was lost it cannot be asked. Not
     * found means that nothing happened and, after the deadline, that nothing will.
     */
    record ByReference() implements LookupPower {
      @Override
      public boolean answers(ProviderOperation.Lookup asked) {
        return asked.providerReference() != null || asked.authorization() != null;
      }
    }

    /** Not found means that nothing happened and, after the deadline, that nothing will. */
    record Strong() implements LookupPower {}

    /**
     * Not found proves something only after a while.
     *
     * @param lag how late an operation may turn up
     */
    record Lagging(Duration lag) implements LookupPower {}
  }

  /** What not every provider can do. */
  public enum Feature {
    /** Reserve now, take later. */
    SEPARATE_CAPTURE("reserve money now and take it later"),
    /** Take less than was reserved. */
    PARTIAL_CAPTURE("take less than was reserved"),
    /** Give back less than was taken, several times. */
    PARTIAL_REFUND("give a part back"),
    /** Verify a card without taking money. */
    VERIFICATION("verify a card without charging it"),
    /** Send the shopper through a challenge. */
    CHALLENGE("authenticate the shopper"),
    /** Wants what the shopper's return from a challenge brought. */
    COMPLETION("go on with what the shopper came back with"),
    /** Charge a stored card without the shopper. */
    MERCHANT_INITIATED("charge a stored card without the shopper"),
    /** Take evidence about a dispute, or its acceptance. */
    DISPUTE_RESPONSE("be answered about disputes here");

    private final String what;

    Feature(String what) {
      this.what = what;
    }
  }

  /** Which currencies a provider takes. */
  public sealed interface Currencies {
    /** Whether this provider takes that currency. */
    boolean accepts(Currency currency);

    /** Whatever ISO 4217 names. */
    record All() implements Currencies {
      @Override
      public boolean accepts(Currency currency) {
        return true;
      }
    }

    /**
     * These and no others.
     *
     * @param currencies what it takes
     */
    record Only(Set<Currency> currencies) implements Currencies {
      /** Takes a copy. */
      public Only {
        currencies = Set.copyOf(currencies);
      }

      @Override
      public boolean accepts(Currency currency) {
        return currencies.contains(currency);
      }
    }
  }
}
