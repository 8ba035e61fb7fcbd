package dev.portcullis.gateway.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an object of the API has, as JSON Schema. Every member that is named here is always there,
 * if only as null, unless it was added as one that is there at times.
 */
final class ObjectType {

  private static final Map<String, Object> TEXT = Map.of("type", "string");
  private static final Map<String, Object> WHOLE = Map.of("type", "integer", "format", "int64");
  private static final Map<String, Object> TRUTH = Map.of("type", "boolean");
  private static final Map<String, Object> NULL = Map.of("type", "null");

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();
  private final List<String> always = new ArrayList<>();

  /** An object with its type's name in {@code object}. */
  static ObjectType named(String object) {
    ObjectType type = new ObjectType();
    type.put("object", Map.of("type", "string", "const", object));
    return type;
  }

  /** A hash within an object. */
  static ObjectType hash() {
    return new ObjectType();
  }

  private void put(String name, Object schema) {
    if (members.put(name, schema) != null) {
      throw new IllegalArgumentException(name + " is there twice");
    }
    always.add(name);
  }

  private ObjectType all(Object schema, String... names) {
    for (String name : names) {
      put(name, schema);
    }
    return this;
  }

  ObjectType text(String... names) {
    return all(TEXT, names);
  }

  /** Texts or null. */
  ObjectType textOrNull(String... names) {
    return all(orNull(TEXT), names);
  }

  ObjectType whole(String... names) {
    return all(WHOLE, names);
  }

  ObjectType wholeOrNull(String... names) {
    return all(orNull(WHOLE), names);
  }

  ObjectType truth(String... names) {
    return all(TRUTH, names);
  }

  ObjectType truthOrNull(String... names) {
    return all(orNull(TRUTH), names);
  }

  /** What Stripe has and we never have: always null. */
  ObjectType nothing(String... names) {
    return all(NULL, names);
  }

  ObjectType texts(String... names) {
    return all(Map.of("type", "array", "items", TEXT), names);
  }

  /** Names and texts of the client's. */
  ObjectType metadata() {
    return all(Map.of("type", "object", "additionalProperties", TEXT), "metadata");
  }

  ObjectType one(String name, ObjectType hash) {
    return all(hash.schema(), name);
  }

  ObjectType oneOrNull(String name, ObjectType hash) {
    return all(Map.of("anyOf", List.of(hash.schema(), NULL)), name);
  }

  ObjectType many(String name, ObjectType hash) {
    return all(Map.of("type", "array", "items", hash.schema()), name);
  }

  /** A hash whose members are the business of another feature. */
  ObjectType open(String... names) {
    return all(Map.of("type", "object"), names);
  }

  /** The members of another type, as those that are there at times. */
  ObjectType atTimes(ObjectType other) {
    other.members.forEach(
        (name, schema) -> {
          if (members.put(name, schema) != null) {
            throw new IllegalArgumentException(name + " is there twice");
          }
        });
    return this;
  }

  private static Map<String, Object> orNull(Map<String, Object> schema) {
    Map<String, Object> either = new LinkedHashMap<>(schema);
    either.put("type", List.of(schema.get("type"), "null"));
    return either;
  }

  /** The schema, with the members in the order of their names. */
  Map<String, @Nullable Object> schema() {
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", new TreeMap<>(members));
    schema.put("required", always.stream().sorted().toList());
    return schema;
  }
}
