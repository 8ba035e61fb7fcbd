package dev.portcullis.systemtest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The operations and parameters of a description in OpenAPI's form. */
final class Described {

  private static final String SCHEMAS = "#/components/schemas/";
  private static final int MAX_DEPTH = 8;

  /**
   * An operation.
   *
   * @param path with its variables in braces
   * @param shape the schema of the hash that all its parameters make
   */
  record Operation(String method, String path, JsonObject shape) {
    boolean takesBody() {
      return method.equals("POST");
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  /**
   * A parameter, however deep.
   *
   * @param path in bracket form; an element of a list is its first, a member of an open hash is
   *     called "key"
   * @param kinds what it may be, one of them
   */
  record Parameter(String path, List<JsonObject> kinds) {
    boolean isUnsettable() {
      return kinds.stream().anyMatch(Described::isEmptyText);
    }

    /** Its kinds without the empty text that unsets it. */
    List<JsonObject> valued() {
      return kinds.stream().filter(kind -> !isEmptyText(kind)).toList();
    }
  }

  private final JsonObject document;

  Described(String document) {
    this.document = JsonParser.parseString(document).getAsJsonObject();
  }

  private static boolean isEmptyText(JsonObject kind) {
    boolean empty = kind.has("maxLength") && kind.get("maxLength").getAsInt() == 0;
    boolean onlyEmpty =
        kind.has("enum")
            && kind.getAsJsonArray("enum").asList().stream()
                .allMatch(word -> word.isJsonPrimitive() && word.getAsString().isEmpty());
    return empty || onlyEmpty;
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    document
        .getAsJsonObject("paths")
        .asMap()
        .forEach(
            (path, methods) ->
                methods
                    .getAsJsonObject()
                    .asMap()
                    .forEach(
                        (method, operation) ->
                            operations.add(
                                new Operation(
                                    method.toUpperCase(Locale.ROOT),
                                    path,
                                    shape(operation.getAsJsonObject())))));
    return operations;
  }

  /** The hash of the body's parameters, or of the query's. */
  private JsonObject shape(JsonObject operation) {
    JsonObject shape = new JsonObject();
    JsonObject properties = new JsonObject();
    var required = new com.google.gson.JsonArray();
    if (operation.has("parameters")) {
      for (JsonElement each : operation.getAsJsonArray("parameters")) {
        JsonObject parameter = each.getAsJsonObject();
        if (parameter.get("in").getAsString().equals("query")) {
          properties.add(parameter.get("name").getAsString(), parameter.get("schema"));
          if (parameter.has("required") && parameter.get("required").getAsBoolean()) {
            required.add(parameter.get("name").getAsString());
          }
        }
      }
    }
    if (operation.has("requestBody")) {
      JsonObject content = operation.getAsJsonObject("requestBody").getAsJsonObject("content");
      if (content.has("application/x-www-form-urlencoded")) {
        JsonObject body =
            resolved(
                content
                    .getAsJsonObject("application/x-www-form-urlencoded")
                    .getAsJsonObject("schema"));
        if (body.has("properties")) {
          body.getAsJsonObject("properties").asMap().forEach(properties::add);
        }
        if (body.has("required")) {
          required.addAll(body.getAsJsonArray("required"));
        }
      }
    }
    shape.addProperty("type", "object");
    shape.add("properties", properties);
    shape.add("required", required);
    return shape;
  }

  private JsonObject resolved(JsonObject schema) {
    JsonObject at = schema;
    while (at.has("$ref")) {
      String name = at.get("$ref").getAsString().substring(SCHEMAS.length());
      at = document.getAsJsonObject("components").getAsJsonObject("schemas").getAsJsonObject(name);
    }
    return at;
  }

  /** What a value may be, with references and alternatives resolved. */
  private List<JsonObject> kinds(JsonObject schema) {
    JsonObject resolved = resolved(schema);
    if (!resolved.has("anyOf")) {
      return List.of(resolved);
    }
    List<JsonObject> kinds = new ArrayList<>();
    resolved
        .getAsJsonArray("anyOf")
        .forEach(alternative -> kinds.addAll(kinds(alternative.getAsJsonObject())));
    return kinds;
  }

  /** Every parameter of an operation: nested ones, elements of lists and members of open hashes. */
  List<Parameter> parameters(Operation operation) {
    Map<String, Set<JsonObject>> found = new LinkedHashMap<>();
    collect("", operation.shape(), 0, found);
    found.remove("");
    return found.entrySet().stream()
        .map(entry -> new Parameter(entry.getKey(), List.copyOf(entry.getValue())))
        .toList();
  }

  private void collect(
      String path, JsonObject schema, int depth, Map<String, Set<JsonObject>> found) {
    for (JsonObject kind : kinds(schema)) {
      found.computeIfAbsent(path, _ -> new LinkedHashSet<>()).add(kind);
      if (depth == MAX_DEPTH) {
        continue;
      }
      if (kind.has("properties")) {
        kind.getAsJsonObject("properties")
            .asMap()
            .forEach(
                (name, inner) ->
                    collect(join(path, name), inner.getAsJsonObject(), depth + 1, found));
      } else if (kind.has("additionalProperties")
          && kind.get("additionalProperties").isJsonObject()) {
        collect(path + "[key]", kind.getAsJsonObject("additionalProperties"), depth + 1, found);
      }
      if (kind.has("items")) {
        collect(path + "[0]", kind.getAsJsonObject("items"), depth + 1, found);
      }
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "[" + name + "]";
  }

  /**
   * What must be sent beside a parameter: the required parameters of the operation and of every
   * hash around it, with values that the description allows.
   */
  Map<String, String> companions(Operation operation, String path) {
    Map<String, String> pairs = new LinkedHashMap<>();
    List<JsonObject> around = List.of(operation.shape());
    String prefix = "";
    for (String segment : path.replace("]", "").split("\\[")) {
      List<JsonObject> inside = new ArrayList<>();
      for (JsonObject hash : around) {
        addRequired(prefix, hash, pairs);
        if (hash.has("properties") && hash.getAsJsonObject("properties").has(segment)) {
          inside.addAll(kinds(hash.getAsJsonObject("properties").getAsJsonObject(segment)));
        } else if (hash.has("items") && segment.equals("0")) {
          inside.addAll(kinds(hash.getAsJsonObject("items")));
        }
      }
      prefix = join(prefix, segment);
      around = inside;
    }
    pairs.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "["));
    return pairs;
  }

