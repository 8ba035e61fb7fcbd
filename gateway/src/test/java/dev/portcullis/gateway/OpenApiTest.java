package dev.portcullis.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.wire.params.Param;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The served description, read by a parser of others. */
class OpenApiTest {

  private final Gateway gateway = Gateway.IT;

  private OpenAPI description() {
    Answer answer = gateway.get("/v1/openapi.json");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(answer.text());
    assertThat(result.getMessages()).isNullOrEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).startsWith("3.1");
    return requireNonNull(result.getOpenAPI());
  }

  private static Operation operation(OpenAPI description, Route route) {
    PathItem item = requireNonNull(description.getPaths().get(route.path()));
    return requireNonNull(
        item.readOperationsMap().get(PathItem.HttpMethod.valueOf(route.method().name())));
  }

  @Test
  void it_describes_what_is_served_and_nothing_else() {
    Set<String> described = new TreeSet<>();
    description()
        .getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap().keySet().forEach(m -> described.add(m + " " + path)));
    Set<String> served =
        gateway.endpoint().routes().stream()
            .map(route -> route.method() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(described).isEqualTo(served).contains("GET /v1/openapi.json");
  }

  @Test
  void each_operation_has_the_parameters_of_its_route() {
    OpenAPI description = description();
    for (Route route : gateway.endpoint().routes()) {
      Set<String> declared =
          route.parameters().params().stream().map(Param::name).collect(Collectors.toSet());
      declared.add("expand");
      assertThat(parameters(description, operation(description, route)))
          .as(route.method() + " " + route.path())
          .containsExactlyInAnyOrderElementsOf(declared);
    }
  }

  private static Set<String> parameters(OpenAPI description, Operation operation) {
    if (operation.getRequestBody() == null) {
      return operation.getParameters().stream()
          .filter(parameter -> "query".equals(parameter.getIn()))
          .map(Parameter::getName)
          .collect(Collectors.toSet());
    }
    Set<String> media = operation.getRequestBody().getContent().keySet();
    assertThat(media).containsExactly("application/x-www-form-urlencoded", "application/json");
    String reference =
        requireNonNull(operation.getRequestBody().getContent().get("application/json"))
            .getSchema()
            .get$ref();
    Schema<?> schema =
        requireNonNull(
            description
                .getComponents()
                .getSchemas()
                .get(reference.substring(reference.lastIndexOf('/') + 1)));
    Map<?, ?> properties = schema.getProperties();
    return properties.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
  }

  @Test
  void operations_have_names_of_their_own() {
    List<String> names =
        description().getPaths().values().stream()
            .flatMap(item -> item.readOperations().stream())
            .map(Operation::getOperationId)
            .toList();
    assertThat(names).doesNotHaveDuplicates().allSatisfy(n -> assertThat(n).matches("[A-Za-z]+"));
  }

  @Test
  void a_stranger_and_a_page_learn_nothing() {
    assertThat(
            gateway
                .send(
                    java.net.http.HttpRequest.newBuilder(gateway.base.resolve("/v1/openapi.json")))
                .status())
        .isEqualTo(401);
    assertThat(
            gateway
                .send(
                    java.net.http.HttpRequest.newBuilder(gateway.base.resolve("/v1/openapi.json"))
                        .header("Authorization", "Bearer " + gateway.publishableKey.text()))
                .status())
        .isEqualTo(403);
  }
}
