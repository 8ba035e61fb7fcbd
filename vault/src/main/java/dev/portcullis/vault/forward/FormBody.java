package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.SlotRule;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body as {@code application/x-www-form-urlencoded}, with names in brackets as Stripe
 * reads them: {@code a[b]=}, {@code a[0]=}. Nulls, and objects and lists without members, are left
 * out.
 */
final class FormBody {

  /** Longer than any provider's form; a name stands again before each of its values. */
  private static final int MOST_BYTES = 1 << 18;

  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_-]{1,64}");

  private final Map<SlotRule, byte[]> values;
  private final ClearableBuffer out;

  private FormBody(Map<SlotRule, byte[]> values, ClearableBuffer out) {
    this.values = values;
    this.out = out;
  }

  /**
   * Writes a tree, whose names are {@linkplain #isName names of a form}.
   *
   * @param tree in which slots stand as their rules
   * @param values what to fill in; a slot without one is left out
   * @throws dev.portcullis.vault.http.InternalException {@code policy_violation} if it would be
   *     longer than 256 KB
   */
  static void write(Map<?, ?> tree, Map<SlotRule, byte[]> values, ClearableBuffer out) {
    FormBody body = new FormBody(values, out);
    tree.forEach((name, value) -> body.pairs(PercentEncoding.of((String) name), value));
  }

  /**
   * Whether a member can have that name. Whoever reads the form undoes the percent-encoding before
   * it looks for brackets, so with a bracket in it a name would be that of another member; {@code
   * a[]} is the next element of a list; and to some readers a point or a space is an underscore.
   */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private void pairs(String name, @Nullable Object value) {
    switch (value) {
      case Map<?, ?> object ->
          object.forEach(
              (member, inner) ->
                  pairs(name + "[" + PercentEncoding.of((String) member) + "]", inner));
      case List<?> list -> {
        int written = 0; // without gaps, which a reader may refuse
        for (Object element : list) {
          int before = out.size();
          pairs(name + "[" + written + "]", element);
          written += out.size() > before ? 1 : 0;
        }
      }
      case SlotRule slot -> {
        byte[] filled = values.get(slot);
        if (filled != null) {
          pair(name, filled);
        }
      }
      case BigDecimal number -> text(name, number.toPlainString());
      case null -> {}
      default -> text(name, value.toString());
    }
  }

  private void text(String name, String value) {
    pair(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private void pair(String name, byte[] value) {
    if (out.size() + name.length() + value.length > MOST_BYTES) {
      out.clear();
      throw ForwardRefusal.violation("the body is too long for a form");
    }
    if (out.size() > 0) {
      out.write('&');
    }
    out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    out.write('=');
    PercentEncoding.write(value, out);
  }
}
