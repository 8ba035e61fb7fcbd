package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.admin.AdminEndpoint;
import dev.portcullis.gateway.checkout.CheckoutEndpoint;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiEndpoint;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.notifications.NotificationEndpoint;
import dev.portcullis.gateway.payments.FramedReturn;
import dev.portcullis.gateway.payments.RedirectEndpoint;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.people.Right;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.RouterFunction;

/** Who may call what stands in a file, so that opening an endpoint is a change that is seen. */
class RoutesTest {

  private static final Path FILE = Path.of("src/test/resources/routes.txt");

  private static final Path PERMISSIONS = Path.of("..", "docs", "PERMISSIONS.md");

  /** What the vault's test of the same name holds against its code. */
  private static final Path CARDS_ORIGIN = Path.of("..", "vault", FILE.toString());

  private static final String PERMISSIONS_HEAD =
      """
      # Permissions

      What a restricted key may do (`keys create --kind restricted --permission NAME`), by the name \
      that a refusal gives too. `_write` includes `_read` of the same resource. What a request \
      expands it reads: `expand[]=customer` needs `customer_read` as well. A secret key may do \
      all of it; a publishable key may do what a page needs, without a permission. Made from the \
      routes; `-Dportcullis.golden=write` with `RoutesTest` writes it anew.

      | permission | allows |
      |---|---|
      """;

  private static final String HEAD =
      """
      # Every route: method, path, listener, who may call it, resource, permission or right.
      # api: the API origin, by API key. page: the same, without a key; the keyed hash in its path is
      # made by this gateway alone, or it is the same for everybody. hook: the same, for providers, whose signature the vault checks.
      # admin: the administration on loopback, by a signed-in person.
      # To write it anew: ./mvnw -pl gateway -am test -Dtest=RoutesTest -Dportcullis.golden=write \
      -Dsurefire.failIfNoSpecifiedTests=false
      """;

  @Test
  void everyRouteStandsInTheFileWithWhatItAsksFor() throws IOException {
    String routes =
        Stream.of(
                Gateway.IT.endpoint().routes().stream()
                    .sorted(Comparator.comparing(Route::path).thenComparing(Route::method))
                    .map(RoutesTest::line),
                Stream.of(
                    line("GET", FramedReturn.PAGE, "page", "anybody", "-", "-"),
                    line("GET", FramedReturn.SCRIPT, "page", "anybody", "-", "-"),
                    line("GET", RedirectEndpoint.ROUTE, "page", "keyed-hash", "-", "-"),
                    line("POST", NotificationEndpoint.ROUTE, "hook", "signature", "-", "-")),
                CheckoutEndpoint.ROUTES.stream()
                    .map(each -> each.split(" "))
                    .map(
                        each ->
                            line(
                                each[0],
                                each[1],
                                "page",
                                each[1].contains("{session}") || each[1].contains("{link}")
                                    ? "keyed-hash"
                                    : "anybody",
                                "-",
                                "-")),
                Gateway.IT.context.getBean(AdminApi.class).routes().stream()
                    .sorted(
                        Comparator.comparing(AdminRoute::path).thenComparing(AdminRoute::method))
                    .map(RoutesTest::line))
            .flatMap(lines -> lines)
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

  @Test
  void everyPermissionStandsInTheDocumentWithWhatItAllows() throws IOException {
    Map<String, List<String>> allowed = new TreeMap<>();
    for (Route route : Gateway.IT.endpoint().routes()) {
      route
          .access()
          .permission()
          .ifPresent(
              needed ->
                  allowed
                      .computeIfAbsent(needed.wireName(), _ -> new ArrayList<>())
                      .add("`" + route.method() + " " + route.path() + "`"));
    }
    for (String line : Files.readAllLines(CARDS_ORIGIN)) {
      String[] parts = line.split(" +");
      if (!line.startsWith("#")) {
        allowed
            .computeIfAbsent(parts[5], _ -> new ArrayList<>())
            .add("`" + parts[0] + " " + parts[1] + "` at the cards origin");
      }
    }
    StringBuilder document = new StringBuilder(PERMISSIONS_HEAD);
    for (ApiResource resource : ApiResource.values()) {
      for (Permission permission : List.of(resource.read(), resource.write())) {
        List<String> routes = allowed.getOrDefault(permission.wireName(), List.of());
        document.append(
            "| `%s` | %s |%n"
                .formatted(
                    permission.wireName(),
                    routes.isEmpty()
                        ? "nothing more yet"
                        : routes.stream().sorted().collect(Collectors.joining(", "))));
      }
    }
    if ("write".equals(System.getProperty("portcullis.golden"))) {
      Files.writeString(PERMISSIONS, document);
    }
    assertThat(Files.readString(PERMISSIONS))
        .as("Write %s anew with -Dportcullis.golden=write.", PERMISSIONS)
        .isEqualTo(document.toString());
  }

  /** Whoever adds another way in adds it to the file too. */
  @Test
  void nothingElseTakesRequests() {
    assertThat(Gateway.IT.context.getBeansOfType(RouterFunction.class).values())
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder(
            ApiEndpoint.class,
            FramedReturn.class,
            RedirectEndpoint.class,
            CheckoutEndpoint.class,
            NotificationEndpoint.class,
            AdminEndpoint.class);
    assertThat(Gateway.IT.context.getBeanNamesForType(HandlerMapping.class))
        .containsExactly("routes");
    assertThat(Gateway.IT.context.getBeanNamesForType(ServletRegistrationBean.class))
        .containsExactly("dispatcher");
  }

  private static String line(Route route) {
    return line(
        route.method().name(),
        route.path(),
        "api",
        keys(route.access()),
        route
            .access()
            .permission()
            .map(Permission::resource)
            .map(resource -> resource.name().toLowerCase(Locale.ROOT))
            .orElse("-"),
        route.access().permission().map(Permission::wireName).orElse("-"));
  }

  private static String line(AdminRoute route) {
    Right right = route.right();
    return line(
        route.method(),
        route.path(),
        "admin",
        right == null ? "anybody" : "person",
        "-",
        right == null ? "-" : right.name().toLowerCase(Locale.ROOT));
  }

  private static String line(
      String method, String path, String listener, String who, String resource, String asks) {
    return "%-6s %-45s %s %-29s %-19s %s%n".formatted(method, path, listener, who, resource, asks);
  }

  private static String keys(Access access) {
    return access.publishable() ? "secret,restricted,publishable" : "secret,restricted";
  }
}
