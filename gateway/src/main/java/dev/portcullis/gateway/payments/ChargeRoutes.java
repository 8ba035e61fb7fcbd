package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.Addresses;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** {@code /v1/charges}: retrieve, update, list. Charges are made by payment intents alone. */
@Component
final class ChargeRoutes implements Routes {

  private static final String OBJECT = "charge";
  private static final String PATH = "/v1/charges";

  private static final Shape UPDATE =
      Shape.of(
          Param.lines("description").max(1000).unsettable(),
          Param.metadata(),
          Param.email("receipt_email").unsettable(),
          Param.hash("shipping", Addresses.SHIPPING).unsettable(),
          Param.string("transfer_group").max(255).unsettable());
  private static final Shape LIST =
      ListQuery.shape(
          Param.id("customer"),
          Param.id("payment_intent"),
          Param.string("transfer_group").max(255));

  private final Desk desk;
  private final PaymentStore store;

  ChargeRoutes(Desk desk, PaymentStore store) {
    this.desk = desk;
    this.store = store;
  }

  @Override
  public List<Route> routes() {
    Result one = Result.one(OBJECT);
    return List.of(
        Route.get(PATH, Access.read(ApiResource.CHARGE), LIST, Result.listOf(OBJECT), this::list),
        Route.get(PATH + "/{id}", Access.read(ApiResource.CHARGE), Shape.NONE, one, this::retrieve),
        Route.post(PATH + "/{id}", Access.write(ApiResource.CHARGE), UPDATE, one, this::update));
  }

  private Charge require(ApiRequest request) {
    String id = request.path("id");
    return store
        .charge(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(desk.views().render(require(request)));
  }

  private Reply update(ApiRequest request) {
    Charge charge = require(request);
    Charge after = charge.describedBy(IntentParams.details(charge.facts(), request.arguments()));
    return desk.commit(
        request, Transition.of(after).because("charge.updated", after), after, List.of());
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    for (String name : List.of("customer", "payment_intent", "transfer_group")) {
      request.arguments().string(name).ifPresent(id -> filters.add(Filter.is(name, id)));
    }
    return Reply.ok(
        store
            .page(
                Tables.CHARGES,
                OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, row -> desk.views().render(Tables.read(OBJECT, row))));
  }
}
