package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Brings the built jars into the home, so that a zone runs from files that no later build touches
 * and that its account can read wherever the checkout is. Nothing of the instance may run
 * meanwhile.
 */
public final class InstalledJars {
  private final Path checkout;
  private final Home home;

  public InstalledJars(Path checkout, Home home) {
    this.checkout = checkout;
    this.home = home;
  }

  public void install(Zone zone) {
    Path target = checkout.resolve(zone.label()).resolve("target");
    Path folder = home.jars(zone);
    HomeFiles.folder(folder, "rwxr-xr-x", null, null);
    try {
      Map<String, Path> wanted = new HashMap<>();
      collect(target.resolve("lib"), "", wanted);
      collect(target, zone.label() + "-", wanted);
      if (wanted.keySet().stream().noneMatch(name -> name.startsWith(zone.label() + "-"))) {
        throw new Refusal(
            "The %s is not built; start with %s.".formatted(zone.label(), home.command("up")));
      }
      removeOthers(folder, wanted);
      for (Map.Entry<String, Path> jar : wanted.entrySet()) {
        copyIfChanged(jar.getValue(), folder.resolve(jar.getKey()));
      }
    } catch (IOException e) {
      throw HomeFiles.failure("install the " + zone.label() + " into " + folder, e);
    }
  }

  private static void collect(Path folder, String prefix, Map<String, Path> wanted)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().endsWith(".jar"))
          .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
          .filter(file -> !file.toString().endsWith("-tests.jar"))
          .forEach(file -> wanted.put(String.valueOf(file.getFileName()), file));
    }
  }

  private static void removeOthers(Path folder, Map<String, Path> wanted) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (!wanted.containsKey(String.valueOf(file.getFileName()))) {
          Files.delete(file);
        }
      }
    }
  }

  /** Size and time decide, as the build sets both; the time is kept so that they can. */
  private static void copyIfChanged(Path from, Path to) throws IOException {
    if (Files.exists(to)
        && Files.size(to) == Files.size(from)
        && Files.getLastModifiedTime(to).equals(Files.getLastModifiedTime(from))) {
      return;
    }
    Path fresh = to.resolveSibling(to.getFileName() + ".new");
    Files.copy(
        from, fresh, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
