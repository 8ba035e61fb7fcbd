package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.wire.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's body with its slots, checked against the policy. A slot is a whole value at a place
 * that the policy names for it; the opening braces anywhere else are refused, so what is filled in
 * cannot be smuggled into another field. The values are put in as bytes and never become text.
 */
final class BodyTemplate {

  private static final int MAX_DEPTH = 16;

  private final Map<String, SlotRule> rules;
  private final Set<Slot> used = EnumSet.noneOf(Slot.class);

  private BodyTemplate(Map<String, SlotRule> rules) {
    this.rules = rules;
  }

  /**
   * The slots that a body uses.
   *
   * @throws dev.portcullis.vault.http.InternalException {@code policy_violation} if one stands
   *     where the policy does not allow it
   */
  static Set<Slot> check(@Nullable Map<String, ?> body, Map<String, SlotRule> rules) {
    BodyTemplate template = new BodyTemplate(rules);
    if (body != null) {
      template.walk("", body, 0);
    }
    return template.used;
  }

  private void walk(String pointer, @Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw ForwardRefusal.violation("the body is nested too deeply");
    }
    switch (value) {
      case Map<?, ?> object ->
          object.forEach(
              (name, member) -> {
                if (((String) name).contains(Slot.OPEN)) {
                  throw ForwardRefusal.violation("a slot stands in a name");
                }
                walk(pointer + "/" + escaped((String) name), member, depth + 1);
              });
      case List<?> list -> list.forEach(element -> walk(pointer + "/-", element, depth + 1));
      case String text when text.contains(Slot.OPEN) -> slot(pointer, text);
      case null, default -> {}
    }
  }

  /** RFC 6901, 3: a name with a slash must not look like a path; nor one like a list's elements. */
  private static String escaped(String name) {
    String plain = name.replace("~", "~0").replace("/", "~1");
    return plain.equals("-") ? "~-" : plain;
  }

  private void slot(String pointer, String text) {
    SlotRule rule = rules.get(pointer);
    if (rule == null || !rule.slot().placeholder().equals(text)) {
      throw ForwardRefusal.violation("no such slot may stand at " + pointer);
    }
    used.add(rule.slot());
  }

  /**
   * The body to send, to be cleared by the caller.
   *
   * @param values what to fill in; a slot without one is left out with its member
   */
  static byte[] fill(
      Map<String, ?> body, Map<String, SlotRule> rules, EnumMap<Slot, byte[]> values) {
    byte[] json = Json.write(without(body, values));
    Clearable out = new Clearable(json.length + 64);
    int from = 0;
    for (int at = 0; at < json.length; at++) {
      Slot slot = slotAt(json, at, rules);
      if (slot != null) {
        out.write(json, from, at - from);
        out.writeBytes(values.get(slot));
        at += slot.placeholder().length() - 1;
        from = at + 1;
      }
    }
    out.write(json, from, json.length - from);
    byte[] filled = out.toByteArray();
    out.clear();
    return filled;
  }

  private static @Nullable Slot slotAt(byte[] json, int at, Map<String, SlotRule> rules) {
    if (json[at] != '{' || at + 1 >= json.length || json[at + 1] != '{') {
      return null;
    }
    for (SlotRule rule : rules.values()) {
      byte[] place = rule.slot().placeholder().getBytes(StandardCharsets.US_ASCII);
      if (at + place.length <= json.length && startsWith(json, at, place)) {
        return rule.slot();
      }
    }
    return null;
  }

  private static boolean startsWith(byte[] json, int at, byte[] place) {
    for (int i = 0; i < place.length; i++) {
      if (json[at + i] != place[i]) {
        return false;
      }
    }
    return true;
  }

  /** The tree without members whose slot has no value. */
  private static Object without(@Nullable Object value, EnumMap<Slot, byte[]> values) {
    if (!(value instanceof Map<?, ?> object)) {
      return value == null ? Map.of() : value;
    }
    Map<String, @Nullable Object> kept = new LinkedHashMap<>();
    object.forEach(
        (name, member) -> {
          boolean empty =
              member instanceof String text
                  && text.startsWith(Slot.OPEN)
                  && values.keySet().stream().noneMatch(slot -> slot.placeholder().equals(text));
          if (!empty) {
            kept.put((String) name, member instanceof Map<?, ?> ? without(member, values) : member);
          }
        });
    return kept;
  }

  /** A buffer that can be cleared: it holds a card number. */
  private static final class Clearable extends ByteArrayOutputStream {
    Clearable(int size) {
      super(size);
    }

    void clear() {
      java.util.Arrays.fill(buf, (byte) 0);
    }
  }
}
