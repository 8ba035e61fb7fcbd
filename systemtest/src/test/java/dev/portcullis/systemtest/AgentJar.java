package dev.portcullis.systemtest;

import dev.portcullis.systemtest.agent.CrashAgent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Packs the crash agent, and writes what it obeys. */
final class AgentJar {
  private final Path folder;

  private AgentJar(Path folder) {
    this.folder = folder;
  }

  /** The agent's jar in a folder of its own, where the gateway's account can take orders. */
  static AgentJar pack() throws IOException {
    Path folder = Portcullis.freshFolder("portcullis-crash");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(new Attributes.Name("Premain-Class"), CrashAgent.class.getName());
    manifest.getMainAttributes().put(new Attributes.Name("Enable-Native-Access"), "ALL-UNNAMED");
    Path jar = folder.resolve("agent.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Path source : classes()) {
        out.putNextEntry(
            new JarEntry(
                CrashAgent.class.getPackageName().replace('.', '/') + "/" + source.getFileName()));
        Files.copy(source, out);
        out.closeEntry();
      }
    }
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    return new AgentJar(folder);
  }

  private static List<Path> classes() throws IOException {
    try {
      Path root =
          Path.of(CrashAgent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files =
          Files.list(root.resolve(CrashAgent.class.getPackageName().replace('.', '/')))) {
        return files.filter(file -> file.toString().endsWith(".class")).toList();
      }
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  String option() {
    return "-javaagent:" + folder.resolve("agent.jar") + "=" + folder;
  }

  /** The gateway ends itself at that pass of that point, so many microseconds later. */
  void order(String point, int pass, long delayMicros) throws IOException {
    Path draft = folder.resolve("draft");
    Files.writeString(draft, point + " " + pass + " " + delayMicros);
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.move(draft, folder.resolve("order"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes back an order that nobody has read. */
  void withdraw() throws IOException {
    Files.deleteIfExists(folder.resolve("order"));
  }

  /** Leaves nothing behind, once no gateway reads it any more. */
  void delete() {
    Portcullis.delete(folder);
  }
}
