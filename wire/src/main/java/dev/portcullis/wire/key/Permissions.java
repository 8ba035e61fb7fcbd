package dev.portcullis.wire.key;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A restricted key's permissions: for each resource none, read or write. */
public final class Permissions {

  /** Nothing may be done. */
  public static final Permissions NONE = of(List.of());

  private final Map<ApiResource, Permission> byResource = new EnumMap<>(ApiResource.class);

  private Permissions(Collection<Permission> permissions) {
    for (Permission permission : permissions) {
      byResource.merge(
          permission.resource(), permission, (one, two) -> one.covers(two) ? one : two);
    }
  }

  /** Those permissions; of two on one resource the greater counts. */
  public static Permissions of(Collection<Permission> permissions) {
    return new Permissions(permissions);
  }

  /**
   * The permissions of those names.
   *
   * @throws IllegalArgumentException naming one that is unknown
   */
  public static Permissions parse(Collection<String> names) {
    return of(
        names.stream()
            .map(
                name ->
                    Permission.parse(name)
                        .orElseThrow(() -> new IllegalArgumentException("no permission " + name)))
            .toList());
  }

  /** Whether they allow that. */
  public boolean allow(Permission needed) {
    Permission held = byResource.get(needed.resource());
    return held != null && held.covers(needed);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return byResource.isEmpty();
  }

  /** Their names, in one order: for each resource the one that includes the other. */
  public List<String> names() {
    return byResource.values().stream().map(Permission::wireName).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Permissions that && byResource.equals(that.byResource);
  }

  @Override
  public int hashCode() {
    return byResource.hashCode();
  }

  @Override
  public String toString() {
    return names().toString();
  }
}
