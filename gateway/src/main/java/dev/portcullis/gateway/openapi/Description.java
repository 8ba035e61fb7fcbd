package dev.portcullis.gateway.openapi;

import dev.portcullis.gateway.http.Method;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the description of the API from its routes. */
final class Description {

  private static final String SCHEMAS = "#/components/schemas/";

  /** What can be retrieved although it is deleted. */
  private static final Set<String> STILL_SHOWN = Set.of("customer");

  private static final Map<String, Object> NULL = Map.of("type", "null");

  private final List<Route> routes;
  private final Map<String, ObjectType> types = ObjectCatalog.all();
  private final Map<String, Map<String, String>> expandable;
  private final Map<String, Set<String>> onDemand;
  private final Map<String, @Nullable Object> schemas = new TreeMap<>();

  Description(List<Route> routes, List<Resource> resources) {
    this.routes =
        routes.stream()
            .sorted(Comparator.comparing(Route::path).thenComparing(Route::method))
            .toList();
    this.expandable =
        resources.stream().collect(Collectors.toMap(Resource::object, Resource::expandable));
    this.onDemand =
        resources.stream().collect(Collectors.toMap(Resource::object, Resource::onDemand));
  }

  /** The document. */
  Map<String, @Nullable Object> document() {
    types.forEach((name, type) -> schemas.put(name, schema(name, type)));
    schemas.put("error", error());
    Map<String, Map<String, @Nullable Object>> paths = new LinkedHashMap<>();
    for (Route route : routes) {
      paths
          .computeIfAbsent(route.path(), _ -> new LinkedHashMap<>())
          .put(route.method().name().toLowerCase(Locale.ROOT), operation(route));
    }
    return map(
        "openapi",
        "3.1.0",
        "info",
        map(
            "title",
            "Portcullis",
            "version",
            Version.NEWEST.text(),
            "description",
            "What this gateway serves, in the newest version of the API.",
            "license",
            map("name", "Apache 2.0", "identifier", "Apache-2.0")),
        "servers",
        List.of(map("url", "/")),
        "security",
        List.of(map("bearer", List.of()), map("basic", List.of())),
        "paths",
        paths,
        "components",
        map(
            "schemas",
            schemas,
            "securitySchemes",
            map(
                "basic",
                map("type", "http", "scheme", "basic"),
                "bearer",
                map("type", "http", "scheme", "bearer"))));
  }

