package dev.portcullis.cli.process;

import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The end of a program's log, for a person: what it said since it was last started. */
public final class LogTail {
  private static final int MOST_BYTES = 1 << 16;
  private static final int LAST_LINES = 5;
  private static final int LAST_LINE_LENGTH = 500;

  private final Path log;
  private volatile long from;

  public LogTail(Path log) {
    this.log = log;
  }

  /** What was said before this moment is another run's. */
  public void begin() {
    try {
      from = Files.size(log);
    } catch (IOException e) {
      // There is no log before the first start.
      from = 0;
    }
  }

  /** The sentence that the program ended with when its log has one, else its last lines. */
  public String text() {
    List<String> lines = read().lines().filter(line -> !line.isBlank()).toList();
    Optional<String> sentence =
        lines.stream().map(LogTail::severe).flatMap(Optional::stream).reduce((a, b) -> b);
    return sentence
        .map(LogTail::shorten)
        .orElseGet(
            () ->
                lines.stream()
                    .skip(Math.max(0, lines.size() - LAST_LINES))
                    .map(LogTail::shorten)
                    .collect(Collectors.joining("\n")));
  }

  private static String shorten(String line) {
    return line.length() > LAST_LINE_LENGTH ? line.substring(0, LAST_LINE_LENGTH) : line;
  }

  /** The message of a line of our zones' logs, when it tells why the zone cannot go on. */
  private static Optional<String> severe(String line) {
    if (!line.startsWith("{")) {
      return Optional.empty();
    }
    try {
      Map<String, @Nullable Object> entry = Json.readObject(line);
      return Stream.of(entry)
          .filter(e -> "severe".equals(e.get("level")))
          .map(e -> e.get("message"))
          .filter(Objects::nonNull)
          .map(Object::toString)
          .findFirst();
    } catch (RuntimeException e) {
      // Cut off in the middle, or not ours.
      return Optional.empty();
    }
  }

  /** The zone owns the folder of its log, so a link there is not followed. */
  private String read() {
    try (FileChannel channel =
        FileChannel.open(log, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long size = channel.size();
      // A log that was put aside at the start begins anew.
      long start = Math.max(size < from ? 0 : from, size - MOST_BYTES);
      ByteBuffer bytes = ByteBuffer.allocate((int) (size - start));
      while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) >= 0) {
        // Reads on until the end.
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
