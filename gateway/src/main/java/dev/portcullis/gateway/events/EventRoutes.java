package dev.portcullis.gateway.events;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Expansion;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.gateway.versions.DefaultVersions;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.gateway.versions.VersionGates;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/events}, in the account's default version whatever the request names. */
@Component
final class EventRoutes implements Routes {

  private static final String PATH = "/v1/events";

  /** Read as one document, so that events are listed by the same query as everything else. */
  private static final Table EVENTS =
      Table.of(
          "(SELECT account, livemode, id, version, created, type, jsonb_build_object('type', type,"
              + " 'object_type', object_type, 'object', object, 'object_version', object_version,"
              + " 'request', request, 'idempotency_key', idempotency_key, 'previous', previous,"
              + " 'snapshot', doc::jsonb) AS doc FROM events) AS readable_events");

  private static final Param TYPE =
      Param.string("type", Pattern.compile("\\*|[a-z_.]{1,100}(\\.\\*)?"), "an event's type");
  private static final Shape LIST =
      ListQuery.shape(TYPE, Param.list("types", TYPE).max(20))
          .refusing(
              "nothing is delivered to webhook endpoints yet, so that no delivery can have"
                  + " succeeded or failed.",
              "delivery_success");

  private final ObjectReader reader;
  private final Expansion resources;
  private final DefaultVersions versions;
  private final PendingWebhooks webhooks;
  private final PersonalData personal;

  EventRoutes(
      ObjectReader reader,
      Expansion resources,
      DefaultVersions versions,
      PendingWebhooks webhooks,
      PersonalData personal) {
    this.reader = reader;
    this.resources = resources;
    this.versions = versions;
    this.webhooks = webhooks;
    this.personal = personal;
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
    Version version = versions.of(request.principal());
    return Reply.ok(
        reader
            .find(EVENTS, request.principal(), id)
            .map(
                row ->
                    render(request.principal(), row, version, webhooks.count(request.principal())))
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
    Version version = versions.of(request.principal());
    PendingWebhooks.Count pending = webhooks.count(request.principal());
    return Reply.ok(
        reader
            .page(EVENTS, "event", request.principal(), ListQuery.of(sent), filters)
            .render(PATH, row -> render(request.principal(), row, version, pending)));
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

  private Map<String, @Nullable Object> render(
      Principal principal, Stored stored, Version version, PendingWebhooks.Count pending) {
    Map<String, @Nullable Object> row = Json.readObject(stored.doc());
    open(principal, stored, "doc", row.get("snapshot"));
    open(principal, stored, "previous", row.get("previous"));
    String type = (String) Objects.requireNonNull(row.get("type"));
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("object", VersionGates.render(version, snapshot(stored, row)));
    if (row.get("previous") != null) {
      data.put("previous_attributes", row.get("previous"));
    }
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("id", row.get("request"));
    request.put("idempotency_key", row.get("idempotency_key"));
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("id", stored.id());
    event.put("object", "event");
    event.put("api_version", version.text());
    event.put("created", stored.created().getEpochSecond());
    event.put("data", data);
    event.put("livemode", stored.livemode());
    event.put("pending_webhooks", pending.of(type, stored.created()));
    event.put("request", request);
    event.put("type", type);
    return event;
  }

  @SuppressWarnings("unchecked") // the journal writes objects only
  private void open(Principal principal, Stored event, String column, @Nullable Object document) {
    if (document instanceof Map<?, ?> members) {
      Place place =
          Place.of(
              principal.account(),
              event.livemode(),
              Event.TABLE,
              Event.TABLE.column(column),
              event.id());
      personal.open(place, (Map<String, @Nullable Object>) members);
    }
  }

  /** The object in the wire's form, as it was then. */
  private Map<String, @Nullable Object> snapshot(Stored event, Map<String, @Nullable Object> row) {
    @SuppressWarnings("unchecked") // the journal writes objects only
    Map<String, @Nullable Object> doc =
        (Map<String, @Nullable Object>) Objects.requireNonNull(row.get("snapshot"));
    Resource resource = resources.resource((String) Objects.requireNonNull(row.get("object_type")));
    if (resource == null) {
      return doc;
    }
    Instant created =
        doc.get("created") instanceof Long seconds
            ? Instant.ofEpochSecond(seconds)
            : event.created();
    int version = ((Long) Objects.requireNonNull(row.get("object_version"))).intValue();
    return resource.render(
        new Stored(
            (String) Objects.requireNonNull(row.get("object")),
            event.livemode(),
            version,
            created,
            Json.writeString(doc)));
  }
}
