package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands at the beginning of a backup, encrypted like the rest.
 *
 * @param id the backup's own
 * @param instance the home that it was made of
 * @param at when the gateway's snapshot was taken: what came later is not in it
 * @param histories each database's migrations, oldest first
 * @param keys by what the key files that the data needs are recognized; see {@link KeyFiles}
 */
public record Preamble(
    String id,
    String instance,
    Instant at,
    Map<Zone, List<Migration>> histories,
    Map<String, Set<String>> keys) {

  /**
   * A migration that was applied.
   *
   * @param version such as {@code 12}
   * @param checksum Flyway's, of the script
   */
  public record Migration(String version, long checksum) {}

  /** The version that a zone's database has. */
  String version(Zone zone) {
    return histories.getOrDefault(zone, List.of()).getLast().version();
  }

  Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", id);
    tree.put("instance", instance);
    tree.put("at", at.toString());
    Map<String, @Nullable Object> databases = new LinkedHashMap<>();
    histories.forEach(
        (zone, history) ->
            databases.put(
                zone.label(),
                history.stream().map(each -> List.of(each.version(), each.checksum())).toList()));
    tree.put("migrations", databases);
    Map<String, @Nullable Object> files = new LinkedHashMap<>();
    keys.forEach((file, marks) -> files.put(file, List.copyOf(marks)));
    tree.put("keys", files);
    return tree;
  }

  static Preamble read(Map<String, @Nullable Object> tree) throws IOException {
    try {
      Map<Zone, List<Migration>> histories = new LinkedHashMap<>();
      for (Zone zone : Dump.ORDER) {
        histories.put(zone, history(map(tree.get("migrations")).get(zone.label())));
      }
      Map<String, Set<String>> keys = new LinkedHashMap<>();
      map(tree.get("keys"))
          .forEach(
              (file, marks) -> {
                Set<String> all = new LinkedHashSet<>();
                list(marks).forEach(mark -> all.add(String.valueOf(mark)));
                keys.put(String.valueOf(file), all);
              });
      return new Preamble(
          String.valueOf(tree.get("id")),
          String.valueOf(tree.get("instance")),
          Instant.parse(String.valueOf(tree.get("at"))),
          histories,
          keys);
    } catch (ClassCastException | DateTimeException e) {
      throw new IOException("the backup's beginning is not understood", e);
    }
  }

  private static List<Migration> history(@Nullable Object value) throws IOException {
    List<Migration> history = new ArrayList<>();
    for (Object each : list(value)) {
      List<?> pair = list(each);
      history.add(new Migration((String) pair.get(0), (Long) pair.get(1)));
    }
    if (history.isEmpty()) {
      throw new IOException("the backup names no migrations");
    }
    return history;
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
