package dev.portcullis.cli.scan;

import dev.portcullis.cli.home.HomeFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Searches files as they lie there now; links are not followed, and git's own store is left out.
 */
public final class TreeScan {

  private final Path root;
  private final KeyFinder finder;
  private final Progress progress;
  private final List<String> unreadable = new ArrayList<>();

  /**
   * @param root a folder or a file
   * @param publishable whether publishable keys count
   */
  public TreeScan(Path root, boolean publishable, Progress progress) {
    this.root = root;
    this.finder = new KeyFinder(publishable);
    this.progress = progress;
  }

  /** Searches all of it. */
  public void run(Consumer<FoundKey> sink) {
    try {
      Files.walkFileTree(root, visitor(sink));
    } catch (IOException e) {
      throw HomeFiles.failure("look through " + root, e);
    }
  }

  /** What could not be read, so that nobody takes it for searched. */
  public List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  private SimpleFileVisitor<Path> visitor(Consumer<FoundKey> sink) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        boolean store = folder.endsWith(".git") && !folder.equals(root);
        return store ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
          search(file, sink);
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) {
        unreadable.add(name(file));
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private String name(Path file) {
    return file.equals(root)
        ? String.valueOf(file.getFileName())
        : root.relativize(file).toString();
  }

  private void search(Path file, Consumer<FoundKey> sink) {
    progress.one();
    try (InputStream in = Files.newInputStream(file)) {
      finder.search(
          in,
          (key, line) ->
              sink.accept(
                  new FoundKey(
                      key.redacted(), KeyFinder.sha256(key), name(file), line, null, null)));
    } catch (IOException e) {
      unreadable.add(name(file));
    }
  }
}
