package dev.portcullis.wire.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * On which line of a text each member of its JSON stands, for whoever has to mend it by hand. The
 * pointers are those of RFC 6901, without escapes.
 */
public final class JsonLines {

  private final Map<String, Integer> lines = new HashMap<>();
  private OptionalInt broken = OptionalInt.empty();

  private JsonLines() {}

  /** The lines of a text, as far as it is JSON. */
  public static JsonLines of(String text) {
    JsonLines lines = new JsonLines();
    try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      lines.walk(parser);
    } catch (JacksonException e) {
      lines.broken = OptionalInt.of(e.getLocation() == null ? 1 : e.getLocation().getLineNr());
    }
    return lines;
  }

  /** The line on which it is no JSON any more; empty where all of it is. */
  public OptionalInt broken() {
    return broken;
  }

  /** The line of that member, or of the next one around it that is there; 1 for the first. */
  public int line(String pointer, int otherwise) {
    for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
    }
    return otherwise;
  }

  /** Where the walk is: the pointer of an object or list, and how many elements a list had. */
  private static final class Level {
    final String pointer;
    final boolean list;
    int elements;

    Level(String pointer, boolean list) {
      this.pointer = pointer;
      this.list = list;
    }
  }

  private void walk(JsonParser parser) {
    Deque<Level> levels = new ArrayDeque<>();
    String member = "";
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      switch (token) {
        case PROPERTY_NAME -> {
          Level level = levels.getFirst();
          member = level.pointer + "/" + parser.currentName();
          lines.put(member, parser.currentTokenLocation().getLineNr());
        }
        case START_OBJECT, START_ARRAY ->
            levels.push(
                new Level(place(levels.peek(), member, parser), token == JsonToken.START_ARRAY));
        case END_OBJECT, END_ARRAY -> levels.pop();
        case VALUE_STRING,
            VALUE_NUMBER_INT,
            VALUE_NUMBER_FLOAT,
            VALUE_TRUE,
            VALUE_FALSE,
            VALUE_NULL,
            VALUE_EMBEDDED_OBJECT,
            NOT_AVAILABLE ->
            place(levels.peek(), member, parser);
      }
    }
  }

  /** The pointer of a value: of an object's member as it was named, of a list's by its place. */
  private String place(@Nullable Level level, String member, JsonParser parser) {
    if (level == null) {
      return "";
    }
    if (!level.list) {
      return member;
    }
    String pointer = level.pointer + "/" + level.elements++;
    lines.put(pointer, parser.currentTokenLocation().getLineNr());
    return pointer;
  }
}
