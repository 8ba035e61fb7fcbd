package dev.portcullis.vault.portability;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of files that come and go, each encrypted as long as it lies here, readable by the
 * vault's user alone.
 */
final class Spool {

  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** So much of the disk stays free: the database may share it. */
  private static final long SPARE = 512L << 20;

  private static final int BUFFER = 1 << 16;

  private final Path folder;
  private final String place;

  private Spool(Path folder, String place) {
    this.folder = folder;
    this.place = place;
  }

  /**
   * Opens the folder, and makes it if there is none.
   *
   * @param name its own name, if it has none yet
   */
  static Spool open(Path folder, String name) {
    try {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder, FOLDER);
      }
      Path file = folder.resolve("place");
      if (!Files.exists(file)) {
        Path fresh = folder.resolve(".place.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, FILE);
        Files.writeString(fresh, name);
        settle(fresh, file);
      }
      return new Spool(folder, Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("the folder for cards in bulk cannot be used: " + folder, e);
    }
  }

  /** Which folder this is, among those of all vaults on the database. */
  String place() {
    return place;
  }

  private Path file(String transfer) {
    return folder.resolve(transfer).resolve("file.pgp");
  }

  private Path part(String transfer, long number) {
    return folder.resolve(transfer).resolve("part-%05d.pgp".formatted(number));
  }

  /** Makes room for a transfer's files. */
  void begin(String transfer) throws IOException {
    Path own = folder.resolve(transfer);
    if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(own, FOLDER);
    }
  }

  /** Whether as much more would leave room for others. */
  boolean hasRoomFor(long bytes) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() - bytes > SPARE;
  }

  /** How much of an import's file has come. */
  long received(String transfer) throws IOException {
    Path file = file(transfer);
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** Puts a piece at the end of an import's file; how much of it has come. */
  long append(String transfer, byte[] piece) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file(transfer), Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), FILE)) {
      ByteBuffer rest = ByteBuffer.wrap(piece);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      return channel.size();
    }
  }

  /** All of an import's file is on the disk when this returns. */
  void sync(String transfer) throws IOException {
    try (FileChannel channel = FileChannel.open(file(transfer), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * Whether an import's file is the one of that SHA-256.
   *
   * @param digest in lower-case hexadecimal
   */
  boolean isFile(String transfer, String digest) throws IOException {
    return MessageDigest.isEqual(
        digest.getBytes(StandardCharsets.US_ASCII),
        digest(file(transfer)).getBytes(StandardCharsets.US_ASCII));
  }

  /** An import's file. */
  InputStream read(String transfer) throws IOException {
    return new BufferedInputStream(
        Files.newInputStream(file(transfer), LinkOption.NOFOLLOW_LINKS), BUFFER);
  }

  /** What writes a part's content. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Writes a part, which has its name once it is whole and on the disk; its size and digest. */
  PartFile write(String transfer, long number, Content content) throws IOException {
    begin(transfer);
    Path part = part(transfer, number);
    Path fresh = part.resolveSibling(part.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
      content.write(out);
      out.flush();
      channel.force(true);
    }
    settle(fresh, part);
    return new PartFile(Files.size(part), digest(part));
  }

  /** A part as it lies there. */
  record PartFile(long bytes, String digest) {}

  private static void settle(Path fresh, Path named) throws IOException {
    Files.move(fresh, named, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path parent = named.getParent();
    if (parent != null) {
      try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Some bytes of a part, fewer at its end. */
  byte[] piece(String transfer, long number, long offset, int most) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            part(transfer, number), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      InputStream in = Channels.newInputStream(channel.position(offset));
      return in.readNBytes(most);
    }
  }

  private static String digest(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(
            Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS),
            MessageDigest.getInstance("SHA-256"))) {
      byte[] chunk = new byte[BUFFER];
      while (in.read(chunk) >= 0) {
        // Read for its digest alone.
      }
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** The transfers of which files lie here. */
  List<String> transfers() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> name.startsWith("trf_"))
          .toList();
    }
  }

  /** Takes a transfer's files away. */
  void remove(String transfer) throws IOException {
    Path own = folder.resolve(transfer);
    if (Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> files;
      try (Stream<Path> all = Files.walk(own)) {
        files = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }
}
