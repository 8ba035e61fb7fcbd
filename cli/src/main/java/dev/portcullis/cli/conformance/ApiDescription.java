package dev.portcullis.cli.conformance;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The operations of an OpenAPI document, as far as it takes to compare two of them. */
public final class ApiDescription {

  private static final List<String> METHODS = List.of("get", "post", "delete", "put", "patch");
  private static final int MAX_REFERENCES = 20;

  private final Map<?, ?> document;

  private ApiDescription(Map<?, ?> document) {
    this.document = document;
  }

  /**
   * An operation.
   *
   * @param parameters the names at the top, of the query or of the body
   * @param parameterKinds the words that the parameter {@code type} may be: parameters of these
   *     names belong to one kind alone
   * @param fields the members of the object that is answered, or of a list's objects
   * @param fieldKinds the words that the member {@code type} may be, likewise
   * @param nulls those of the fields that are always null
   */
  public record Operation(
      Set<String> parameters,
      Set<String> parameterKinds,
      Set<String> fields,
      Set<String> fieldKinds,
      Set<String> nulls) {
    /** Nothing at all. */
    static final Operation NONE = new Operation(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());
  }

  /**
   * Reads a document.
   *
   * @throws IllegalArgumentException if it is no OpenAPI document in JSON
   */
  public static ApiDescription parse(byte[] json) {
    try {
      Map<String, @Nullable Object> document = Json.readObject(json);
      if (document.get("openapi") instanceof String && document.get("paths") instanceof Map) {
        return new ApiDescription(document);
      }
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("It has no openapi and paths.");
  }

  /**
   * The operations by method and path ({@code GET /v1/charges/{}}), with the variables of the path
   * nameless: two descriptions may call them differently.
   */
  public Map<String, Operation> operations() {
    Map<String, Operation> operations = new TreeMap<>();
    map(document.get("paths"))
        .forEach(
            (path, item) -> {
              for (String method : METHODS) {
                if (map(item).get(method) instanceof Map<?, ?> operation) {
                  String name =
                      method.toUpperCase(Locale.ROOT)
                          + " "
                          + String.valueOf(path).replaceAll("\\{[^}]*}", "{}");
                  operations.put(name, read(operation));
                }
              }
            });
    return operations;
  }

  private Operation read(Map<?, ?> operation) {
    Map<String, Object> parameters = new TreeMap<>();
    if (operation.get("parameters") instanceof List<?> list) {
      list.stream()
          .map(this::resolve)
          .filter(parameter -> "query".equals(parameter.get("in")))
          .forEach(
              parameter ->
                  parameters.put(
                      String.valueOf(parameter.get("name")), map(parameter.get("schema"))));
    }
    map(resolve(operation.get("requestBody")).get("content"))
        .values()
        .forEach(media -> parameters.putAll(members(map(media).get("schema"), 0)));
    Map<?, ?> content = map(resolve(map(operation.get("responses")).get("200")).get("content"));
    Map<String, Object> answered = members(map(content.get("application/json")).get("schema"), 0);
    if (answered.get("data") instanceof Map<?, ?> data && answered.containsKey("has_more")) {
      answered = members(resolve(data).get("items"), 0);
    }
    Set<String> nulls = new TreeSet<>();
    answered.forEach(
        (name, schema) -> {
          if ("null".equals(resolve(schema).get("type"))) {
            nulls.add(name);
          }
        });
    return new Operation(
        parameters.keySet(),
        kinds(parameters.get("type")),
        new TreeSet<>(answered.keySet()),
        kinds(answered.get("type")),
        nulls);
  }

  /** The words of an enumeration; empty for any other schema. */
  private Set<String> kinds(@Nullable Object schema) {
    Set<String> kinds = new TreeSet<>();
    if (resolve(schema).get("enum") instanceof List<?> words) {
      words.forEach(word -> kinds.add(String.valueOf(word)));
    }
    return kinds;
  }

  /** The members of a schema, and of each of those that it may be instead. */
  private Map<String, Object> members(@Nullable Object schema, int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (depth > MAX_REFERENCES) {
      return members;
    }
    Map<?, ?> resolved = resolve(schema);
    for (String either : List.of("anyOf", "oneOf", "allOf")) {
      if (resolved.get(either) instanceof List<?> schemas) {
        schemas.forEach(one -> members.putAll(members(one, depth + 1)));
      }
    }
    map(resolved.get("properties"))
        .forEach((name, value) -> members.put(String.valueOf(name), Objects.requireNonNull(value)));
    return members;
  }

  private Map<?, ?> resolve(@Nullable Object value) {
    Object at = value;
    for (int i = 0; i < MAX_REFERENCES; i++) {
      if (!(map(at).get("$ref") instanceof String reference) || !reference.startsWith("#/")) {
        return map(at);
      }
      at = document;
      for (String segment : reference.substring(2).split("/")) {
        at = map(at).get(segment.replace("~1", "/").replace("~0", "~"));
      }
    }
    return Map.of();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }
}
