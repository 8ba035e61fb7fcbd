package dev.portcullis.systemtest;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A document of schemas, and answers held against the parts of it. */
final class Schemas {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String NAME = "https://schemas.example/document.json";

  private final SchemaRegistry registry;
  private final JsonNode document;

  Schemas(Path file, Dialect dialect) {
    String text = read(file);
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

  private static String told(Error error) {
    return error.getInstanceLocation() + ": " + error.getMessage();
  }
}
