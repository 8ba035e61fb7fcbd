package dev.portcullis.gateway.customers;

import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.CustomerLookup;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds customers. */
@Component
public final class Customers implements Resource, CustomerLookup {

  private final ObjectReader reader;

  Customers(ObjectReader reader) {
    this.reader = reader;
  }

  /** The customer of that id, deleted or not. */
  public Optional<Customer> find(Principal principal, String id) {
    return reader.find(Customer.TABLE, principal, id).map(Customer::of);
  }

  /**
   * The customer of that id, to do something with it.
   *
   * @param param the parameter that holds the id, for the error
   * @throws ApiException 404 if there is none, or it was deleted
   */
  public Customer require(Principal principal, String id, String param) {
    return find(principal, id)
        .filter(customer -> !customer.isDeleted())
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("customer", id, param)));
  }

  @Override
  public String requireId(Principal principal, String id, String param) {
    return require(principal, id, param).id();
  }

  @Override
  public boolean isThere(Principal principal, String id) {
    return find(principal, id).filter(customer -> !customer.isDeleted()).isPresent();
  }

  @Override
  public String object() {
    return "customer";
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CUSTOMER;
  }

  @Override
  public Table table() {
    return Customer.TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of();
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return Json.readObject(stored.doc());
  }
}
