package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.SlotRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final Policy.Body rules;
  private final @Nullable Map<String, @Nullable Object> tree;
  private final Set<SlotRule> used = new HashSet<>();

  private BodyTemplate(
      Policy.Body rules, Policy.Credential credential, @Nullable Map<String, ?> body) {
    this.rules = rules;
    this.tree = body == null ? null : object("", body, 0);
    if (tree != null) {
      PolicyMembers.requireFree(tree, rules.fixed().keySet(), credential.members());
    }
  }

  /**
   * A body as the gateway sent it.
   *
   * @param body null where there is none
   * @param credential what the vault will write into it, maybe
   * @throws dev.portcullis.vault.http.InternalException {@code policy_violation} if a slot stands
   *     where the policy does not allow it, or something where the policy itself writes
   */
  static BodyTemplate read(
      Policy.Body rules, Policy.Credential credential, @Nullable Map<String, ?> body) {
    return new BodyTemplate(rules, credential, body);
  }

  /** The slots that it uses. */
  Set<SlotRule> slots() {
    return Set.copyOf(used);
  }

  /** The tree, with the rule itself in the place of each slot. */
  private @Nullable Object resolved(String pointer, @Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw ForwardRefusal.violation("the body is nested too deeply");
    }
    return switch (value) {
      case Map<?, ?> object -> object(pointer, object, depth);
      case List<?> list -> {
        List<@Nullable Object> elements = new ArrayList<>();
        list.forEach(element -> elements.add(resolved(pointer + "/-", element, depth + 1)));
        yield elements;
      }
      case String text when text.startsWith(Slot.LITERAL) -> text.substring(Slot.LITERAL.length());
      case String text when text.contains(Slot.OPEN) -> slot(pointer, text);
      case null, default -> value;
    };
  }

  private Map<String, @Nullable Object> object(String pointer, Map<?, ?> object, int depth) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    object.forEach(
        (key, member) -> {
          String name = (String) key;
          if (name.contains(Slot.OPEN)) {
            throw ForwardRefusal.violation("a slot stands in a name");
          }
          if (rules.encoding() == Policy.Encoding.FORM && !FormBody.isName(name)) {
            throw ForwardRefusal.violation("a form has no such name");
          }
          members.put(name, resolved(pointer + "/" + escaped(name), member, depth + 1));
        });
    return members;
  }

  /** RFC 6901, 3: a name with a slash must not look like a path; nor one like a list's elements. */
  private static String escaped(String name) {
    String plain = name.replace("~", "~0").replace("/", "~1");
    return plain.equals("-") ? "~-" : plain;
  }

  private SlotRule slot(String pointer, String text) {
    SlotRule rule = rules.slots().get(pointer);
    if (rule == null || !rule.slot().placeholder().equals(text)) {
      throw ForwardRefusal.violation("no such slot may stand at " + pointer);
    }
    used.add(rule);
    return rule;
  }

  /**
   * The body to send, to be cleared by the caller; empty where there is none.
   *
   * @param values what to fill in; a slot without one is left out with its member
   * @param insecureCredential what the vault proves itself with, by pointer
   */
  byte[] fill(Map<SlotRule, byte[]> values, Map<String, String> insecureCredential) {
    boolean written = !rules.fixed().isEmpty() || !insecureCredential.isEmpty();
    if (tree == null && !written && rules.envelope() == null) {
      return new byte[0];
    }
    Map<String, ?> sent = Map.of();
    if (tree != null) {
      sent = tree;
    }
    Map<String, ?> whole = PolicyMembers.before(sent, insecureCredential, rules.fixed());
    if (rules.envelope() != null) {
      whole = Map.of(rules.envelope(), whole);
    }
    ClearableBuffer out = new ClearableBuffer();
    switch (rules.encoding()) {
      case JSON -> JsonBody.write(whole, values, out);
      case FORM -> FormBody.write(whole, values, out);
    }
    byte[] filled = out.toByteArray();
    out.clear();
    return filled;
  }
}
