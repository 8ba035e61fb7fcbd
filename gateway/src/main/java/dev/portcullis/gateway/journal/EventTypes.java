package dev.portcullis.gateway.journal;

import java.util.List;

/**
 * Every type of event that is ever written. Who asks for events is refused any other type: it would
 * wait for ever.
 */
public final class EventTypes {

  /** Made on demand, and told to the one endpoint that it is about. */
  public static final String TEST = "portcullis.webhook_endpoint.test";

  /** In the order of the alphabet. */
  public static final List<String> ALL =
      List.of(
          "charge.captured",
          "charge.dispute.closed",
          "charge.dispute.created",
          "charge.dispute.funds_reinstated",
          "charge.dispute.funds_withdrawn",
          "charge.dispute.updated",
          "charge.failed",
          "charge.refund.updated",
          "charge.refunded",
          "charge.succeeded",
          "charge.updated",
          "checkout.session.async_payment_failed",
          "checkout.session.async_payment_succeeded",
          "checkout.session.completed",
          "checkout.session.expired",
          "customer.created",
          "customer.deleted",
          "customer.updated",
          "mandate.updated",
          "payment_intent.amount_capturable_updated",
          "payment_intent.canceled",
          "payment_intent.created",
          "payment_intent.payment_failed",
          "payment_intent.processing",
          "payment_intent.requires_action",
          "payment_intent.succeeded",
          "payment_method.attached",
          "payment_method.detached",
          "payment_method.updated",
          "portcullis.api_key.overprivileged",
          "portcullis.api_key.rotation_due",
          "portcullis.api_key.unused",
          "portcullis.card_testing.detected",
          "portcullis.card_testing.ended",
          "portcullis.payment_page.changed",
          "portcullis.webhook_endpoint.disabled",
          TEST,
          "refund.created",
          "refund.failed",
          "refund.updated",
          "setup_intent.canceled",
          "setup_intent.created",
          "setup_intent.requires_action",
          "setup_intent.setup_failed",
          "setup_intent.succeeded");

  private EventTypes() {}
}
