package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.kit.Money;
import org.jspecify.annotations.Nullable;

/** Says which attempts never reach a provider, and learns from how the others end. */
public interface Screening {

  /** What is to become of an attempt. */
  sealed interface Verdict {
    /** It goes to the provider. */
    record Pass() implements Verdict {}

    /**
     * It does not.
     *
     * @param reason as {@code outcome.reason} says it: {@code rule} or {@code highest_risk_level}
     * @param sentence for the merchant
     */
    record Block(String reason, String sentence) implements Verdict {}
  }

  /**
   * An attempt that is about to be made.
   *
   * @param operation the id of the provider operation that it would become
   * @param amount what is to be paid; nothing for a set-up
   * @param customer whose card it is, or null
   * @param address the shopper's, or null where a server speaks for the shopper
   */
  record Candidate(
      Principal principal,
      String operation,
      PaymentMethod method,
      Money amount,
      @Nullable String customer,
      @Nullable String address) {}

  /** Whether it may go to the provider. */
  Verdict screen(Candidate candidate);

  /** How it ended there; at once and without fail. */
  void settled(Operation operation, ProviderResult result);
}
