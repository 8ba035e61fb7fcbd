package dev.portcullis.vault.forward;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the vault writes into a body itself, credentials and the policy's fixed members: before all
 * that a caller put into the same object, since some providers read members in the order of a
 * schema, and never over anything of the caller's.
 */
final class PolicyMembers {

  private PolicyMembers() {}

  /**
   * Sees to it that nothing of a caller's stands where the vault will write. Of the object that a
   * credential stands in, unless that is the whole body, nothing is the caller's: no second
   * credential beside the first. Names count whatever their case, since a provider's reader may not
   * tell them apart.
   *
   * @throws dev.portcullis.vault.http.InternalException {@code policy_violation} if something does
   */
  static void requireFree(
      Map<String, ?> body, Collection<String> fixed, Collection<String> credentials) {
    for (String pointer : fixed) {
      requireFree(body, pointer, JsonPointers.names(pointer));
    }
    for (String pointer : credentials) {
      List<String> names = JsonPointers.names(pointer);
      requireFree(body, pointer, names.size() == 1 ? names : names.subList(0, names.size() - 1));
    }
  }

  private static void requireFree(@Nullable Object at, String pointer, List<String> names) {
    if (!(at instanceof Map<?, ?> object)) {
      throw ForwardRefusal.violation("what holds " + pointer + " is no object");
    }
    String name = names.getFirst();
    object.forEach(
        (key, member) -> {
          if (name.equalsIgnoreCase((String) key)) {
            if (names.size() == 1 || !name.equals(key)) {
              throw ForwardRefusal.violation("the policy alone writes " + pointer);
            }
            requireFree(member, pointer, names.subList(1, names.size()));
          }
        });
  }

  /**
   * The body with what the vault writes. It passes {@link #requireFree} first.
   *
   * @param credentials by pointer, first of all
   * @param fixed by pointer
   */
  static Map<String, ?> before(
      Map<String, ?> body, Map<String, String> credentials, Map<String, Object> fixed) {
    Map<String, Object> written = new LinkedHashMap<>();
    credentials.forEach((pointer, value) -> put(written, JsonPointers.names(pointer), value));
    fixed.forEach((pointer, value) -> put(written, JsonPointers.names(pointer), value));
    return merged(written, body);
  }

  private static void put(Map<String, Object> at, List<String> names, Object value) {
    if (names.size() == 1) {
      at.put(names.getFirst(), value);
    } else {
      put(
          object(at.computeIfAbsent(names.getFirst(), _ -> new LinkedHashMap<String, Object>())),
          names.subList(1, names.size()),
          value);
    }
  }

  private static Map<String, @Nullable Object> merged(Map<String, ?> written, Map<String, ?> sent) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    written.forEach(
        (name, value) -> {
          if (!sent.containsKey(name)) {
            all.put(name, value);
          }
        });
    sent.forEach(
        (name, value) -> {
          Object mine = written.get(name);
          all.put(name, mine == null ? value : merged(object(mine), object(value)));
        });
    return all;
  }

  /** Anything else is no object that both write into, which was refused before. */
  @SuppressWarnings("unchecked") // names are texts, here and in what JSON is read to
  private static Map<String, Object> object(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return (Map<String, Object>) object;
    }
    throw new IllegalStateException("something stands where the policy writes");
  }
}
