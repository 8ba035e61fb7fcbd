package dev.portcullis.gateway.routing;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An object of the document, read strictly: each fault names the member by its path. */
final class Members {

  private static final Pattern PLAIN = Pattern.compile("[^\\p{Cntrl}\\p{Cf}]*");

  private final String path;
  private final Map<String, @Nullable Object> left = new LinkedHashMap<>();

  private Members(String path) {
    this.path = path;
  }

  /**
   * An object.
   *
   * @param path how it is called, or an empty text for the document itself
   */
  static Members of(@Nullable Object value, String path) {
    if (!(value instanceof Map<?, ?> object)) {
      throw invalid(path, "This must be an object.");
    }
    Members members = new Members(path);
    object.forEach((name, member) -> members.left.put((String) name, member));
    return members;
  }

  static ApiException invalid(String path, String sentence) {
    String where = path.isEmpty() ? "document" : path;
    return new ApiException(ApiErrors.invalid(where, "parameter_invalid", where + ": " + sentence));
  }

  /** Its own path. */
  String path() {
    return path;
  }

  /** The path of a member. */
  String at(String name) {
    return path.isEmpty() ? name : path + "[" + name + "]";
  }

  boolean has(String name) {
    return left.containsKey(name);
  }

  /** The names of those that were not read yet. */
  Set<String> names() {
    return Set.copyOf(left.keySet());
  }

  /** A member, which is read by that. */
  @Nullable Object take(String name) {
    if (!left.containsKey(name)) {
      throw new ApiException(ApiErrors.missing(at(name)));
    }
    return left.remove(name);
  }

  /** Everything was read. */
  void end() {
    if (!left.isEmpty()) {
      throw new ApiException(ApiErrors.unknown(at(left.keySet().iterator().next())));
    }
  }

  Members object(String name) {
    return of(take(name), at(name));
  }

  String text(String name, int most) {
    return text(take(name), at(name), most);
  }

  static String text(@Nullable Object value, String path, int most) {
    if (value instanceof String text
        && !text.isBlank()
        && text.length() <= most
        && PLAIN.matcher(text).matches()) {
      return text;
    }
    throw invalid(path, "This must be a text of 1 to " + most + " characters in one line.");
  }

  long whole(String name, long min, long max) {
    if (take(name) instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw invalid(at(name), "This must be a whole number from " + min + " to " + max + ".");
  }

  boolean truth(String name) {
    if (take(name) instanceof Boolean truth) {
      return truth;
    }
    throw invalid(at(name), "This must be true or false.");
  }

  List<@Nullable Object> list(String name, int most) {
    if (take(name) instanceof List<?> list && !list.isEmpty() && list.size() <= most) {
      return new ArrayList<>(list);
    }
    throw invalid(at(name), "This must be a list of 1 to " + most + ".");
  }

  /** Reads one element of a list. */
  interface Element<T> {
    T read(@Nullable Object value, String path);
  }

  <T> List<T> list(String name, int most, Element<T> element) {
    List<T> read = new ArrayList<>();
    List<@Nullable Object> list = list(name, most);
    for (int i = 0; i < list.size(); i++) {
      read.add(element.read(list.get(i), at(name) + "[" + i + "]"));
    }
    return read;
  }

  /** A list of texts of which none comes twice. */
  <T> Set<T> set(String name, int most, int longest, Function<String, T> word, String expected) {
    Set<T> read = new LinkedHashSet<>();
    list(
        name,
        most,
        (value, at) -> {
          String text = text(value, at, longest);
          T made;
          try {
            made = word.apply(text);
          } catch (IllegalArgumentException _) {
            throw invalid(at, ApiErrors.shown(text) + " is not " + expected + ".");
          }
          if (!read.add(made)) {
            throw invalid(at, ApiErrors.shown(text) + " is there twice.");
          }
          return made;
        });
    return read;
  }
}
