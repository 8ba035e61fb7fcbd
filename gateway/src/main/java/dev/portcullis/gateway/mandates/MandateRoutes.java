package dev.portcullis.gateway.mandates;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/mandates}: retrieve. */
@Component
final class MandateRoutes implements Routes, Resource {

  private final Mandates mandates;

  MandateRoutes(Mandates mandates) {
    this.mandates = mandates;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/v1/mandates/{id}",
            Access.read(ApiResource.MANDATE),
            Shape.NONE,
            Result.one(Mandate.OBJECT),
            this::retrieve));
  }

  private Reply retrieve(ApiRequest request) {
    String id = request.path("id");
    return mandates
        .find(request.principal(), id)
        .map(mandate -> Reply.ok(mandate.doc()))
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(Mandate.OBJECT, id, Mandate.OBJECT)));
  }

  @Override
  public String object() {
    return Mandate.OBJECT;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.MANDATE;
  }

  @Override
  public Table table() {
    return Mandate.TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of("payment_method", "payment_method");
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return Mandate.of(stored).doc();
  }
}
