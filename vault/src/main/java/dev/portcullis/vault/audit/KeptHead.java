package dev.portcullis.vault.audit;

import dev.portcullis.wire.audit.SignedHead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest head that this vault has seen, in a file of its own: whoever owns the database can
 * take the heads away and compute the trail anew, and cannot reach this one. Used by one thread at
 * a time.
 */
final class KeptHead {

  /** Longer than any head. */
  private static final int LONGEST = 4_096;

  private final @Nullable Path file;
  private @Nullable SignedHead head;

  /**
   * @param folder where it is kept, or null for in memory alone
   */
  KeptHead(@Nullable Path folder) {
    this.file = folder == null ? null : folder.resolve("head");
  }

  /**
   * The head; empty where none was seen yet.
   *
   * @throws UncheckedIOException if its file cannot be read, or holds something else
   */
  Optional<SignedHead> last() {
    if (head == null && file != null && Files.exists(file)) {
      head = read(file);
    }
    return Optional.ofNullable(head);
  }

  private static SignedHead read(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException(file + " holds no head of the audit trail");
      }
      return SignedHead.parse(Files.readString(file, StandardCharsets.ISO_8859_1).strip())
          .orElseThrow(() -> new IOException(file + " holds no head of the audit trail"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Keeps a head in place of the one before; on the disk when this returns.
   *
   * @throws UncheckedIOException if the disk does not take it
   */
  void keep(SignedHead newest) {
    if (newest.equals(head)) {
      return;
    }
    if (file != null) {
      try {
        write(file, newest.text() + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    head = newest;
  }

  /** The file is the old one or the new one, whole, whenever the machine stops. */
  private static void write(Path file, String text) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    Files.createDirectories(folder);
    Path next = folder.resolve("head.new");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel changed = FileChannel.open(folder, StandardOpenOption.READ)) {
      changed.force(true);
    }
  }
}
