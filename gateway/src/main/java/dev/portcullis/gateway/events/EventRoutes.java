package dev.portcullis.gateway.events;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Page;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.gateway.versions.DefaultVersions;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/events}, in the account's default version whatever the request names. */
@Component
final class EventRoutes implements Routes {

  private static final String PATH = "/v1/events";

  private static final Param TYPE =
      Param.string("type", Pattern.compile("\\*|[a-z_.]{1,100}(\\.\\*)?"), "an event's type");
  private static final Shape LIST =
      ListQuery.shape(TYPE, Param.list("types", TYPE).max(20), Param.bool("delivery_success"));

  private final ObjectReader reader;
  private final EventRenderer renderer;
  private final DefaultVersions versions;
  private final PendingWebhooks webhooks;

  EventRoutes(
      ObjectReader reader,
      EventRenderer renderer,
      DefaultVersions versions,
      PendingWebhooks webhooks) {
    this.reader = reader;
    this.renderer = renderer;
    this.versions = versions;
    this.webhooks = webhooks;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.read(ApiResource.EVENT), LIST, Result.listOf("event"), this::list),
        Route.get(
            PATH + "/{id}",
            Access.read(ApiResource.EVENT),
            Shape.NONE,
            Result.one("event"),
            this::retrieve));
  }

  private Reply retrieve(ApiRequest request) {
    String id = request.path("id");
    Page found =
        new Page(
            reader.find(EventRenderer.EVENTS, request.principal(), id).stream().toList(), false);
    return Reply.ok(
        found.rows().stream()
            .map(rendering(request.principal(), found))
            .findFirst()
            .orElseThrow(() -> new ApiException(ApiErrors.noSuch("event", id, "id"))));
  }

  private Reply list(ApiRequest request) {
    Arguments sent = request.arguments();
    if (sent.has("type") && sent.has("types")) {
      throw new ApiException(
          ApiErrors.invalid(
              "types",
              "parameters_exclusive",
              "You may only specify one of these parameters: type, types."));
    }
    List<Filter> filters = new ArrayList<>();
    sent.string("type").ifPresent(type -> addType(type, filters));
    if (!sent.strings("types").isEmpty()) {
      filters.add(Filter.in("type", sent.strings("types")));
    }
    ListQuery query = ListQuery.of(sent);
    List<Filter> types = List.copyOf(filters);
    sent.bool("delivery_success")
        .ifPresent(told -> filters.add(webhooks.told(request.principal(), told, query, types)));
    Page page = reader.page(EventRenderer.EVENTS, "event", request.principal(), query, filters);
    return Reply.ok(page.render(PATH, rendering(request.principal(), page)));
  }

  /** How many wait for each is asked once for a page. */
  private Function<Stored, Map<String, @Nullable Object>> rendering(
      Principal principal, Page page) {
    Version version = versions.of(principal);
    Map<String, Integer> pending =
        webhooks.pending(principal, page.rows().stream().map(Stored::id).toList());
    return row ->
        renderer.render(principal.account(), row, version, pending.getOrDefault(row.id(), 0));
  }

  private static void addType(String type, List<Filter> filters) {
    if (type.equals("*")) {
      return;
    }
    filters.add(
        type.endsWith("*")
            ? Filter.startsWith("type", type.substring(0, type.length() - 1))
            : Filter.is("type", type));
  }
}
