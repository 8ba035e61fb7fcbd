package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last backups that were made of a home, in {@link Home#backupHistory()}. */
public final class BackupHistory {
  private static final int KEPT = 100;

  private BackupHistory() {}

  /**
   * A backup that is whole and on its disk.
   *
   * @param at of which moment it is
   * @param bytes the file's size
   */
  public record Made(String id, Instant at, Path file, long bytes) {
    /**
     * Whether the file has the size that it was written with; one that is not there any more was
     * carried away, which is what a backup is for.
     */
    public boolean isAsWritten() {
      try {
        return !Files.exists(file) || Files.size(file) == bytes;
      } catch (IOException _) {
        return false;
      }
    }
  }

  static void add(Home home, Made made) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    read(home).forEach(each -> all.add(tree(each)));
    all.add(tree(made));
    List<?> last = all.subList(Math.max(0, all.size() - KEPT), all.size());
    HomeFiles.writePrivate(home.backupHistory(), Json.writeString(Map.of("backups", last)));
  }

  private static Map<String, @Nullable Object> tree(Made made) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", made.id());
    tree.put("at", made.at().toString());
    tree.put("file", made.file().toString());
    tree.put("bytes", made.bytes());
    return tree;
  }

  /** The newest one that was made, if any ever was. */
  public static Optional<Made> last(Home home) {
    List<Made> all = read(home);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  private static List<Made> read(Home home) {
    List<Made> all = new ArrayList<>();
    Optional<String> json = HomeFiles.read(home.backupHistory());
    if (json.isPresent() && Json.readObject(json.get()).get("backups") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> tree && tree.get("bytes") instanceof Long bytes) {
          all.add(
              new Made(
                  String.valueOf(tree.get("id")),
                  Instant.parse(String.valueOf(tree.get("at"))),
                  Path.of(String.valueOf(tree.get("file"))),
                  bytes));
        }
      }
    }
    return all;
  }
}
