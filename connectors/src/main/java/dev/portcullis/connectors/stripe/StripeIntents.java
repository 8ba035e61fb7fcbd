package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a payment intent, and a set-up intent, which is a verification without an amount. */
final class StripeIntents {

  private StripeIntents() {}

  /**
   * What an intent says of the operation that made it.
   *
   * @param operation the id that it must carry
   * @param amount what was asked for
   * @param capture whether the money was to be taken at once, or null where that is not known
   */
  static ProviderResult authorized(
      String operation, @Nullable Money amount, @Nullable Boolean capture, JsonTree intent) {
    String id = intent.at("id").id();
    if (id == null || amount == null || !intent.at("metadata", "operation").is(operation)) {
      return new Unknown("Stripe's answer is about another operation");
    }
    String status = intent.at("status").text();
    return switch (status) {
      case "succeeded" -> succeeded(id, amount, capture, intent);
      case "requires_capture" -> reserved(id, amount, capture, intent);
      case "requires_action" -> action(id, intent);
      case "processing" -> new Pending(id);
      case "requires_confirmation" -> new Pending(id, "Stripe wants the payment confirmed again");
      case "requires_payment_method" -> refused(id, intent);
      case "canceled" -> StripeAnswers.over(id, intent);
      case null -> new Unknown("Stripe's answer has no status");
      default -> new Pending(id, "Stripe's answer has a status that is not documented");
    };
  }

  private static ProviderResult succeeded(
      String id, Money amount, @Nullable Boolean capture, JsonTree intent) {
    if (amount.isZero()) {
      return intent.at("amount").isAbsent()
          ? new Approved(id, details(intent))
          : new Unknown("Stripe charged what was to be verified");
    }
    boolean whole =
        isAmount(amount, intent, "amount")
            && (!Boolean.TRUE.equals(capture) || isAmount(amount, intent, "amount_received"));
    return whole
        ? new Approved(id, details(intent))
        : new Unknown("Stripe approved another amount");
  }

  private static ProviderResult reserved(
      String id, Money amount, @Nullable Boolean capture, JsonTree intent) {
    if (Boolean.TRUE.equals(capture)) {
      return new Pending(id, "Stripe reserved what was to be taken");
    }
    return isAmount(amount, intent, "amount") && isAmount(amount, intent, "amount_capturable")
        ? new Approved(id, details(intent))
        : new Unknown("Stripe approved another amount");
  }

  private static ProviderResult action(String id, JsonTree intent) {
    String url = intent.at("next_action", "redirect_to_url", "url").url();
    return url == null
        ? new Unknown("Stripe asks for an action and does not say where")
        : new RequiresAction(id, url);
  }

  /** Refused if an attempt failed; without one it still waits for its card. */
  private static ProviderResult refused(String id, JsonTree intent) {
    JsonTree payment = intent.at("last_payment_error");
    JsonTree error = payment.isAbsent() ? intent.at("last_setup_error") : payment;
    if (error.isAbsent()) {
      // As it was made, before the card was tried: the event of its making says so too.
      return new Pending(id);
    }
    Details details = details(intent);
    return new Declined(
        StripeErrors.decline(error),
        id,
        new Details(
            details.checks(),
            null,
            null,
            details.threeDSecure(),
            null,
            false,
            StripeErrors.advice(error),
            StripeErrors.words(error)));
  }

  static boolean isAmount(Money amount, JsonTree intent, String member) {
    return !amount.isZero()
        && StripeConnector.AMOUNTS.isExactly(amount, intent.at(member), intent.at("currency"));
  }

  private static Details details(JsonTree intent) {
    JsonTree charge = intent.at("latest_charge", "payment_method_details", "card");
    JsonTree card =
        charge.isAbsent() ? intent.at("latest_attempt", "payment_method_details", "card") : charge;
    JsonTree checks = card.at("checks");
    JsonTree outcome = intent.at("latest_charge", "outcome");
    return new Details(
        new Checks(
            check(checks.at("cvc_check")),
            check(checks.at("address_line1_check")),
            check(checks.at("address_postal_code_check"))),
        card.at("network_transaction_id").text(),
        card.at("authorization_code").text(),
        threeDSecure(card.at("three_d_secure")),
        null,
        false,
        new ProviderWords(
            outcome.at("network_status").text(), outcome.at("seller_message").text()));
  }

  private static @Nullable ThreeDSecure threeDSecure(JsonTree given) {
    String version = given.at("version").text();
    String result = given.at("result").text();
    return version != null && result != null ? new ThreeDSecure(version, result) : null;
  }

  private static @Nullable Check check(JsonTree word) {
    String text = word.text();
    for (Check check : Check.values()) {
      if (check.name().toLowerCase(Locale.ROOT).equals(text)) {
        return check;
      }
    }
    return null;
  }
}
