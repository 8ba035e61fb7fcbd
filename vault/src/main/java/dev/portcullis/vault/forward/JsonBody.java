package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a body as JSON. */
final class JsonBody {

  private final Map<SlotRule, byte[]> values;
  private final ClearableBuffer out;

  private JsonBody(Map<SlotRule, byte[]> values, ClearableBuffer out) {
    this.values = values;
    this.out = out;
  }

  /**
   * Writes a tree.
   *
   * @param tree in which slots stand as their rules
   * @param values what to fill in; a slot without one is left out with its member
   */
  static void write(Map<?, ?> tree, Map<SlotRule, byte[]> values, ClearableBuffer out) {
    new JsonBody(values, out).value(tree);
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case Map<?, ?> object -> object(object);
      case List<?> list -> list(list);
      case SlotRule slot -> slot(slot, values.get(slot));
      case null, default -> out.move(Json.write(value));
    }
  }

  private void object(Map<?, ?> object) {
    out.write('{');
    boolean more = false;
    for (Map.Entry<?, ?> member : object.entrySet()) {
      if (isLeftOut(member.getValue())) {
        continue;
      }
      comma(more);
      more = true;
      out.move(Json.write(member.getKey()));
      out.write(':');
      value(member.getValue());
    }
    out.write('}');
  }

  private void list(List<?> list) {
    out.write('[');
    boolean more = false;
    for (Object element : list) {
      if (isLeftOut(element)) {
        continue;
      }
      comma(more);
      more = true;
      value(element);
    }
    out.write(']');
  }

  private boolean isLeftOut(@Nullable Object value) {
    return value instanceof SlotRule slot && !values.containsKey(slot);
  }

  private void comma(boolean more) {
    if (more) {
      out.write(',');
    }
  }

  /** Digits with dashes and slashes at most: nothing that JSON would escape. */
  private void slot(SlotRule slot, byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalStateException("a slot without a value is left out");
    }
    boolean text = slot.form() != SlotForm.NUMBER;
    if (text) {
      out.write('"');
    }
    out.writeBytes(value);
    if (text) {
      out.write('"');
    }
  }
}
