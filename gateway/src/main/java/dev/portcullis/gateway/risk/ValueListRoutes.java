package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/radar/value_lists}: create, retrieve, update, delete, list. */
@Component
final class ValueListRoutes implements Routes {

  private static final String PATH = "/v1/radar/value_lists";
  private static final Result ONE = Result.one(ValueList.OBJECT);
  private static final int SHOWN_ITEMS = 10;
  private static final Param ALIAS =
      Param.string(
          "alias",
          Pattern.compile("[a-zA-Z0-9_]{1,100}"),
          "at most 100 letters, digits and underscores");
  private static final Param NAME = Param.string("name").max(100);
  private static final Shape CREATE =
      Shape.of(
          ALIAS.required(),
          NAME.required(),
          Param.choice("item_type", ValueList.ITEM_TYPES.toArray(String[]::new)),
          Param.metadata());
  private static final Shape UPDATE = Shape.of(ALIAS, NAME, Param.metadata());

  private final ObjectReader reader;
  private final Database database;
  private final Commits commits;
  private final ValueLists lists;
  private final Ids ids;
  private final InstantSource clock;

  ValueListRoutes(
      ObjectReader reader,
      Database database,
      Commits commits,
      ValueLists lists,
      Ids ids,
      InstantSource clock) {
    this.reader = reader;
    this.database = database;
    this.commits = commits;
    this.lists = lists;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    Result many = Result.listOf(ValueList.OBJECT);
    return List.of(
        Route.post(PATH, Access.write(ApiResource.RADAR), CREATE, ONE, this::create),
        Route.get(PATH, Access.read(ApiResource.RADAR), ListQuery.shape(ALIAS), many, this::list),
        Route.get(one, Access.read(ApiResource.RADAR), Shape.NONE, ONE, this::retrieve),
        Route.post(one, Access.write(ApiResource.RADAR), UPDATE, ONE, this::update),
        Route.delete(one, Access.write(ApiResource.RADAR), Shape.NONE, ONE, this::delete));
  }

  /** The list of that id, unless it was deleted. */
  static Optional<ValueList> find(ObjectReader reader, Principal principal, String id) {
    return reader
        .find(ValueList.TABLE, principal, id, List.of(Filter.is("deleted", false)))
        .map(ValueList::of);
  }

  private ValueList require(ApiRequest request) {
    String id = request.path("id");
    return find(reader, request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("value_list", id, "id")));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    requireFree(principal, sent.requiredString("alias"));
    requireRoom(principal);
    Instant now = clock.instant();
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    String id = ids.next("rsl");
    doc.put("id", id);
    doc.put("object", ValueList.OBJECT);
    doc.put("alias", sent.requiredString("alias"));
    doc.put("created", now.getEpochSecond());
    doc.put("created_by", principal.keyId());
    doc.put("item_type", sent.string("item_type").orElse("string"));
    doc.put("livemode", principal.livemode());
    doc.put("metadata", new LinkedHashMap<String, @Nullable Object>());
    doc.put("name", sent.requiredString("name"));
    sent.metadata().ifPresent(update -> doc.put("metadata", update.applyTo(Map.of())));
    ValueList list = new ValueList(id, 1, now, doc);
    Change.Builder change = in(principal).insert(ValueList.TABLE, list.row());
    Reply reply = commits.reply(request, change, shown(principal, list));
    lists.changed(principal);
    return reply;
  }

  private void requireFree(Principal principal, String alias) {
    boolean taken =
        database
            .of(principal.account())
            .sql(
                "SELECT EXISTS (SELECT FROM radar_value_lists WHERE account = ? AND livemode = ?"
                    + " AND alias = ?)")
            .params(principal.account(), principal.livemode(), alias)
            .query(Boolean.class)
            .single();
    if (taken) {
      throw new ApiException(
          ApiErrors.invalid(
              "alias",
              "resource_already_exists",
              "There is a value list with the alias '" + ApiErrors.shown(alias) + "' already."));
    }
  }

  private void requireRoom(Principal principal) {
    int count =
        database
            .of(principal.account())
            .sql(
                "SELECT count(*) FROM radar_value_lists WHERE account = ? AND livemode = ?"
                    + " AND NOT deleted")
            .params(principal.account(), principal.livemode())
            .query(Integer.class)
            .single();
    if (count >= ValueList.MOST) {
      throw new ApiException(
          ApiErrors.badRequest("An account has at most " + ValueList.MOST + " value lists."));
    }
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(shown(request.principal(), require(request)));
  }

  @SuppressWarnings("unchecked") // the document is our own
  private Reply update(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    ValueList before = require(request);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    sent.string("alias")
        .filter(alias -> !alias.equals(before.alias()))
        .ifPresent(
            alias -> {
              requireFree(principal, alias);
              members.put("alias", alias);
            });
    sent.string("name").ifPresent(name -> members.put("name", name));
    sent.metadata()
        .ifPresent(
            update ->
                members.put(
                    "metadata",
                    update.applyTo(
                        before.doc().get("metadata") instanceof Map<?, ?> map
                            ? (Map<String, String>) map
                            : Map.of())));
    ValueList after = before.with(members);
    Change.Builder change = in(principal).update(ValueList.TABLE, after.row());
    Reply reply = commits.reply(request, change, shown(principal, after));
    lists.changed(principal);
    return reply;
  }

  private Reply delete(ApiRequest request) {
    ValueList list = require(request);
    commits.commit(in(request.principal()).update(ValueList.TABLE, list.deletedRow()).build());
    lists.changed(request.principal());
    return Reply.ok(ValueList.tombstone(ValueList.OBJECT, list.id()));
  }

  private Reply list(ApiRequest request) {
    Principal principal = request.principal();
    List<Filter> filters = new ArrayList<>();
    filters.add(Filter.is("deleted", false));
    request.arguments().string("alias").ifPresent(a -> filters.add(Filter.is("alias", a)));
    return Reply.ok(
        reader
            .page(
                ValueList.TABLE,
                "value_list",
                principal,
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, row -> shown(principal, ValueList.of(row))));
  }

  /** The list with its newest items. */
  private Map<String, @Nullable Object> shown(Principal principal, ValueList list) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(list.doc());
    shown.put(
        "list_items",
        ValueListItemRoutes.page(
            reader, principal, list.id(), ListQuery.first(SHOWN_ITEMS), List.of()));
    return shown;
  }

  static Change.Builder in(Principal principal) {
    return Change.in(principal.account(), principal.livemode());
  }
}
