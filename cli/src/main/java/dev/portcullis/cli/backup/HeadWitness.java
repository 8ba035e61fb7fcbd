package dev.portcullis.cli.backup;

import dev.portcullis.cli.audit.GivenHeads;
import dev.portcullis.cli.audit.NotedHead;
import dev.portcullis.cli.audit.NotedKeys;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Signed heads of the vault's audit trail that whoever owns its database cannot reach: the one that
 * the home has noted, and those beside the backups, one line for each, of which none is ever
 * removed. Each backup is held against them before its own head joins them.
 */
final class HeadWitness {

  private final Path file;
  private final NotedHead noted;
  private final NotedKeys notedKeys;
  private final List<HeadKey> keys;
  private final List<SignedHead> known;

  /** Whether the snapshot has a head, exactly as it was signed. */
  interface Stored {
    boolean has(SignedHead head) throws SQLException;
  }

  /**
   * Reads what is known; to be made before the snapshot, which must have all of it.
   *
   * @param file the heads beside the backups, which need not be there yet
   * @param say takes a line for each that is none
   */
  HeadWitness(Home home, Path file, Consumer<String> say) {
    this.file = file;
    this.noted = new NotedHead(home);
    this.notedKeys = new NotedKeys(home);
    this.keys = notedKeys.read();
    Optional<SignedHead> newest = Optional.empty();
    if (isEmpty(file)) {
      say.accept(file + " is empty: something cut off its writing. It is begun anew.");
    } else if (Files.exists(file)) {
      GivenHeads beside = GivenHeads.in(file);
      GivenHeads sound = keys.isEmpty() ? beside : beside.signedBy(keys);
      sound.refused().forEach(say);
      newest = sound.newest();
    }
    this.known = Stream.of(noted.read(), newest).flatMap(Optional::stream).toList();
  }

  /**
   * Holds a snapshot against what is known, and carries its newest head away.
   *
   * @param head as it stands in the database, whatever it is
   * @param signers the keys that may have signed, as they stand there
   * @return what is wrong, one sentence; then nothing was carried away; or an empty text
   */
  String witness(Optional<String> head, List<HeadKey> signers, Stored snapshot)
      throws IOException, SQLException {
    for (SignedHead each : known) {
      if (!snapshot.has(each)) {
        return "THE VAULT'S AUDIT TRAIL WAS CHANGED: the head of %d entries that was signed at %s is gone from its database."
            .formatted(each.size(), each.at());
      }
    }
    String others = notedKeys.compare(signers);
    if (!others.isEmpty()) {
      return others;
    }
    if (head.isEmpty()) {
      return "";
    }
    Optional<SignedHead> newest = head.flatMap(SignedHead::parse).filter(this::isOurs);
    if (newest.isEmpty()) {
      return "THE VAULT'S AUDIT TRAIL WAS CHANGED: its newest head is none that a noted key"
          + " signed.";
    }
    append(newest.get());
    noted.note(newest.get());
    return "";
  }

  private boolean isOurs(SignedHead head) {
    return keys.isEmpty() || keys.stream().anyMatch(head::isSignedBy);
  }

  private static boolean isEmpty(Path file) {
    return HomeFiles.read(file).filter(String::isBlank).isPresent();
  }

  private void append(SignedHead head) throws IOException {
    if (!Files.exists(file) || isEmpty(file)) {
      // With its first line or not at all.
      HomeFiles.writePrivate(file, head.text() + "\n");
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      String begin = isWhole(channel) ? "" : "\n";
      ByteBuffer line =
          ByteBuffer.wrap((begin + head.text() + "\n").getBytes(StandardCharsets.US_ASCII));
      channel.position(channel.size());
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    }
  }

  /** Whether its last line has its end: what was cut off there must not swallow the next one. */
  private static boolean isWhole(FileChannel channel) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
  }
}
