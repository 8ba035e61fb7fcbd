package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.process.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --home} of every command. */
final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "Where the instance lives (root: /var/lib/portcullis; else ~/.portcullis).")
  private @Nullable Path path;

  /** The home as named, whether or not it is there. */
  Home home() {
    return Home.at(chosen());
  }

  /** Whether a person named one. */
  boolean isGiven() {
    return path != null;
  }

  /** A home for a throwaway instance, beside the usual one and so on the same disk. */
  Home throwaway() {
    Path usual = chosen().toAbsolutePath().normalize();
    return Home.at(usual.resolveSibling(usual.getFileName() + "-bench"));
  }

  private Path chosen() {
    Path userHome = Path.of(System.getProperty("user.home"));
    return path == null ? Home.standard(Accounts.superuser(), userHome).root() : path;
  }

  /** The home, made when it is not there: open for passing through, closed for looking. */
  Home make() {
    Path root = chosen().toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
      Path run = root.resolve("run");
      if (!Files.isDirectory(run)) {
        Files.createDirectory(run);
      }
      Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
      return Home.at(root);
    } catch (IOException e) {
      throw new Refusal(
          "The home " + root + " cannot be made or is not yours (" + e.getMessage() + ").", e);
    }
  }
}
