package dev.portcullis.connectors.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a provider needs to know to let the shopper prove who they are: 3-D Secure by redirect.
 *
 * @param wish whether it should come to one
 * @param returnUrl where the shopper goes afterwards: an absolute http or https URL
 * @param browser what the shopper's browser says of itself, or null
 */
public record Challenge(Wish wish, String returnUrl, @Nullable Browser browser) {

  /** When to authenticate. A merchant's own charge never is, whatever the wish. */
  public enum Wish {
    /** As the provider's rules and the law ask. */
    IF_NEEDED,
    /** Always; a bank that is sure of its customer may let them pass without a question. */
    ALWAYS,
    /** Always, and the bank is asked to put its question. Whether it does is for it to say. */
    QUESTION,
    /** Nobody can be sent anywhere: a payment that needs it is declined. */
    NEVER;

    /** Whether no payment may be made without. */
    public boolean isDemand() {
      return this == ALWAYS || this == QUESTION;
    }
  }

  /** Refuses what is missing. */
  public Challenge {
    Objects.requireNonNull(wish);
    Objects.requireNonNull(returnUrl);
  }

  /** If needed, without knowing the browser. */
  public static Challenge ifNeeded(String returnUrl) {
    return new Challenge(Wish.IF_NEEDED, returnUrl, null);
  }

  /** Whether the shopper may be sent to a challenge. */
  public boolean isPossible(Initiator initiator) {
    return wish != Wish.NEVER && initiator == Initiator.CUSTOMER;
  }

  /** Without the URL, which leads to the payment. */
  @Override
  public String toString() {
    return "Challenge[" + wish + "]";
  }

  /**
   * What a browser says of itself in its headers.
   *
   * @param userAgent the header {@code User-Agent}
   * @param accept the header {@code Accept}
   * @param language the first language of {@code Accept-Language}, such as {@code en-GB}
   */
  public record Browser(String userAgent, String accept, String language) {
    /** Refuses what is missing. */
    public Browser {
      Objects.requireNonNull(userAgent);
      Objects.requireNonNull(accept);
      Objects.requireNonNull(language);
    }

    @Override
    public String toString() {
      return "Browser[]";
    }
  }
}
