package dev.portcullis.gateway.balance;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * {@code /v1/balance_transactions}: retrieve, list. There are no payouts, so a list cannot be asked
 * for the transactions of one.
 */
@Component
final class BalanceTransactionRoutes implements Routes {

  private static final String OBJECT = BalanceTransactionResource.OBJECT;
  private static final String PATH = "/v1/balance_transactions";

  private static final String NO_PAYOUTS = "there are no payouts here: the provider pays out.";

  private static final Shape LIST =
      ListQuery.shape(
              Param.currency("currency"),
              Param.id("source"),
              Param.choice("type", "charge", "refund", "adjustment")
                  .refusing(NO_PAYOUTS, "payout", "payout_cancel", "payout_failure"))
          .refusing(NO_PAYOUTS, "payout");

  private final ObjectReader reader;
  private final BalanceTransactionResource resource;

  BalanceTransactionRoutes(ObjectReader reader, BalanceTransactionResource resource) {
    this.reader = reader;
    this.resource = resource;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get(
            PATH,
            Access.read(ApiResource.BALANCE_TRANSACTION),
            LIST,
            Result.listOf(OBJECT),
            this::list),
        Route.get(
            PATH + "/{id}",
            Access.read(ApiResource.BALANCE_TRANSACTION),
            Shape.NONE,
            Result.one(OBJECT),
            this::retrieve));
  }

  private Reply retrieve(ApiRequest request) {
    String id = request.path("id");
    return reader
        .find(BalanceTransaction.TABLE, request.principal(), id)
        .map(row -> Reply.ok(resource.render(row)))
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "id")));
  }

  private Reply list(ApiRequest request) {
    Arguments sent = request.arguments();
    List<Filter> filters = new ArrayList<>();
    sent.currency("currency").ifPresent(c -> filters.add(Filter.is("currency", c.code())));
    sent.string("source").ifPresent(source -> filters.add(Filter.is("source", source)));
    sent.string("type").ifPresent(type -> filters.add(Filter.is("type", type)));
    return Reply.ok(
        reader
            .page(
                BalanceTransaction.TABLE, OBJECT, request.principal(), ListQuery.of(sent), filters)
            .render(PATH, resource::render));
  }
}
