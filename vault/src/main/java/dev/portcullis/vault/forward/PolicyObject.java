package dev.portcullis.vault.forward;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One object of a policy file: its members, each read by name and refused by place. */
final class PolicyObject {

  static final Pattern POINTER = Pattern.compile("(/[0-9A-Za-z_-]{1,64}){1,8}");

  /** More of anything that has names than a policy has reason to say. */
  private static final int MOST = 32;

  private final String where;
  private final Map<String, @Nullable Object> members;
  private final PolicyFaults faults;
  private final Set<String> read = new HashSet<>();

  /**
   * @param where its place in the file, as a JSON pointer; empty for the whole
   */
  PolicyObject(String where, Map<String, @Nullable Object> members, PolicyFaults faults) {
    this.where = where;
    this.members = members;
    this.faults = faults;
  }

  /** The place of a member. */
  String at(String name) {
    return where + "/" + name;
  }

  Set<String> names() {
    return members.keySet();
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  @Nullable Object optional(String name) {
    read.add(name);
    return members.get(name);
  }

  String text(String name) {
    if (optional(name) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw faults.wrong(at(name), "must be a text");
  }

  String text(String name, Pattern form) {
    String text = text(name);
    if (!form.matcher(text).matches()) {
      throw faults.wrong(at(name), "has not the right form");
    }
    return text;
  }

  /** One of a few words. */
  String oneOf(String name, List<String> words) {
    String text = text(name);
    if (!words.contains(text)) {
      throw faults.wrong(at(name), "must be " + listed(words));
    }
    return text;
  }

  private static String listed(List<String> words) {
    int last = words.size() - 1;
    return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Object element : list(name)) {
      if (!(element instanceof String text)) {
        throw faults.wrong(at(name), "must be texts");
      }
      texts.add(text);
    }
    return texts;
  }

  private List<?> list(String name) {
    if (optional(name) instanceof List<?> list) {
      return list;
    }
    throw faults.wrong(at(name), "must be a list");
  }

  List<String> pointers(String name) {
    List<String> pointers = texts(name);
    if (!pointers.stream().allMatch(pointer -> POINTER.matcher(pointer).matches())) {
      throw faults.wrong(at(name), "must be JSON pointers");
    }
    return pointers;
  }

  PolicyObject object(String name) {
    return object(at(name), optional(name));
  }

  /** An object, or a list of some. */
  List<PolicyObject> objects(String name) {
    if (!(optional(name) instanceof List<?> list)) {
      return List.of(object(name));
    }
    if (list.isEmpty() || list.size() > MOST) {
      throw faults.wrong(at(name), "must be an object, or a list of 1 to " + MOST);
    }
    List<PolicyObject> objects = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      objects.add(object(at(name) + "/" + i, list.get(i)));
    }
    return objects;
  }

  @SuppressWarnings("unchecked") // the JSON reader makes no other maps
  private PolicyObject object(String place, @Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return new PolicyObject(place, (Map<String, @Nullable Object>) object, faults);
    }
    throw faults.wrong(place, "must be an object");
  }

  /**
   * A member that is an object whose names are not fixed, in its order; empty where there is none.
   *
   * @param names what a name must be
   * @param what that in words
   * @param value reads one value by its name
   */
  <T> Map<String, T> byName(
      String name, Pattern names, String what, BiFunction<PolicyObject, String, T> value) {
    Map<String, T> all = new LinkedHashMap<>();
    if (!has(name)) {
      return all;
    }
    PolicyObject object = object(name);
    if (object.names().size() > MOST) {
      throw faults.wrong(object.where, "must have " + MOST + " members at most");
    }
    for (String key : object.names()) {
      if (!names.matcher(key).matches()) {
        throw faults.wrong(object.where, "must have names that are " + what);
      }
      all.put(key, value.apply(object, key));
    }
    return all;
  }

  void refuseOthers() {
    for (String name : members.keySet()) {
      if (!read.contains(name)) {
        faults.note(at(name), "is not known");
      }
    }
  }
}
