package dev.portcullis.systemtest;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import dev.portcullis.systemtest.Tour.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A document of schemas, and answers held against the parts of it. */
final class Schemas {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String NAME = "https://schemas.example/document.json";

  private final SchemaRegistry registry;
  private final JsonNode document;

  Schemas(Path file, Dialect dialect) {
    this(read(file), dialect);
  }

  Schemas(String text, Dialect dialect) {
    document = MAPPER.readTree(text);
    registry =
        SchemaRegistry.withDefaultDialect(
            dialect, builder -> builder.schemas(name -> NAME.equals(name) ? text : null));
  }

  /**
   * The folder with the published descriptions, if there is one here: the system property {@code
   * portcullis.specs} or the variable {@code PORTCULLIS_SPECS}.
   */
  static Optional<Path> folder() {
    String given = System.getProperty("portcullis.specs", System.getenv("PORTCULLIS_SPECS"));
    return Optional.ofNullable(given)
        .filter(text -> !text.isEmpty())
        .map(Path::of)
        .filter(Files::isDirectory);
  }

  /** The folder's first file whose name begins and ends so. */
  static Path file(String start, String end) {
    try (var files = Files.list(folder().orElseThrow())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(start))
          .filter(file -> file.getFileName().toString().endsWith(end))
          .sorted()
          .findFirst()
          .orElseThrow(() -> new AssertionError("there is no " + start + "..." + end));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode document() {
    return document;
  }

  /**
   * What is wrong with a value.
   *
   * @param pointer of the schema within the document, for instance {@code /roots/charge}
   * @param json the value
   */
  List<String> faults(String pointer, String json) {
    Schema schema = registry.getSchema(SchemaLocation.of(NAME + "#" + pointer));
    return schema.validate(MAPPER.readTree(json)).stream().map(Schemas::told).toList();
  }

  /** Where the description has the schema of that answer, if it knows the operation. */
  static Optional<String> response(JsonNode document, Stop stop) {
    return document.get("paths").propertyNames().stream()
        .filter(template -> matches(template, stop.path()))
        .min((one, other) -> Integer.compare(variables(one), variables(other)))
        .filter(
            template ->
                document.get("paths").get(template).has(stop.method().toLowerCase(Locale.ROOT)))
        .map(
            template ->
                "/paths/"
                    + template.replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
                    + "/"
                    + stop.method().toLowerCase(Locale.ROOT)
                    + "/responses/"
                    + (stop.status() == 200 ? "200" : "default")
                    + "/content/application~1json/schema");
  }

  private static int variables(String template) {
    return (int) template.chars().filter(c -> c == '{').count();
  }

  private static boolean matches(String template, String path) {
    String[] wanted = template.split("/");
    String[] given = path.split("/");
    return wanted.length == given.length
        && Stream.iterate(0, at -> at < wanted.length, at -> at + 1)
            .allMatch(at -> isVariable(wanted[at], given[at]) || wanted[at].equals(given[at]));
  }

  /** A search is an operation of its own, which a description may not know, and no object's id. */
  private static boolean isVariable(String wanted, String given) {
    return wanted.startsWith("{") && !given.equals("search");
  }

  private static String told(Error error) {
    return error.getInstanceLocation() + ": " + error.getMessage();
  }
}
