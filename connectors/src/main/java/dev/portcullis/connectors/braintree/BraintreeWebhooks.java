package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderWords;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads Braintree's webhooks: a form whose {@code bt_payload}, all of which is signed, is base64 of
 * XML. They tell that a transaction settled, which says no more than that there is something to ask
 * for, or that it did not: then money that was taken for settled is not there. And they tell of
 * disputes.
 */
final class BraintreeWebhooks {

  /** Of a transaction; all other kinds are about something else. */
  private static final Set<String> KINDS =
      Set.of("transaction_settled", "transaction_settlement_declined");

  private BraintreeWebhooks() {}

  static Notification read(Map<String, @Nullable Object> form) {
    String document = decoded(JsonTree.of(form).at("bt_payload").text());
    JsonTree told =
        JsonTree.of(document == null ? null : BraintreeXml.read("notification", document));
    String kind = told.at("kind").text();
    String time = told.at("timestamp").text();
    if (kind == null || time == null) {
      return new Notification.Unread("Braintree's notification cannot be read");
    }
    if (BraintreeDisputes.areTold(kind)) {
      return BraintreeDisputes.read(kind, told.at("subject", "dispute"));
    }
    if (!KINDS.contains(kind)) {
      return new Notification.Other(String.valueOf(new ProviderWords(kind, null).code()));
    }
    JsonTree transaction = told.at("subject", "transaction");
    String own = transaction.at("global-id").id();
    String order = transaction.at("order-id").id();
    if (own == null) {
      return new Notification.Unread("Braintree's notification lacks what it is about");
    }
    if (order == null) {
      return new Notification.Other(kind); // made elsewhere
    }
    OperationKind operation =
        transaction.at("type").is("credit") ? OperationKind.REFUND : OperationKind.AUTHORIZE;
    return new Notification.Outcome(
        kind + " " + own + " " + time,
        new Notification.About(order, operation, own, null),
        result(kind, own, transaction),
        null,
        time(time));
  }

  private static @Nullable Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException notATime) {
      return null;
    }
  }

  private static ProviderResult result(String kind, String own, JsonTree transaction) {
    if (kind.equals("transaction_settled")) {
      return new Pending(own);
    }
    String code = transaction.at("processor-settlement-response-code").text();
    return new Declined(
        DeclineCode.PROCESSING_ERROR,
        own,
        Details.said(
            new ProviderWords(
                code == null ? kind : code,
                transaction.at("processor-settlement-response-text").text())));
  }

  private static @Nullable String decoded(@Nullable String payload) {
    try {
      return payload == null
          ? null
          : new String(Base64.getMimeDecoder().decode(payload), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
