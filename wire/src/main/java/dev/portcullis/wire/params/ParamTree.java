package dev.portcullis.wire.params;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The decoded parameters of one request, whatever form they came in. Immutable.
 *
 * @param members the parameters by name, in the order sent
 */
public record ParamTree(Map<String, ParamValue> members) {

  /** No parameters. */
  public static final ParamTree EMPTY = new ParamTree(Map.of());

  public ParamTree {
    members = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** The names at the top. */
  public Set<String> names() {
    return members.keySet();
  }

  /** The same parameters without those of the given names at the top. */
  public ParamTree without(String... names) {
    Map<String, ParamValue> rest = new LinkedHashMap<>(members);
    Set.of(names).forEach(rest::remove);
    return new ParamTree(rest);
  }

  /** Visits every text with its bracket path, keys of maps included in the path. */
  public void forEachText(BiConsumer<String, String> visitor) {
    members.forEach((name, value) -> visit(name, value, visitor));
  }

  private static void visit(String path, ParamValue value, BiConsumer<String, String> visitor) {
    switch (value) {
      case ParamValue.Text(String text) -> visitor.accept(path, text);
      case ParamValue.Items(var items) -> {
        for (int at = 0; at < items.size(); at++) {
          visit(path + "[" + at + "]", items.get(at), visitor);
        }
      }
      case ParamValue.Members(var inner) ->
          inner.forEach((name, member) -> visit(path + "[" + name + "]", member, visitor));
    }
  }

  /**
   * A hash of the parameters that does not depend on their order or on the body's form, 32 bytes:
   * two requests with the same one ask for the same thing.
   */
  public byte[] fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest(digest, new ParamValue.Members(members));
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** Every part is preceded by its kind and length, so that no two trees make the same bytes. */
  private static void digest(MessageDigest digest, ParamValue value) {
    switch (value) {
      case ParamValue.Text(String text) -> digest(digest, 't', text);
      case ParamValue.Items(var items) -> {
        digest(digest, 'i', Integer.toString(items.size()));
        items.forEach(item -> digest(digest, item));
      }
      case ParamValue.Members(var inner) -> {
        digest(digest, 'm', Integer.toString(inner.size()));
        new TreeMap<>(inner)
            .forEach(
                (name, member) -> {
                  digest(digest, 'n', name);
                  digest(digest, member);
                });
      }
    }
  }

  private static void digest(MessageDigest digest, char kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((kind + Integer.toString(bytes.length) + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }
}
