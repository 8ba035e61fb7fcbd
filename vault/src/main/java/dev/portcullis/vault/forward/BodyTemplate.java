package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.wire.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's body with its slots, checked against the policy. A slot is a whole value at a place
 * that the policy names for it; the opening braces anywhere else are refused, so what is filled in
 * cannot be smuggled into another field. A text that somebody typed may hold them if it is marked
 * as {@link Slot#LITERAL}: what is filled in is decided by the place alone, never by what a text
 * holds. The values are put in as bytes and never become text.
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
      case String text when text.startsWith(Slot.LITERAL) -> {}
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
   * The body to send, to be cleared by the caller. It passes {@link #check} first.
   *
   * @param values what to fill in; a slot without one is left out with its member
   */
  static byte[] fill(Map<String, ?> body, EnumMap<Slot, byte[]> values) {
    Clearable out = new Clearable(1 << 10);
    write(body, values, out);
    byte[] filled = out.toByteArray();
    out.clear();
    return filled;
  }

  private static void write(@Nullable Object value, EnumMap<Slot, byte[]> values, Clearable out) {
    switch (value) {
      case Map<?, ?> object -> writeObject(object, values, out);
      case List<?> list -> {
        out.write('[');
        for (int i = 0; i < list.size(); i++) {
          out.comma(i > 0);
          write(list.get(i), values, out);
        }
        out.write(']');
      }
      case String text when text.startsWith(Slot.LITERAL) ->
          out.writeBytes(Json.write(text.substring(Slot.LITERAL.length())));
      case String text when text.startsWith(Slot.OPEN) -> {
        out.write('"');
        out.writeBytes(Objects.requireNonNull(valueOf(text, values)));
        out.write('"');
      }
      case null, default -> out.writeBytes(Json.write(value));
    }
  }

  private static void writeObject(Map<?, ?> object, EnumMap<Slot, byte[]> values, Clearable out) {
    out.write('{');
    boolean more = false;
    for (Map.Entry<?, ?> member : object.entrySet()) {
      if (isEmptySlot(member.getValue(), values)) {
        continue;
      }
      out.comma(more);
      more = true;
      out.writeBytes(Json.write(member.getKey()));
      out.write(':');
      write(member.getValue(), values, out);
    }
    out.write('}');
  }

  private static boolean isEmptySlot(@Nullable Object value, EnumMap<Slot, byte[]> values) {
    return value instanceof String text
        && text.startsWith(Slot.OPEN)
        && !text.startsWith(Slot.LITERAL)
        && valueOf(text, values) == null;
  }

  private static byte @Nullable [] valueOf(String text, EnumMap<Slot, byte[]> values) {
    for (Map.Entry<Slot, byte[]> value : values.entrySet()) {
      if (value.getKey().placeholder().equals(text)) {
        return value.getValue();
      }
    }
    return null;
  }

  /** A buffer that can be cleared: it holds a card number. */
  private static final class Clearable extends ByteArrayOutputStream {
    Clearable(int size) {
      super(size);
    }

    void comma(boolean more) {
      if (more) {
        write(',');
      }
    }

    void clear() {
      Arrays.fill(buf, (byte) 0);
    }

    /** A buffer that grows leaves the smaller one behind: that one is cleared too. */
    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      byte[] before = buf;
      super.write(bytes, from, length);
      forget(before);
    }

    @Override
    public synchronized void write(int one) {
      byte[] before = buf;
      super.write(one);
      forget(before);
    }

    private void forget(byte[] before) {
      if (before != buf) {
        Arrays.fill(before, (byte) 0);
      }
    }
  }
}
