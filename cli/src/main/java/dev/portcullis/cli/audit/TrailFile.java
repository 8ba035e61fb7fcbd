package dev.portcullis.cli.audit;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.audit.CarriedHeads;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailEntry;
import dev.portcullis.wire.audit.TrailFault;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An exported trail: JSON lines. The first says what it is, each other one is an entry or a head in
 * its place, and the last one says that nothing was left out when it was written.
 */
public final class TrailFile {

  private static final String FORM = "portcullis_audit_trail";
  private static final int LONGEST_LINE = 1 << 20;
  private static final int STEP = 10_000;

  private TrailFile() {}

  /** Writes one; what it wrote is on the disk once it is closed. */
  public static final class Export implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Writer to;

    /** A new file that only its owner reads: the trail names people. */
    public Export(Path file) {
      this.file = file;
      try {
        this.channel =
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (IOException e) {
        throw HomeFiles.failure("make " + file, e);
      }
      this.to =
          new BufferedWriter(
              Channels.newWriter(channel, StandardCharsets.UTF_8.newEncoder(), STEP));
      write(Map.of(FORM, 1, "zone", "vault"));
    }

    /** One line more. */
    public void write(Map<String, ? extends @Nullable Object> line) {
      try {
        to.write(Json.writeString(line));
        to.write('\n');
      } catch (IOException e) {
        throw HomeFiles.failure("write " + file, e);
      }
    }

    /** The last line. */
    public void end(long entries) {
      write(Map.of("end", entries));
    }

    @Override
    public void close() {
      try (channel) {
        to.flush();
        channel.force(true);
      } catch (IOException e) {
        throw HomeFiles.failure("write " + file, e);
      }
    }
  }

  /**
   * Checks one, in little memory.
   *
   * @param keys those that may have signed its heads
   * @param given heads that were kept elsewhere, of which it is known that the right key signed
   *     them
   * @param progress told how many entries were looked at
   * @throws Refusal if it is no exported trail, or was not written to its end
   */
  public static Found verify(
      Path file, Collection<HeadKey> keys, GivenHeads given, LongConsumer progress) {
    TrailCheck check = new TrailCheck(keys);
    CarriedHeads carried = given.carried();
    try (BufferedReader in = Files.newBufferedReader(file)) {
      Map<String, @Nullable Object> line = line(in, file);
      if (line == null || !Long.valueOf(1).equals(line.get(FORM))) {
        throw new Refusal(file + " is no exported audit trail.");
      }
      line = line(in, file);
      while (line != null && !line.containsKey("end")) {
        tell(check, line, file);
        Optional<TrailFault> other = carried.reached(check.entries(), check.root());
        if (check.fault().isPresent()) {
          return Found.of(check);
        }
        if (other.isPresent()) {
          return Found.of(check).with(other.get());
        }
        if (check.entries() % STEP == 0 && line.containsKey("seq")) {
          progress.accept(check.entries());
        }
        line = line(in, file);
      }
      if (line == null) {
        throw new Refusal(file + " was not written to its end; export it anew.");
      }
    } catch (IOException e) {
      throw HomeFiles.failure("read " + file, e);
    }
    Found found = Found.of(check);
    return carried.ended(check.entries()).map(found::with).orElse(found);
  }

  private static void tell(TrailCheck check, Map<String, @Nullable Object> line, Path file) {
    try {
      if (line.get("head") instanceof String head && line.get("size") instanceof Long size) {
        check.head(size, head);
      } else if (line.get("seq") instanceof Long seq) {
        check.entry(
            new TrailEntry(
                seq,
                Instant.parse(text(line, "at")),
                List.of(text(line, "action"), text(line, "subject"), text(line, "detail")),
                HexFormat.of().parseHex(text(line, "previous")),
                HexFormat.of().parseHex(text(line, "hash"))));
      } else {
        throw new IllegalArgumentException("neither");
      }
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new Refusal(
          "%s holds after entry %d what is neither an entry nor a head."
              .formatted(file, check.entries()),
          e);
    }
  }

  private static String text(Map<String, @Nullable Object> line, String member) {
    if (line.get(member) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("no " + member);
  }

  /** The next line, or null at the end. */
  private static @Nullable Map<String, @Nullable Object> line(BufferedReader in, Path file)
      throws IOException {
    StringBuilder text = new StringBuilder();
    int next = in.read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n') {
      if (text.length() == LONGEST_LINE) {
        throw new Refusal(file + " is no exported audit trail: a line is too long.");
      }
      text.append((char) next);
      next = in.read();
    }
    try {
      return Json.readObject(text.toString());
    } catch (MalformedJsonException e) {
      throw new Refusal(file + " is no exported audit trail, or a line of it was changed.", e);
    }
  }
}
