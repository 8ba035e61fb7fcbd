package dev.portcullis.cli.logs;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * All lines of the zones' logs that name something, those put aside and compressed too; and what
 * else is said of the requests that name it, since a zone that it went through may not know it.
 */
public final class LogSearch {

  /** No request says as much. */
  public static final int MOST_LINES = 10_000;

  /** So many requests that name something are followed, the first ones. */
  static final int MOST_REQUESTS = 200;

  private static final int LONGEST_LINE = 1 << 20;

  private final Home home;

  public LogSearch(Home home) {
    this.home = home;
  }

  /**
   * A line.
   *
   * @param time as it was written, ISO 8601 in UTC
   * @param entry the whole line
   */
  public record Line(String time, Map<String, @Nullable Object> entry) {}

  /**
   * The lines that name it, in order of time, at most {@link #MOST_LINES}; and, as far as there is
   * room, those of the requests that do.
   */
  public List<Line> find(String name) {
    List<Line> found = new ArrayList<>();
    search(line -> line.contains(name), found);
    List<String> requests =
        found.stream()
            .flatMap(LogSearch::request)
            .filter(id -> !id.equals(name))
            .distinct()
            .limit(MOST_REQUESTS)
            .toList();
    if (!requests.isEmpty()) {
      search(line -> !line.contains(name) && requests.stream().anyMatch(line::contains), found);
    }
    found.sort(Comparator.comparing(Line::time));
    return found;
  }

  /** A zone that is not what it was may have written any word in the place of an id. */
  private static Stream<String> request(Line line) {
    return line.entry().get("request") instanceof String id && Ids.isWellFormed("req", id)
        ? Stream.of(id)
        : Stream.empty();
  }

  private void search(Predicate<String> wanted, List<Line> found) {
    for (Zone zone : List.of(Zone.GATEWAY, Zone.VAULT, Zone.SIMULATOR)) {
      for (Path file : files(zone)) {
        search(file, wanted, found);
      }
    }
  }

  private List<Path> files(Zone zone) {
    Path log = home.log(zone);
    Path folder = log.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(zone.label() + ".log"))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw HomeFiles.failure("list " + folder, e);
    }
  }

  /** The zone owns the folder of its log, so a link there is not followed. */
  private static void search(Path file, Predicate<String> wanted, List<Line> found) {
    try (InputStream raw =
            Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    in,
                    StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)))) {
      for (String line = next(lines); line != null; line = next(lines)) {
        if (found.size() < MOST_LINES && wanted.test(line)) {
          found.add(read(line));
        }
      }
    } catch (java.util.zip.ZipException | java.io.EOFException e) {
      // It is just being written; what is in it still stands in the log itself.
      return;
    } catch (IOException e) {
      throw HomeFiles.failure("read " + file, e);
    }
  }

  /** A line without its end, cut where it is longer than any of ours; null at the end. */
  private static @Nullable String next(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = lines.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = lines.read()) {
      if (line.length() < LONGEST_LINE) {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static Line read(String line) {
    try {
      Map<String, @Nullable Object> entry = Json.readObject(line);
      return new Line(String.valueOf(entry.get("time")), entry);
    } catch (RuntimeException e) {
      // Not ours: the JVM's own words.
      return new Line("", Map.of("message", line));
    }
  }
}
