package dev.portcullis.cli.home;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes folders and files of the home with exactly the wanted owner and mode, whatever the umask. A
 * file appears whole or not at all, and is on the disk before the method returns: a master key that
 * a power cut took back would take every stored card with it.
 */
public final class HomeFiles {
  /** Many times what PostgreSQL writes into its files of a few lines. */
  private static final int LARGEST_OF_ZONE = 1 << 16;

  private HomeFiles() {}

  /**
   * Makes a folder, or sets the mode and owner of an existing one.
   *
   * @param mode such as {@code rwx------}
   * @param user the owner, or null for the invoking user
   * @param group the group, or null for the invoking user's
   */
  public static void folder(Path path, String mode, @Nullable String user, @Nullable String group) {
    try {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        Path parent = path.getParent();
        if (parent != null && !Files.exists(parent)) {
          throw new Refusal(parent + " does not exist; make it, or choose another --home.");
        }
        Files.createDirectory(path);
      }
      own(path, mode, user, group);
    } catch (IOException e) {
      throw failure("make the folder " + path, e);
    }
  }

  /** Writes a file atomically and durably; see {@link #folder} for the parameters. */
  public static void write(
      Path path, byte[] content, String mode, @Nullable String user, @Nullable String group) {
    Path temporary = path.resolveSibling("." + path.getFileName() + ".new");
    try {
      Files.deleteIfExists(temporary);
      Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(ownerOnly))) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      own(temporary, mode, user, group);
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(path);
    } catch (IOException e) {
      throw failure("write " + path, e);
    }
  }

  /** A file of the operator alone. */
  public static void writePrivate(Path path, String content) {
    write(path, content.getBytes(StandardCharsets.UTF_8), "rw-------", null, null);
  }

  /**
   * Finds out before anything is asked of anybody.
   *
   * @throws Refusal if the file is not there or may not be read
   */
  public static void requireReadable(Path path) {
    try {
      path.getFileSystem().provider().checkAccess(path, AccessMode.READ);
    } catch (IOException e) {
      throw failure("read " + path, e);
    }
  }

  public static Optional<String> read(Path path) {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(path));
    } catch (IOException e) {
      throw failure("read " + path, e);
    }
  }

  /**
   * A small file in a folder that a zone's account owns, who may have put anything there; empty
   * where it is not a file.
   */
  public static Optional<String> readOfZone(Path path) {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(new String(in.readNBytes(LARGEST_OF_ZONE), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read " + path, e);
    }
  }

  /** Deletes a file, where there is one. */
  public static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure("delete " + file, e);
    }
  }

  /** One sentence for what the file system refused; a full disk is named as such. */
  public static Refusal failure(String attempt, IOException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("No space left on device") || said.contains("Disk quota exceeded")) {
      return new Refusal("The disk is full: could not " + attempt + "; free some space.", e);
    }
    String other =
        e instanceof FileSystemException at
                && at.getFile() != null
                && !attempt.contains(at.getFile())
            ? at.getFile() + ": "
            : "";
    return new Refusal("Could not " + attempt + " (" + other + Reasons.of(e) + ").", e);
  }

  /** Deletes a folder with all that is in it; links are deleted, not followed. */
  public static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(root)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }

  private static void own(Path path, String mode, @Nullable String user, @Nullable String group)
      throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    var names = path.getFileSystem().getUserPrincipalLookupService();
    if (group != null) {
      view.setGroup(names.lookupPrincipalByGroupName(group));
    }
    if (user != null) {
      view.setOwner(names.lookupPrincipalByName(user));
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /** A rename is durable once its folder is. */
  public static void syncFolder(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }
}
