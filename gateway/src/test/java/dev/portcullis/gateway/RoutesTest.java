package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.wire.key.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may call what stands in a file, so that opening an endpoint is a change that is seen. */
class RoutesTest {

  private static final Path FILE = Path.of("src/test/resources/routes.txt");

  private static final String HEAD =
      """
      # Every route of the API origin: method, path, keys, resource, permission of a restricted key.
      # To write it anew: ./mvnw -pl gateway -am test -Dtest=RoutesTest -Dportcullis.golden=write \
      -Dsurefire.failIfNoSpecifiedTests=false
      """;

  @Test
  void everyRouteStandsInTheFileWithWhatItAsksFor() throws IOException {
    String routes =
        Gateway.IT.endpoint().routes().stream()
            .sorted(Comparator.comparing(Route::path).thenComparing(Route::method))
            .map(RoutesTest::line)
            .collect(Collectors.joining("", HEAD, ""));
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

  private static String line(Route route) {
    return "%-6s %-45s api %-29s %-19s %s%n"
        .formatted(
            route.method(),
            route.path(),
            keys(route.access()),
            route
                .access()
                .permission()
                .map(Permission::resource)
                .map(resource -> resource.name().toLowerCase(Locale.ROOT))
                .orElse("-"),
            route.access().permission().map(Permission::wireName).orElse("-"));
  }

  private static String keys(Access access) {
    return access.publishable() ? "secret,restricted,publishable" : "secret,restricted";
  }
}
