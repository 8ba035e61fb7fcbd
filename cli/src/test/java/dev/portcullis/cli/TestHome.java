package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A home of a test: where the zones' accounts can reach it, gone afterwards. */
public final class TestHome implements AutoCloseable {
  private final Path folder;

  public TestHome() throws IOException {
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "portcullis-cli-test").toRealPath();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createDirectory(folder.resolve("run"));
  }

  public Home home() {
    return Home.at(folder);
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> inside = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : inside) {
        Files.deleteIfExists(path);
      }
    }
  }
}
