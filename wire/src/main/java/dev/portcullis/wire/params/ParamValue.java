package dev.portcullis.wire.params;

import java.util.List;
import java.util.Map;

/** A decoded parameter: a text, a list, or parameters within it. */
public sealed interface ParamValue {

  /**
   * A text. Numbers and truth values of a JSON body arrive as their text too, so that both forms of
   * a body mean the same; so does null, which unsets a parameter as an empty text does.
   */
  record Text(String text) implements ParamValue {}

  /** A list, without gaps. */
  record Items(List<ParamValue> items) implements ParamValue {
    public Items {
      items = List.copyOf(items);
    }
  }

  /** Parameters within a parameter. */
  record Members(Map<String, ParamValue> members) implements ParamValue {
    public Members {
      members = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(members));
    }
  }
}
