package dev.portcullis.gateway.requestlog;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code /v1/request_logs}: an account's requests of the last 30 days, in the key's mode. Stripe
 * shows them in its dashboard; the path is this product's own.
 */
@Component
final class RequestLogRoutes implements Routes {

  private static final String OBJECT = "request_log";
  private static final String PATH = "/v1/request_logs";

  private static final Table LOGS =
      Table.of(
          "(SELECT account, livemode, id, 1 AS version, created, method, status,"
              + " jsonb_build_object('method', method, 'path', path, 'status', status, 'micros',"
              + " micros, 'key', api_key, 'api_version', api_version, 'address', address,"
              + " 'user_agent', user_agent, 'parameters', parameters) AS doc FROM request_logs) AS"
              + " readable_logs");

  private static final Shape LIST =
      ListQuery.shape(
          Param.choice("method", "DELETE", "GET", "POST"), Param.integer("status").range(200, 599));

  private final ObjectReader reader;

  RequestLogRoutes(ObjectReader reader) {
    this.reader = reader;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get(
            PATH, Access.read(ApiResource.REQUEST_LOG), LIST, Result.listOf(OBJECT), this::list),
        Route.get(
            PATH + "/{id}",
            Access.read(ApiResource.REQUEST_LOG),
            Shape.NONE,
            Result.one(OBJECT),
            this::retrieve));
  }

  private Reply retrieve(ApiRequest request) {
    String id = request.path("id");
    return Reply.ok(
        reader
            .find(LOGS, request.principal(), id)
            .map(RequestLogRoutes::render)
            .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "id"))));
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    request.arguments().string("method").ifPresent(m -> filters.add(Filter.is("method", m)));
    request.arguments().integer("status").ifPresent(s -> filters.add(Filter.is("status", s)));
    return Reply.ok(
        reader
            .page(LOGS, OBJECT, request.principal(), ListQuery.of(request.arguments()), filters)
            .render(PATH, RequestLogRoutes::render));
  }

  private static Map<String, @Nullable Object> render(Stored stored) {
    Map<String, @Nullable Object> row = Json.readObject(stored.doc());
    Map<String, @Nullable Object> log = new LinkedHashMap<>();
    log.put("id", stored.id());
    log.put("object", OBJECT);
    log.put("address", row.get("address"));
    log.put("api_version", row.get("api_version"));
    log.put("created", stored.created().getEpochSecond());
    log.put("duration_micros", row.get("micros"));
    log.put("key", row.get("key"));
    log.put("livemode", stored.livemode());
    log.put("method", row.get("method"));
    log.put("parameters", Json.readObject((String) Objects.requireNonNull(row.get("parameters"))));
    log.put("path", row.get("path"));
    log.put("status", row.get("status"));
    log.put("user_agent", row.get("user_agent"));
    return log;
  }
}
