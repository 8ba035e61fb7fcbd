package dev.portcullis.gateway.events;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.EventTypes;
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
  private final ToldEvents told;

  EventRoutes(
      ObjectReader reader,
      EventRenderer renderer,
      DefaultVersions versions,
      PendingWebhooks webhooks,
      ToldEvents told) {
    this.reader = reader;
    this.renderer = renderer;
    this.versions = versions;
    this.webhooks = webhooks;
    this.told = told;
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
    Page page =
        sent.bool("delivery_success")
            .map(everybody -> told(request.principal(), sent, everybody))
            .orElseGet(() -> page(request.principal(), ListQuery.of(sent), filters(sent)));
    return Reply.ok(page.render(PATH, rendering(request.principal(), page)));
  }

  private Page page(Principal principal, ListQuery query, List<Filter> filters) {
    return reader.page(EventRenderer.EVENTS, "event", principal, query, filters);
  }

  /**
   * @throws ApiException 400 if there is none among as many events as are looked at: the list would
   *     seem to have ended
   */
  private Page told(Principal principal, Arguments sent, boolean everybody) {
    ListQuery query = ListQuery.of(sent);
    ToldEvents.Found found = told.find(principal, everybody, query, types(sent));
    // An empty list of ids is no condition; there is no event without an id.
    List<String> ids = found.ids().isEmpty() ? List.of("") : found.ids();
    Page page = page(principal, query, List.of(Filter.in("id", ids)));
    String lookedAt = found.lookedAt();
    if (lookedAt == null) {
      return page;
    }
    if (page.rows().isEmpty()) {
      String cursor = query.endingBefore().isPresent() ? "ending_before" : "starting_after";
      throw new ApiException(
          ApiErrors.invalid(
              cursor,
              "too_many_events_in_between",
              "Of none of the next %d events has everybody been told who wanted it. Ask for those behind them with %s=%s."
                  .formatted(ToldEvents.MOST_LOOKED_AT, cursor, lookedAt)));
    }
    return new Page(page.rows(), true);
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

  private static List<Filter> filters(Arguments sent) {
    List<Filter> filters = new ArrayList<>();
    sent.string("type")
        .filter(type -> !type.equals("*"))
        .ifPresent(
            type ->
                filters.add(
                    type.endsWith("*")
                        ? Filter.startsWith("type", beginning(type))
                        : Filter.is("type", type)));
    if (!sent.strings("types").isEmpty()) {
      filters.add(Filter.in("type", sent.strings("types")));
    }
    return filters;
  }

  /** The same, type by type. */
  private static List<String> types(Arguments sent) {
    if (!sent.strings("types").isEmpty()) {
      return sent.strings("types").stream().distinct().toList();
    }
    String type = sent.string("type").orElse("*");
    return type.endsWith("*")
        ? EventTypes.ALL.stream().filter(each -> each.startsWith(beginning(type))).toList()
        : List.of(type);
  }

  private static String beginning(String type) {
    return type.substring(0, type.length() - 1);
  }
}
