package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.checkout.SessionPayments.Attempt;
import dev.portcullis.gateway.customers.Customer;
import dev.portcullis.gateway.customers.Customers;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes customers of shoppers who pay, and keeps to what they said of themselves last. */
@Component
final class SessionCustomers {

  private final Customers customers;
  private final Ids ids;
  private final InstantSource clock;

  SessionCustomers(Customers customers, Ids ids, InstantSource clock) {
    this.customers = customers;
    this.ids = ids;
    this.clock = clock;
  }

  /** The customer whom the attempt makes; nothing is written yet. */
  Customer fresh(Principal page, Attempt attempt) {
    Map<String, @Nullable Object> said = said(attempt);
    Map<String, @Nullable Object> shipping = attempt.shipping();
    if (shipping != null) {
      Map<String, @Nullable Object> to = new LinkedHashMap<>();
      for (String member : List.of("address", "name", "phone")) {
        to.put(member, shipping.get(member));
      }
      said.put("shipping", to);
    }
    return Customer.whoSaid(
        ids.next("cus"), clock.instant().truncatedTo(ChronoUnit.MILLIS), page.livemode(), said);
  }

  private static Map<String, @Nullable Object> said(Attempt attempt) {
    Map<String, @Nullable Object> said = new LinkedHashMap<>();
    if (attempt.members().get("customer_details") instanceof Map<?, ?> details) {
      details.forEach((name, value) -> said.put((String) name, value));
    }
    return said;
  }

  /** Writes the new customer with the change. */
  void insert(Change.Builder change, Principal page, Customer made, String requestId) {
    change.insert(Customer.TABLE, made.row(page.account(), page.livemode()));
    change.event(event("customer.created", made, null, requestId));
  }

  /**
   * Writes with the change what a shopper whom this session has made a customer says otherwise at a
   * further attempt: an address for mail that was mistyped at the first one stays nobody's.
   *
   * @param session as it was before the attempt
   */
  void correct(
      Change.Builder change,
      Principal page,
      CheckoutSession session,
      Attempt attempt,
      String requestId) {
    String id = session.text("customer");
    if (id == null || !session.hasMadeCustomer()) {
      return;
    }
    customers
        .find(page, id)
        .filter(known -> !known.isDeleted())
        .ifPresent(
            known ->
                known
                    .whoSaysNow(session.hash("customer_details"), said(attempt))
                    .ifPresent(after -> update(change, page, known, after, requestId)));
  }

  private void update(
      Change.Builder change, Principal page, Customer before, Customer after, String requestId) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>();
    before
        .doc()
        .forEach(
            (name, value) -> {
              if (!Objects.equals(value, after.doc().get(name))) {
                changed.put(name, value);
              }
            });
    change.update(Customer.TABLE, after.row(page.account(), page.livemode()));
    change.event(event("customer.updated", after, Json.writeString(changed), requestId));
  }

  private Event event(String type, Customer customer, @Nullable String before, String requestId) {
    return new Event(
        ids.next("evt"),
        clock.instant(),
        type,
        "customer",
        customer.id(),
        customer.version(),
        requestId,
        null,
        before,
        Json.writeString(customer.doc()));
  }
}
