package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderWords;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads PayPal's webhooks. Of their bodies only a CRC-32 is signed, which another body can be made
 * to meet: so none of them is the end of an operation, and each says that there is something to
 * look up. Only of a reversal, which nobody asked for, it says that a person has to see to it.
 */
final class PayPalWebhooks {

  private static final String REVERSED = "PAYMENT.CAPTURE.REVERSED";

  private PayPalWebhooks() {}

  static Notification read(Map<String, @Nullable Object> body) {
    JsonTree event = JsonTree.of(body);
    String id = event.at("id").id();
    String type = event.at("event_type").text();
    if (id == null || type == null) {
      return new Notification.Unread("PayPal's notification has no id or type");
    }
    if (type.startsWith("CUSTOMER.DISPUTE.")) {
      return new Notification.DisputesChanged(id);
    }
    JsonTree resource = event.at("resource");
    Notification.About about = about(type, resource);
    if (about == null) {
      return new Notification.Other(String.valueOf(new ProviderWords(type, null).code()));
    }
    return new Notification.Outcome(id, about, result(type, about), null, null);
  }

  /** Which operation of ours it is about, or null where it is about none. */
  private static Notification.@Nullable About about(String type, JsonTree resource) {
    // The order's in custom_id, that of what was asked for in invoice_id.
    String payment = resource.at("custom_id").id();
    String asked = resource.at("invoice_id").id();
    String order = resource.at("supplementary_data", "related_ids", "order_id").id();
    String own = resource.at("id").id();
    if (type.startsWith("PAYMENT.AUTHORIZATION.")) {
      return about(payment, OperationKind.AUTHORIZE, order, null);
    }
    if (type.startsWith("PAYMENT.REFUND.") || type.equals("PAYMENT.CAPTURE.REFUNDED")) {
      return about(asked, OperationKind.REFUND, own, order);
    }
    if (!type.startsWith("PAYMENT.CAPTURE.")) {
      return null;
    }
    boolean atOnce = asked == null || asked.equals(payment);
    return atOnce
        ? about(payment, OperationKind.AUTHORIZE, order, null)
        : about(asked, OperationKind.CAPTURE, own, order);
  }

  private static Notification.@Nullable About about(
      @Nullable String operation,
      OperationKind kind,
      @Nullable String reference,
      @Nullable String authorization) {
    return operation == null
        ? null
        : new Notification.About(operation, kind, reference, authorization);
  }

  private static ProviderResult result(String type, Notification.About about) {
    String reference = about.providerReference();
    return type.equals(REVERSED)
        ? new Declined(
            DeclineCode.GENERIC_DECLINE, reference, Details.said(new ProviderWords(type, null)))
        : new Pending(reference);
  }
}
