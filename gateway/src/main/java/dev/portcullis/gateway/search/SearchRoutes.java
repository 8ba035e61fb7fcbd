package dev.portcullis.gateway.search;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Expansion;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/.../search} of each type that can be searched. */
@Component
final class SearchRoutes implements Routes {

  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;
  private static final String TOTAL = "total_count";

  private static final Shape PARAMETERS =
      Shape.of(
          Param.string("query").max(SearchParser.MAX_LENGTH).required(),
          Param.integer("limit").range(1, MAX_LIMIT),
          Param.string("page").max(255));

  private final List<Searchable> types;
  private final Expansion resources;
  private final SearchReader reader;
  private final BlindIndex blind;

  SearchRoutes(List<Searchable> types, Expansion resources, SearchReader reader, BlindIndex blind) {
    this.types = List.copyOf(types);
    this.resources = resources;
    this.reader = reader;
    this.blind = blind;
  }

  @Override
  public List<Route> routes() {
    return types.stream()
        .map(
            type ->
                Route.get(
                    path(type),
                    access(type),
                    PARAMETERS,
                    Result.searchOf(type.object()),
                    request -> search(type, request)))
        .toList();
  }

  private Access access(Searchable type) {
    return Access.read(resource(type).resource());
  }

  private Resource resource(Searchable type) {
    return Objects.requireNonNull(resources.resource(type.object()));
  }

  private static String path(Searchable type) {
    return type.path() + "/search";
  }

  private Reply search(Searchable type, ApiRequest request) {
    Principal principal = request.principal();
    String query = request.arguments().requiredString("query");
    SearchCondition condition =
        SearchConditions.of(SearchParser.parse(query), type, principal, blind);
    String after =
        request
            .arguments()
            .string("page")
            .map(token -> SearchCursor.read(type.object(), query, token))
            .orElse(null);
    int limit = Math.toIntExact(request.arguments().integer("limit").orElse(DEFAULT_LIMIT));
    SearchReader.Hits hits = reader.find(type, principal, condition, limit, after);
    Resource resource = resource(type);
    String next = hits.next();
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("object", "search_result");
    result.put("data", hits.rows().stream().map(resource::render).toList());
    result.put("has_more", next != null);
    result.put("next_page", next == null ? null : SearchCursor.write(type.object(), query, next));
    if (request.expand().contains(TOTAL)) {
      result.put(TOTAL, reader.count(type, principal, condition));
    }
    result.put("url", path(type));
    return Reply.ok(result);
  }
}
