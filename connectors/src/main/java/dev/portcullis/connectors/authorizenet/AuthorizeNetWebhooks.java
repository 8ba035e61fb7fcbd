package dev.portcullis.connectors.authorizenet;

import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderWords;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Authorize.Net's webhooks. They name the transaction and its amount without a currency, so
 * none of them is the end of an operation: each says that there is something to look up. The
 * reference is the end of the operation's id ({@link AuthorizeNetRequests#reference}).
 */
final class AuthorizeNetWebhooks {

  private static final Map<String, OperationKind> EVENTS =
      Map.of(
          "net.authorize.payment.authorization.created", OperationKind.AUTHORIZE,
          "net.authorize.payment.authcapture.created", OperationKind.AUTHORIZE,
          "net.authorize.payment.fraud.approved", OperationKind.AUTHORIZE,
          "net.authorize.payment.fraud.declined", OperationKind.AUTHORIZE,
          "net.authorize.payment.fraud.held", OperationKind.AUTHORIZE,
          "net.authorize.payment.priorAuthCapture.created", OperationKind.CAPTURE,
          "net.authorize.payment.void.created", OperationKind.CANCEL,
          "net.authorize.payment.refund.created", OperationKind.REFUND);

  private AuthorizeNetWebhooks() {}

  static Notification read(Map<String, @Nullable Object> body) {
    JsonTree event = JsonTree.of(body);
    String type = event.at("eventType").text();
    if (type == null) {
      return new Notification.Unread("Authorize.Net's notification has no type");
    }
    OperationKind kind = EVENTS.get(type);
    if (kind == null) {
      return new Notification.Other(String.valueOf(new ProviderWords(type, null).code()));
    }
    String id = event.at("notificationId").id();
    String transaction = event.at("payload", "id").id();
    if (id == null || transaction == null) {
      return new Notification.Unread("Authorize.Net's notification lacks what it is about");
    }
    String reference = event.at("payload", "merchantReferenceId").id();
    boolean follows = kind == OperationKind.CAPTURE || kind == OperationKind.CANCEL;
    return reference == null
        ? new Notification.Other(type) // made elsewhere
        : new Notification.Outcome(
            id,
            new Notification.About(reference, kind, transaction, follows ? transaction : null),
            new Pending(transaction),
            null,
            event.at("eventDate").time());
  }
}