  /** The members that can be expanded are ids, objects, or nothing; those on demand are lists. */
  private Map<String, @Nullable Object> schema(String name, ObjectType type) {
    Map<String, @Nullable Object> schema = type.schema();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      @SuppressWarnings("unchecked") // made of names
      Map<String, @Nullable Object> members = (Map<String, @Nullable Object>) properties;
      expandable
          .getOrDefault(name, Map.of())
          .forEach(
              (member, target) -> {
                if (members.containsKey(member)) {
                  boolean list = onDemand.getOrDefault(name, Set.of()).contains(member);
                  members.put(member, list ? listOf(target) : reference(target));
                }
              });
    }
    return schema;
  }

  private Map<String, @Nullable Object> reference(String target) {
    List<Object> either = new ArrayList<>();
    either.add(Map.of("type", "string", "maxLength", 255));
    either.add(NULL);
    // A member that may hold ids of several types names them all.
    for (String one : target.split("\\|")) {
      for (String name : List.of(one, "deleted_" + one)) {
        if (types.containsKey(name)) {
          either.add(Map.of("$ref", SCHEMAS + name));
        }
      }
    }
    return map("anyOf", either, "x-expandable", target);
  }

  private Map<String, @Nullable Object> operation(Route route) {
    Map<String, @Nullable Object> operation =
        map("operationId", operationId(route), "tags", List.of(tag(route.path())));
    List<Object> parameters = new ArrayList<>(pathParameters(route.path()));
    Shape all = route.parameters().and(Param.expand());
    if (route.method() == Method.POST) {
      String name = operationId(route) + "Parameters";
      schemas.put(name, ParameterSchemas.of(all));
      Map<String, @Nullable Object> media = map("schema", map("$ref", SCHEMAS + name));
      operation.put(
          "requestBody",
          map(
              "required",
              all.params().stream().anyMatch(Param::isRequired),
              "content",
              map("application/x-www-form-urlencoded", media, "application/json", media)));
      parameters.add(idempotencyKey());
    } else {
      all.params().forEach(param -> parameters.add(queryParameter(param)));
    }
    operation.put("parameters", parameters);
    operation.put(
        "responses",
        map(
            "200",
            answer("What was asked for.", result(route)),
            "default",
            answer("An error.", map("$ref", SCHEMAS + "error"))));
    operation.put(
        "x-portcullis-keys",
        route.access().publishable()
            ? List.of("secret", "restricted", "publishable")
            : List.of("secret", "restricted"));
    // What a restricted key needs; null where every one may.
    operation.put(
        "x-permission", route.access().permission().map(Permission::wireName).orElse(null));
    return operation;
  }

  private static Map<String, @Nullable Object> answer(String text, Object schema) {
    return map("description", text, "content", map("application/json", map("schema", schema)));
  }

  private Object result(Route route) {
    Result result = route.result();
    if (result.search()) {
      return found(result);
    }
    if (result.list()) {
      return listOf(result.object());
    }
    String deleted = "deleted_" + result.object();
    return switch (route.method()) {
      case DELETE -> object(deleted);
      case GET ->
          STILL_SHOWN.contains(result.object())
              ? map("anyOf", List.of(object(result.object()), object(deleted)))
              : object(result.object());
      case POST -> object(result.object());
    };
  }

  private Map<String, @Nullable Object> listOf(String object) {
    return map(
        "type",
        "object",
        "properties",
        map(
            "object",
            map("type", "string", "const", "list"),
            "data",
            map("type", "array", "items", object(object)),
            "has_more",
            map("type", "boolean"),
            "url",
            map("type", "string")),
        "required",
        List.of("object", "data", "has_more", "url"));
  }

  /** What a search answers with; the count is there on demand. */
  private Object found(Result result) {
    return map(
        "type",
        "object",
        "properties",
        map(
            "object",
            map("type", "string", "const", "search_result"),
            "data",
            map("type", "array", "items", object(result.object())),
            "has_more",
            map("type", "boolean"),
            "next_page",
            map("type", List.of("string", "null")),
            "total_count",
            map("type", "integer", "format", "int64"),
            "url",
            map("type", "string")),
        "required",
        List.of("object", "data", "has_more", "next_page", "url"));
  }

  private Map<String, @Nullable Object> object(String name) {
    return types.containsKey(name)
        ? map("$ref", SCHEMAS + name)
        : map("type", "object", "properties", map("object", map("type", "string")), "title", name);
  }

  private static List<Object> pathParameters(String path) {
    List<Object> parameters = new ArrayList<>();
    for (String segment : path.split("/")) {
      if (segment.startsWith("{")) {
        parameters.add(
            map(
                "name",
                segment.substring(1, segment.length() - 1),
                "in",
                "path",
                "required",
                true,
                "schema",
                map("type", "string", "maxLength", 255)));
      }
    }
    return parameters;
  }

  private static Map<String, @Nullable Object> queryParameter(Param param) {
    return map(
        "name",
        param.name(),
        "in",
        "query",
        "required",
        param.isRequired(),
        "style",
        isStructure(param.type()) ? "deepObject" : "form",
        "explode",
        true,
        "schema",
        ParameterSchemas.of(param));
  }

  private static boolean isStructure(Param.Type type) {
    return type instanceof Param.Type.Hash
        || type instanceof Param.Type.Items
        || type instanceof Param.Type.Either
        || type instanceof Param.Type.Metadata;
  }

  private static Map<String, @Nullable Object> idempotencyKey() {
    return map(
        "name",
        "Idempotency-Key",
        "in",
        "header",
        "required",
        false,
        "schema",
        map("type", "string", "maxLength", 255));
  }

  private static Map<String, @Nullable Object> error() {
    Map<String, @Nullable Object> text = map("type", "string");
    return map(
        "type",
        "object",
        "properties",
        map(
            "error",
            map(
                "type",
                "object",
                "properties",
                map(
                    "advice_code", text,
                    "charge", text,
                    "code", text,
                    "decline_code", text,
                    "doc_url", text,
                    "message", text,
                    "network_advice_code", text,
                    "network_decline_code", text,
                    "param", text,
                    "payment_intent", map("$ref", SCHEMAS + "payment_intent"),
                    "payment_method", map("$ref", SCHEMAS + "payment_method"),
                    "request_log_url", text,
                    "setup_intent", map("$ref", SCHEMAS + "setup_intent"),
                    "type", text),
                "required",
                List.of("message", "type"))),
        "required",
        List.of("error"));
  }

  /** {@code POST /v1/payment_intents/{id}/confirm} is PostPaymentIntentsIdConfirm. */
  private static String operationId(Route route) {
    StringBuilder id = new StringBuilder();
    String words = route.method().name().toLowerCase(Locale.ROOT) + route.path().replace("/v1", "");
    for (String word : words.split("[^A-Za-z0-9]+")) {
      id.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return id.toString();
  }

  private static String tag(String path) {
    String[] segments = path.split("/");
    return segments[2];
  }

  private static Map<String, @Nullable Object> map(Object... namesAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int at = 0; at < namesAndValues.length; at += 2) {
      map.put((String) namesAndValues[at], namesAndValues[at + 1]);
    }
    return map;
  }
}
