package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.key.ApiResource;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A type of the payment core, as it stands in place of its id and in events.
 *
 * @param object the type's name on the wire
 * @param resource what a restricted key must be allowed to read for it
 * @param table where it is stored
 * @param expandable its members that hold ids, with the type behind each
 * @param views its wire form
 */
public record EntityResource(
    String object, ApiResource resource, Table table, Map<String, String> expandable, Views views)
    implements Resource {

  /** {@code payment_intent}. */
  public static EntityResource paymentIntents(Views views) {
    return new EntityResource(
        "payment_intent",
        ApiResource.PAYMENT_INTENT,
        Tables.PAYMENT_INTENTS,
        Map.of(
            "customer", "customer", "payment_method", "payment_method", "latest_charge", "charge"),
        views);
  }

  /** {@code setup_intent}. */
  public static EntityResource setupIntents(Views views) {
    return new EntityResource(
        "setup_intent",
        ApiResource.SETUP_INTENT,
        Tables.SETUP_INTENTS,
        Map.of(
            "customer",
            "customer",
            "payment_method",
            "payment_method",
            "latest_attempt",
            "setup_attempt",
            "mandate",
            "mandate"),
        views);
  }

  /** {@code charge}. */
  public static EntityResource charges(Views views) {
    return new EntityResource(
        "charge",
        ApiResource.CHARGE,
        Tables.CHARGES,
        Map.of(
            "customer",
            "customer",
            "payment_intent",
            "payment_intent",
            "balance_transaction",
            "balance_transaction",
            "refunds",
            "refund"),
        views);
  }

  /** {@code refund}. */
  public static EntityResource refunds(Views views) {
    return new EntityResource(
        "refund",
        ApiResource.REFUND,
        Tables.REFUNDS,
        Map.of(
            "charge",
            "charge",
            "payment_intent",
            "payment_intent",
            "balance_transaction",
            "balance_transaction"),
        views);
  }

  /** {@code dispute}. */
  public static EntityResource disputes(Views views) {
    return new EntityResource(
        "dispute",
        ApiResource.DISPUTE,
        Tables.DISPUTES,
        Map.of("charge", "charge", "payment_intent", "payment_intent"),
        views);
  }

  @Override
  public Set<String> onDemand() {
    return object.equals("charge") ? Set.of("refunds") : Set.of();
  }

  @Override
  public @Nullable Sublist sublist(String member) {
    return onDemand().contains(member)
        ? new Sublist("refund", Tables.REFUNDS, "charge", RefundRoutes.OF_CHARGE)
        : null;
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return views.render(Tables.read(object, stored));
  }
}