  /** Everything that an operation requires. */
  Map<String, String> required(Operation operation) {
    Map<String, String> pairs = new LinkedHashMap<>();
    addRequired("", operation.shape(), pairs);
    return pairs;
  }

  private void addRequired(String prefix, JsonObject hash, Map<String, String> pairs) {
    if (!hash.has("required")) {
      return;
    }
    for (JsonElement name : hash.getAsJsonArray("required")) {
      String path = join(prefix, name.getAsString());
      JsonObject schema = hash.getAsJsonObject("properties").getAsJsonObject(name.getAsString());
      addExample(path, kinds(schema).getFirst(), pairs);
    }
  }

  private void addExample(String path, JsonObject kind, Map<String, String> pairs) {
    if (kind.has("properties")) {
      addRequired(path, kind, pairs);
    } else if (kind.has("items")) {
      addExample(path + "[0]", kinds(kind.getAsJsonObject("items")).getFirst(), pairs);
    } else {
      pairs.put(path, example(path, kind));
    }
  }

  /** A value that the description allows. */
  private static String example(String path, JsonObject kind) {
    if (kind.has("examples")) {
      return kind.getAsJsonArray("examples").get(0).getAsString();
    }
    if (kind.has("enum")) {
      return kind.getAsJsonArray("enum").get(0).getAsString();
    }
    String type = kind.has("type") ? kind.get("type").getAsString() : "string";
    String format = kind.has("format") ? kind.get("format").getAsString() : "";
    return switch (type) {
      case "integer" -> Long.toString(kind.has("minimum") ? kind.get("minimum").getAsLong() : 100);
      case "boolean" -> "false";
      case "object" -> "";
      default ->
          switch (format) {
            case "uri" -> "https://example.com/";
            case "email" -> "ada@example.com";
            // A description that tells neither form nor example says it by the name alone.
            default -> path.contains("currency") ? "usd" : "x";
          };
    };
  }
}
