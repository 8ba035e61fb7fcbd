package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.TrustedPath;
import dev.portcullis.cli.process.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --home} of every command. */
public final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "Where the instance lives (root: /var/lib/portcullis; else ~/.portcullis).")
  private @Nullable Path path;

  /** The home as named, whether or not it is there. */
  public Home home() {
    return Home.at(chosen());
  }

  /**
   * The home of an instance.
   *
   * @throws Refusal if there is none, which is mostly a home that was not named
   */
  public Home existing() {
    Home home = home();
    if (!Files.isDirectory(home.operator())) {
      throw new Refusal(
          "There is no home in %s; name the instance's with --home, or make one: %s."
              .formatted(home.root(), home.command("up")));
    }
    return home;
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

  /** The home, when nobody but the user could have made it what it is; it need not be there. */
  Home trusted() {
    return Home.at(new TrustedPath(Accounts.user()).follow(chosen().toAbsolutePath()));
  }

  /** The home, made when it is not there: open for passing through, closed for looking. */
  Home make() {
    Path root = trusted().root();
    try {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
      // What was made meanwhile by another is noticed here.
      Home home = trusted();
      Files.setPosixFilePermissions(home.root(), PosixFilePermissions.fromString("rwx--x--x"));
      HomeFiles.folder(home.run(), "rwx------", null, null);
      return home;
    } catch (IOException e) {
      throw HomeFiles.failure("make the home " + root, e);
    }
  }
}
