package dev.portcullis.wire.key;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** Which there are instead of that name, in two sentences. */
  public static String unknown(String name) {
    List<String> known =
        Stream.of(ApiResource.values())
            .flatMap(resource -> Stream.of(resource.read(), resource.write()))
            .map(Permission::wireName)
            .toList();
    return "There is no permission %s; did you mean %s? A permission is one of these with _read or _write, which includes reading: %s."
        .formatted(
            ApiErrors.shown(name),
            Nearest.to(name, known),
            Stream.of(ApiResource.values())
                .map(ApiResource::wireName)
                .collect(Collectors.joining(", ")));
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
