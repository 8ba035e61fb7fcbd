package dev.portcullis.cli.connectors;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/**
 * Writes a new connector into a source tree: a package that compiles, its policy template, what its
 * tests need, and its lines in the two registries. Each place that its author has to fill in says
 * TODO, and the contract is red until they are.
 */
final class Skeleton {

  private static final String MAIN = "connectors/src/main/java/dev/portcullis/connectors/";
  private static final String TEST = "connectors/src/test/java/dev/portcullis/connectors/";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{1,30}");
  private static final Pattern CLASS = Pattern.compile("[A-Z][A-Za-z0-9]{1,30}");
  private static final Pattern URL = Pattern.compile("https://[!-~&&[^\"\\\\]]{1,300}");

  private final Path root;
  private final String name;
  private final String className;
  private final String documentation;

  /**
   * @param root the checkout
   * @param name the provider's in small letters and digits
   * @param className what its classes begin with
   * @param documentation the provider's page about its API
   * @throws Refusal if one of them has not the right form
   */
  Skeleton(Path root, String name, String className, String documentation) {
    if (!NAME.matcher(name).matches() || !SourceVersion.isName(name) || name.equals("spi")) {
      throw new Refusal(
          "A connector is named by 2 to 31 small letters and digits, a letter first, that are no"
              + " word of Java's.");
    }
    if (!CLASS.matcher(className).matches()
        || !className.toLowerCase(java.util.Locale.ROOT).equals(name)) {
      throw new Refusal("--class is the name in capital and small letters, such as AcmePay.");
    }
    if (!URL.matcher(documentation).matches()) {
      throw new Refusal("--documentation is an https URL.");
    }
    this.root = root;
    this.name = name;
    this.className = className;
    this.documentation = documentation;
  }

  /**
   * Writes all of it, or nothing when something is in its way.
   *
   * @return the files that were made or changed, relative to the checkout
   */
  List<Path> write() {
    Map<Path, String> files = new LinkedHashMap<>();
    for (Path file : List.of(Path.of(MAIN, name), Path.of(TEST, name))) {
      if (Files.exists(root.resolve(file))) {
        throw new Refusal("There is a " + root.resolve(file) + " already.");
      }
    }
    for (String part : List.of("Connector", "Requests", "Answers", "Codes")) {
      files.put(Path.of(MAIN, name, className + part + ".java"), filled(part + ".java"));
    }
    files.put(Path.of(MAIN, name, "package-info.java"), filled("package-info.java"));
    files.put(
        Path.of("connectors/src/main/resources/policy", name + ".json"), filled("policy.json"));
    for (String part : List.of("Specimen", "ConnectorTest")) {
      files.put(Path.of(TEST, name, className + part + ".java"), filled(part + ".java"));
    }
    files.put(Path.of(TEST, name, "package-info.java"), filled("test-package-info.java"));
    files.put(
        Path.of(MAIN, "Connectors.java"),
        registered(Path.of(MAIN, "Connectors.java"), "Connector"));
    files.put(
        Path.of(TEST, "Specimens.java"), registered(Path.of(TEST, "Specimens.java"), "Specimen"));
    files.forEach(this::put);
    return List.copyOf(files.keySet());
  }

  private void put(Path file, String text) {
    Path whole = root.resolve(file);
    try {
      Files.createDirectories(Objects.requireNonNull(whole.getParent()));
      Files.writeString(whole, text);
    } catch (IOException e) {
      throw HomeFiles.failure("write " + whole, e);
    }
  }

  private String filled(String template) {
    try (InputStream in = Skeleton.class.getResourceAsStream("/skeleton/" + template + ".txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .replace("@name@", name)
          .replace("@Name@", className)
          .replace("@documentation@", documentation);
    } catch (IOException e) {
      throw HomeFiles.failure("read the template " + template, e);
    }
  }

  /** The registry with one more import, in its order, and one more line at its end. */
  private String registered(Path registry, String kind) {
    Path file = root.resolve(registry);
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new Refusal("There is no checkout in " + root + ": " + file + " cannot be read.", e);
    }
    String type = className + kind;
    Matcher last = Pattern.compile("(\\R +)(new \\w+" + kind + "\\(\\))\\);").matcher(text);
    if (!last.find() || !text.contains("\nimport java.util.List;")) {
      throw new Refusal("The registry " + file + " does not look as expected.");
    }
    String listed =
        new StringBuilder(text)
            .replace(
                last.start(),
                last.end(),
                last.group(1) + last.group(2) + "," + last.group(1) + "new " + type + "());")
            .toString();
    List<String> lines = new ArrayList<>(listed.lines().toList());
    String line = "import dev.portcullis.connectors." + name + "." + type + ";";
    int at = 0;
    while (!lines.get(at).startsWith("import ") || lines.get(at).compareTo(line) < 0) {
      at++;
    }
    lines.add(at, line);
    return String.join("\n", lines) + "\n";
  }
}
