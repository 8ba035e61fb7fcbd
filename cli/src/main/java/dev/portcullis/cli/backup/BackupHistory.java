package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
  /** More than anybody keeps in a folder: what is forgotten here is never removed there. */
  private static final int KEPT = 10_000;

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

    /** However the folder is written, by a link or by another way to it. */
    private boolean isIn(Path folder) {
      Path parent = file.getParent();
      try {
        return parent != null && Files.isDirectory(parent) && Files.isSameFile(parent, folder);
      } catch (IOException _) {
        return false;
      }
    }

    private boolean isThere() {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && isAsWritten();
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

  /**
   * The backups of this home in a folder beyond the newest ones. It goes by the home's own record
   * and never by names: whoever can write to the folder could lay files there that look newer, and
   * have the good ones removed. What is not there any more, or not as it was written, is neither
   * counted nor named.
   *
   * @param keep how many stay, at least 1
   * @return the oldest first
   */
  static List<Made> surplus(Home home, Path folder, int keep) {
    List<Made> there =
        read(home).stream().filter(made -> made.isIn(folder) && made.isThere()).toList();
    return there.subList(0, Math.max(0, there.size() - keep));
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
