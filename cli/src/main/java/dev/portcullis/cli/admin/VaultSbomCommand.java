package dev.portcullis.cli.admin;

import dev.portcullis.cli.HomeOption;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code vault sbom}: every library that the home's vault runs with, and its hash, from the files
 * that are there and not from what a build meant.
 */
@Command(name = "sbom", description = "List every library that the vault runs with, with its hash.")
final class VaultSbomCommand implements Callable<Integer> {

  private static final Pattern NAME = Pattern.compile("(.+?)-(\\d[0-9A-Za-z.+-]*)\\.jar");

  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--json", description = "As CycloneDX 1.6.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A jar; the group is empty where the jar does not say it. */
  private record Library(String group, String name, String version, String sha256) {}

  @Override
  public Integer call() {
    List<Library> libraries = libraries(home.home());
    String text =
        json
            ? Json.writeString(cycloneDx(libraries))
            : libraries.stream()
                .map(l -> "%s  %-16s %s".formatted(l.sha256(), l.version(), named(l)))
                .collect(Collectors.joining(System.lineSeparator()));
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  private static String named(Library library) {
    return library.group().isEmpty() ? library.name() : library.group() + ":" + library.name();
  }

  private static List<Library> libraries(Home home) {
    Path folder = home.jars(Zone.VAULT);
    if (!Files.isDirectory(folder)) {
      throw new Refusal(
          "No vault is installed in %s; start it with %s."
              .formatted(home.root(), home.command("up")));
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Library> libraries = new ArrayList<>();
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        libraries.add(library(jar));
      }
      return libraries;
    } catch (IOException e) {
      throw HomeFiles.failure("read the vault's libraries", e);
    }
  }

  private static Library library(Path jar) throws IOException {
    String file = String.valueOf(jar.getFileName());
    Matcher named = NAME.matcher(file);
    String name = named.matches() ? named.group(1) : file;
    String version = named.matches() ? named.group(2) : "";
    return new Library(group(jar, name), name, version, sha256(jar));
  }

  private static String group(Path jar, String name) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (entry.getName().startsWith("META-INF/maven/")
            && entry.getName().endsWith("/" + name + "/pom.properties")) {
          Properties pom = new Properties();
          try (InputStream in = zip.getInputStream(entry)) {
            pom.load(in);
          }
          return pom.getProperty("groupId", "");
        }
      }
      return "";
    }
  }

  private static String sha256(Path jar) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Map<String, @Nullable Object> cycloneDx(List<Library> libraries) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("bomFormat", "CycloneDX");
    tree.put("specVersion", "1.6");
    tree.put("version", 1);
    tree.put("components", libraries.stream().map(VaultSbomCommand::component).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> component(Library library) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("type", "library");
    if (!library.group().isEmpty()) {
      tree.put("group", library.group());
      tree.put(
          "purl",
          "pkg:maven/%s/%s@%s".formatted(library.group(), library.name(), library.version()));
    }
    tree.put("name", library.name());
    tree.put("version", library.version());
    tree.put("hashes", List.of(Map.of("alg", "SHA-256", "content", library.sha256())));
    return tree;
  }
}
