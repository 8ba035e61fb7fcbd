package dev.portcullis.wire.params;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes JSON bodies into the same tree as forms, under the same bounds. */
public final class JsonParams {

  private int count;

  private JsonParams() {}

  /**
   * Decodes a body; an empty one has no parameters.
   *
   * @throws ApiException 400 that names the parameter, or the body if it is not JSON
   */
  public static ParamTree decode(byte[] body) {
    if (body.length == 0) {
      return ParamTree.EMPTY;
    }
    try {
      return new ParamTree(new JsonParams().members(Json.readParameters(body), "", 1));
    } catch (MalformedJsonException e) {
      throw new ApiException(
          ApiErrors.invalid("(body)", "parameter_invalid_json", String.valueOf(e.getMessage())), e);
    }
  }

  private Map<String, ParamValue> members(Map<?, ?> object, String path, int depth) {
    Map<String, ParamValue> members = new LinkedHashMap<>();
    object.forEach(
        (key, value) -> {
          String name = (String) key;
          String param = path.isEmpty() ? name : path + "[" + name + "]";
          Bounds.checkName(name, param);
          if (name.indexOf('[') >= 0 || name.indexOf(']') >= 0) {
            throw Bounds.refused(
                param, "parameter_invalid_name", "A parameter's name has brackets.");
          }
          members.put(name, value(value, param, depth));
        });
    return members;
  }

  private ParamValue value(@Nullable Object value, String param, int depth) {
    Bounds.checkCount(++count, param);
    Bounds.checkDepth(depth, param);
    return switch (value) {
      case null -> new ParamValue.Text("");
      case String text -> {
        Bounds.checkText(text, param);
        yield new ParamValue.Text(text);
      }
      case Map<?, ?> object -> new ParamValue.Members(members(object, param, depth + 1));
      case List<?> array -> new ParamValue.Items(items(array, param, depth + 1));
      // Numbers and truth values. A number is never written out in full: 1e999999999 would not fit.
      default -> new ParamValue.Text(value.toString());
    };
  }

  private List<ParamValue> items(List<?> array, String param, int depth) {
    List<ParamValue> items = new ArrayList<>();
    for (int at = 0; at < array.size(); at++) {
      items.add(value(array.get(at), param + "[" + at + "]", depth));
    }
    return items;
  }
}
