package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.card.CardIntake;
import dev.portcullis.vault.fields.FieldFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may call what stands in a file, so that opening an endpoint is a change that is seen. */
class RoutesTest {

  private static final Path FILE = Path.of("src/test/resources/routes.txt");

  private static final String HEAD =
      """
      # Every route of the cards origin: method, path, keys, resource, permission of a restricted key.
      # To write it anew: ./mvnw -pl vault -am test -Dtest=RoutesTest -Dportcullis.golden=write \
      -Dsurefire.failIfNoSpecifiedTests=false
      """;

  @Test
  void everyRouteStandsInTheFileWithWhatItAsksFor() throws IOException {
    String routes = Stream.concat(files(), cards()).collect(Collectors.joining("", HEAD, ""));
    if ("write".equals(System.getProperty("portcullis.golden"))) {
      Files.writeString(FILE, routes);
    }
    assertThat(Files.readString(FILE))
        .as(
            "The routes have changed. If that is meant, write %s anew with"
                + " -Dportcullis.golden=write and look at the difference.",
            FILE)
        .isEqualTo(routes);
  }

  /** What browsers load, and what they report, without a key. */
  private static Stream<String> files() {
    return Stream.concat(
            new FieldFiles(null)
                .paths().stream()
                    .map(path -> "GET    " + path.replaceAll("[0-9a-f]{32}", "{hash}")),
            Stream.of("POST   " + FieldFiles.REPORTS))
        .sorted()
        .map(route -> "%-52s cards %-29s %-19s -%n".formatted(route, "anybody", "-"));
  }

  private static Stream<String> cards() {
    return Arrays.stream(CardIntake.Kind.values())
        .sorted(Comparator.comparing(CardIntake.Kind::path))
        .map(
            kind ->
                "%-6s %-45s cards %-29s %-19s %s%n"
                    .formatted(
                        "POST",
                        kind.path(),
                        "secret,restricted,publishable",
                        kind.permission().resource().wireName(),
                        kind.permission().wireName()));
  }
}
