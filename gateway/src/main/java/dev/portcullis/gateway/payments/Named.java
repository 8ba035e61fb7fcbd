package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a payment names, as one look into the database has found it.
 *
 * @param method the payment method, if it is stored
 * @param customer the customer that was asked for, if it is there and was not deleted
 * @param agreement the network's name for the newest agreement under which the card was stored, if
 *     it was asked for, there is one, and the provider gave it a name
 */
record Named(
    Optional<PaymentMethod> method, @Nullable String customer, Optional<String> agreement) {

  /** Where nothing was named. */
  static final Named NOTHING = new Named(Optional.empty(), null, Optional.empty());

  /** Whether the card of that payment method, and its agreement, were looked for. */
  boolean isAbout(String id) {
    return method(id).isPresent();
  }

  /** The payment method, if it is that one. */
  Optional<PaymentMethod> method(String id) {
    return method.filter(found -> found.id().equals(id));
  }

  /** Whether that customer is there. */
  boolean isThere(String id) {
    return id.equals(customer);
  }
}
