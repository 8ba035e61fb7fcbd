package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.FormDecoder;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.ParamValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads forms with brackets. */
final class StripeForms {

  private StripeForms() {}

  static Map<String, @Nullable Object> read(byte[] body) {
    return members(decode(body));
  }

  /** The query of a GET, which has the same form. */
  static Tree query(String raw) {
    return new Tree(members(decode(raw.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
  }

  private static Map<String, ParamValue> decode(byte[] form) {
    try {
      ParamTree tree = FormDecoder.decode(form);
      return tree.members();
    } catch (ApiException e) {
      throw StripeErrors.invalid(null, null, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, @Nullable Object> members(Map<String, ParamValue> values) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    values.forEach((name, value) -> members.put(name, plain(value)));
    return members;
  }

  private static Object plain(ParamValue value) {
    return switch (value) {
      case ParamValue.Text(String text) -> text;
      case ParamValue.Items(List<ParamValue> items) -> {
        List<Object> list = new ArrayList<>();
        items.forEach(each -> list.add(plain(each)));
        yield list;
      }
      case ParamValue.Members(Map<String, ParamValue> members) -> members(members);
    };
  }

  /** Refuses parameters that Stripe does not know. */
  static Tree only(Map<String, @Nullable Object> body, Set<String> names) {
    for (String name : body.keySet()) {
      if (!names.contains(name)) {
        throw StripeErrors.invalid(
            "parameter_unknown", name, "Received unknown parameter: " + name);
      }
    }
    return new Tree(body);
  }

  static String needed(Tree form, String name) {
    String text = form.at(name).text();
    if (text == null) {
      throw StripeErrors.invalid(
          "parameter_missing", name, "Missing required param: " + name + ".");
    }
    return text;
  }

  /** The metadata after an update: an empty text takes one away. */
  static Map<String, String> metadata(Map<String, String> before, Tree update) {
    if (update.names().size() > 50) {
      throw StripeErrors.invalid(null, "metadata", "Metadata can have up to 50 keys.");
    }
    Map<String, String> after = new LinkedHashMap<>(before);
    for (String name : update.names()) {
      String value = update.at(name).orEmpty();
      if (name.length() > 40 || value.length() > 500) {
        throw StripeErrors.invalid(
            null, "metadata[" + name + "]", "Metadata keys have 40 and values 500 characters.");
      }
      if (value.isEmpty()) {
        after.remove(name);
      } else {
        after.put(name, value);
      }
    }
    return after;
  }

  static boolean isExpanded(Tree form, String name) {
    return form.at("expand").each().stream()
        .map(Tree::text)
        .filter(Objects::nonNull)
        .anyMatch(each -> each.equals(name) || each.equals("data." + name));
  }
}
