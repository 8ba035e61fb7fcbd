package dev.portcullis.gateway.openapi;

import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shapes and parameters as JSON Schema. */
final class ParameterSchemas {

  private static final int METADATA_KEYS = 50;

  /** Without control characters. */
  private static final String LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

  /** The same, with tabs and line ends. */
  private static final String LINES =
      "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

  private ParameterSchemas() {}

  /** A hash of parameters; what is not declared is refused. */
  static Map<String, @Nullable Object> of(Shape shape) {
    Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    shape.params().forEach(param -> properties.put(param.name(), of(param)));
    List<String> required =
        shape.params().stream().filter(Param::isRequired).map(Param::name).toList();
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  /** A parameter; one that an empty text unsets may be that too. */
  static Map<String, @Nullable Object> of(Param param) {
    Map<String, @Nullable Object> schema = of(param.type());
    return param.isUnsettable()
        ? one("anyOf", List.of(schema, Map.of("type", "string", "maxLength", 0)))
        : schema;
  }

  private static Map<String, @Nullable Object> of(Param.Type type) {
    return switch (type) {
      case Param.Type.Text text -> text(text);
      case Param.Type.Whole whole -> whole(whole);
      case Param.Type.Truth _ -> one("type", "boolean");
      case Param.Type.Choice choice -> with(one("type", "string"), "enum", choice.words());
      case Param.Type.CurrencyCode _ ->
          with(with(one("type", "string"), "pattern", "^[A-Za-z]{3}$"), "examples", List.of("usd"));
      case Param.Type.Url _ ->
          with(with(one("type", "string"), "format", "uri"), "maxLength", Param.MAX_URL);
      case Param.Type.Email _ ->
          with(with(one("type", "string"), "format", "email"), "maxLength", Param.MAX_EMAIL);
      case Param.Type.Hash hash -> of(hash.shape());
      case Param.Type.Items items ->
          with(with(one("type", "array"), "items", of(items.element())), "maxItems", items.max());
      case Param.Type.Metadata _ ->
          with(
              with(one("type", "object"), "additionalProperties", one("type", "string")),
              "maxProperties",
              METADATA_KEYS);
      case Param.Type.Either either ->
          one("anyOf", List.of(of(either.plain()), of(either.structure())));
      case Param.Type.AlwaysFalse _ -> with(one("type", "boolean"), "const", false);
      // What is refused whatever it is has no schema; a shape does not list it.
      case Param.Type.Unsupported _ -> one("not", Map.of());
    };
  }

  /** The pattern says what Java's says: the forms here use nothing in which ECMA-262 differs. */
  private static Map<String, @Nullable Object> text(Param.Type.Text text) {
    Map<String, @Nullable Object> schema = with(one("type", "string"), "maxLength", text.max());
    Pattern form = text.form();
    return form == null
        ? with(schema, "pattern", text.lines() ? LINES : LINE)
        : with(
            with(schema, "pattern", "^(?:" + form.pattern() + ")$"),
            "description",
            text.expected());
  }

  private static Map<String, @Nullable Object> whole(Param.Type.Whole whole) {
    Map<String, @Nullable Object> schema = with(one("type", "integer"), "minimum", whole.min());
    return whole.max() == Long.MAX_VALUE ? schema : with(schema, "maximum", whole.max());
  }

  private static Map<String, @Nullable Object> one(String name, Object value) {
    return with(new LinkedHashMap<>(), name, value);
  }

  private static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> schema, String name, Object value) {
    schema.put(name, value);
    return schema;
  }
}
