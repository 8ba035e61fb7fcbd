package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/radar/value_list_items}: create, retrieve, delete, list. */
@Component
final class ValueListItemRoutes implements Routes {

  private static final String PATH = "/v1/radar/value_list_items";
  private static final Result ONE = Result.one(ListItem.OBJECT);

  private static final Param VALUE = Param.string("value").max(800);
  private static final Param LIST_ID = Param.id("value_list").required();
  private static final Shape CREATE = Shape.of(LIST_ID, VALUE.required());
  private static final Shape LIST = ListQuery.shape(LIST_ID, VALUE);

  private final ObjectReader reader;
  private final Database database;
  private final BlindIndex blind;
  private final Commits commits;
  private final Ids ids;
  private final InstantSource clock;

  ValueListItemRoutes(
      ObjectReader reader,
      Database database,
      BlindIndex blind,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    this.reader = reader;
    this.database = database;
    this.blind = blind;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    return List.of(
        Route.post(PATH, Access.write(ApiResource.RADAR), CREATE, ONE, this::create),
        Route.get(
            PATH, Access.read(ApiResource.RADAR), LIST, Result.listOf(ListItem.OBJECT), this::list),
        Route.get(one, Access.read(ApiResource.RADAR), Shape.NONE, ONE, this::retrieve),
        Route.delete(one, Access.write(ApiResource.RADAR), Shape.NONE, ONE, this::delete));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    ValueList list = requireList(request);
    String value = list.normalized(request.arguments().requiredString("value"));
    requireNew(principal, list, value);
    Instant now = clock.instant();
    String id = ids.next("rsli");
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", id);
    doc.put("object", ListItem.OBJECT);
    doc.put("created", now.getEpochSecond());
    doc.put("created_by", principal.keyId());
    doc.put("livemode", principal.livemode());
    doc.put("value", value);
    doc.put("value_list", list.id());
    Row row =
        Row.of(
            id,
            1,
            now,
            list.id(),
            ListItem.sought(list.itemType(), value),
            null,
            false,
            ListItem.stored(doc));
    return commits.reply(request, ValueListRoutes.in(principal).insert(ListItem.TABLE, row), doc);
  }

  private ValueList requireList(ApiRequest request) {
    String id = request.arguments().requiredString("value_list");
    return ValueListRoutes.find(reader, request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("value_list", id, "value_list")));
  }

  private void requireNew(Principal principal, ValueList list, String value) {
    record State(boolean taken, int count) {}
    State state =
        database
            .of(principal.account())
            .sql(
                "SELECT EXISTS (SELECT FROM radar_value_list_items WHERE account = ? AND"
                    + " livemode = ? AND value_list = ? AND value IN (?, ?)), (SELECT count(*) FROM"
                    + " radar_value_list_items WHERE account = ? AND value_list = ? AND NOT"
                    + " deleted)")
            .params(
                principal.account(),
                principal.livemode(),
                list.id(),
                value,
                ListItem.hashed(
                    blind, principal.account(), ListItem.sought(list.itemType(), value)),
                principal.account(),
                list.id())
            .query((row, _) -> new State(row.getBoolean(1), row.getInt(2)))
            .single();
    if (state.taken()) {
      throw new ApiException(
          ApiErrors.invalid(
              "value", "resource_already_exists", "The list has this value already."));
    }
    if (state.count() >= ValueList.MOST_ITEMS) {
      throw new ApiException(
          ApiErrors.badRequest("A list has at most " + ValueList.MOST_ITEMS + " items."));
    }
  }

  private Stored require(ApiRequest request) {
    String id = request.path("id");
    return reader
        .find(ListItem.TABLE, request.principal(), id, List.of(Filter.is("deleted", false)))
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("value_list_item", id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(ListItem.shown(require(request)));
  }

  private Reply delete(ApiRequest request) {
    Stored item = require(request);
    Map<String, @Nullable Object> rest = ValueList.tombstone(ListItem.OBJECT, item.id());
    Row row =
        Row.of(
            item.id(),
            item.version() + 1,
            item.created(),
            null,
            null,
            null,
            true,
            Json.writeString(rest));
    commits.commit(ValueListRoutes.in(request.principal()).update(ListItem.TABLE, row).build());
    return Reply.ok(rest);
  }

  private Reply list(ApiRequest request) {
    ValueList list = requireList(request);
    List<Filter> filters = new ArrayList<>();
    request
        .arguments()
        .string("value")
        .ifPresent(
            value ->
                filters.add(
                    Filter.is("value", ListItem.sought(list.itemType(), list.normalized(value)))));
    return Reply.ok(
        page(reader, request.principal(), list.id(), ListQuery.of(request.arguments()), filters));
  }

  /** A part of a list's items, as the wire shows it. */
  static Map<String, @Nullable Object> page(
      ObjectReader reader, Principal principal, String list, ListQuery query, List<Filter> more) {
    List<Filter> filters = new ArrayList<>(more);
    filters.add(Filter.is("deleted", false));
    filters.add(Filter.is("value_list", list));
    return reader
        .page(ListItem.TABLE, "value_list_item", principal, query, filters)
        .render(PATH, ListItem::shown);
  }
}
