package dev.portcullis.wire.key;

import java.util.Locale;
import java.util.Optional;

/**
 * What a restricted key may do with one resource. No permission at all is the default.
 *
 * @param resource what it is about
 * @param level how far it goes
 */
public record Permission(ApiResource resource, Level level) {

  /** How far a permission goes; the later one includes the earlier. */
  public enum Level {
    READ,
    WRITE
  }

  /** The permission of that name, such as {@code charge_read}; empty if there is none. */
  public static Optional<Permission> parse(String name) {
    for (Level level : Level.values()) {
      String ending = ending(level);
      if (name.endsWith(ending)) {
        return ApiResource.ofWireName(name.substring(0, name.length() - ending.length()))
            .map(resource -> new Permission(resource, level));
      }
    }
    return Optional.empty();
  }

  private static String ending(Level level) {
    return "_" + level.name().toLowerCase(Locale.ROOT);
  }

  /** Its name, such as {@code charge_read}. */
  public String wireName() {
    return resource.wireName() + ending(level);
  }

  /** Whether whoever has this one may do what the other one says. */
  public boolean covers(Permission other) {
    return resource == other.resource && level.compareTo(other.level) >= 0;
  }

  @Override
  public String toString() {
    return wireName();
  }
}
