package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import org.jspecify.annotations.Nullable;

/** Reads a refund. */
final class StripeRefunds {

  private StripeRefunds() {}

  static ProviderResult refunded(String operation, @Nullable Money amount, JsonTree refund) {
    String id = refund.at("id").id();
    if (id == null || amount == null || !refund.at("metadata", "operation").is(operation)) {
      return new Unknown("Stripe's answer is about another operation");
    }
    String status = refund.at("status").text();
    return switch (status) {
      case "succeeded" ->
          StripeIntents.isAmount(amount, refund, "amount")
              ? new Approved(id, Details.NONE)
              : new Unknown("Stripe gave another amount back");
      case "pending" -> new Pending(id);
      case "requires_action" -> new Pending(id, "Stripe wants the shopper to say where to pay");
      case "failed", "canceled" -> failed(id, status, refund.at("failure_reason").text());
      case null -> new Unknown("Stripe's answer has no status");
      default -> new Pending(id, "Stripe's refund has a status that is not documented");
    };
  }

  /** The reasons are the API's own words. */
  private static Declined failed(String id, String status, @Nullable String reason) {
    Details details =
        new Details(
            Checks.NONE, null, null, null, reason, false, new ProviderWords(status, reason));
    return new Declined(DeclineCode.GENERIC_DECLINE, id, details);
  }
}
