package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Currency;
import java.time.Duration;
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
 */
public record Manifest(
    String name,
    Idempotency idempotency,
    LookupPower lookup,
    Set<Feature> features,
    Currencies currencies) {
  /** Takes a copy of the features. */
  public Manifest {
    features = Set.copyOf(features);
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
    /** There is no lookup. */
    record None() implements LookupPower {}

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
    SEPARATE_CAPTURE,
    /** Take less than was reserved. */
    PARTIAL_CAPTURE,
    /** Give back less than was taken, several times. */
    PARTIAL_REFUND,
    /** Verify a card without taking money. */
    VERIFICATION,
    /** Send the shopper through a challenge. */
    CHALLENGE,
    /** Charge a stored card without the shopper. */
    MERCHANT_INITIATED
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
