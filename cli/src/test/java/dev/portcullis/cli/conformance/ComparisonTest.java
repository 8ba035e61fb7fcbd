package dev.portcullis.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final String PUBLISHED =
      """
      {"openapi": "3.0.0", "paths": {
        "/v1/things": {
          "get": {
            "parameters": [{"in": "query", "name": "limit"}, {"in": "query", "name": "colour"}],
            "responses": {"200": {"content": {"application/json": {"schema":
              {"properties": {"has_more": {}, "url": {}, "data": {"items": {"$ref": "#/components/schemas/thing"}}}}}}}}},
          "post": {
            "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema":
              {"properties": {"name": {}, "size": {}, "expand": {}}}}}},
            "responses": {"200": {"content": {"application/json": {"schema":
              {"$ref": "#/components/schemas/thing"}}}}}}},
        "/v1/things/{thing}": {
          "delete": {
            "parameters": [{"in": "path", "name": "thing"}],
            "responses": {"200": {"content": {"application/json": {"schema": {"anyOf": [
              {"$ref": "#/components/schemas/thing"}, {"properties": {"deleted": {}}}]}}}}}}}},
       "components": {"schemas": {"thing": {"properties": {
         "id": {"type": "string"}, "name": {"type": "string"}, "size": {}, "next": {"$ref": "#/components/schemas/thing"}}}}}}
      """;

  private static final String SERVED =
      """
      {"openapi": "3.1.0", "paths": {
        "/v1/things": {
          "get": {
            "parameters": [{"in": "query", "name": "limit"}, {"in": "query", "name": "own"}],
            "responses": {"200": {"content": {"application/json": {"schema":
              {"properties": {"has_more": {}, "data": {"items": {"$ref": "#/components/schemas/thing"}}}}}}}}}},
        "/v1/things/{id}": {
          "delete": {
            "responses": {"200": {"content": {"application/json": {"schema":
              {"$ref": "#/components/schemas/thing"}}}}}}}},
       "components": {"schemas": {"thing": {"properties": {
         "id": {"type": "string"}, "size": {"type": "null"}}}}}}
      """;

  private static ApiDescription parse(String json) {
    return ApiDescription.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> compared(String published, String served, boolean missing) {
    return Comparison.lines(parse(published).operations(), parse(served).operations(), missing);
  }

  @Test
  void each_operation_and_the_totals_are_told() {
    assertThat(compared(PUBLISHED, SERVED, false))
        .containsExactly(
            "DELETE /v1/things/{}  parameters 0 of 0          fields 2 of 5          (1 always"
                + " null)",
            "GET /v1/things        parameters 1 of 2          fields 2 of 4          (1 always"
                + " null)",
            "POST /v1/things       not served",
            "",
            "Operations served:    2 of 3 (66 %)",
            "Parameters accepted:  1 of 5 (20 %)",
            "Fields produced:      4 of 13 (30 %), of which 2 are always null",
            "Not counted:          0 parameters and 0 fields of other ways to pay");
  }

  @Test
  void what_is_missing_is_named_where_it_is_asked_for() {
    assertThat(compared(PUBLISHED, SERVED, true))
        .startsWith(
            "DELETE /v1/things/{}  parameters 0 of 0          fields 2 of 5          (1 always"
                + " null)",
            "    missing fields: deleted, name, next",
            "GET /v1/things        parameters 1 of 2          fields 2 of 4          (1 always"
                + " null)",
            "    missing parameters: colour",
            "    missing fields: name, next",
            "POST /v1/things       not served",
            "");
  }

  @Test
  void members_of_a_kind_that_is_not_served_are_counted_for_themselves() {
    String published = kinds("\"card\": {}, \"bank\": {}, \"wallet\": {}, \"billing\": {}");
    assertThat(compared(published, kinds("\"card\": {}"), true))
        .containsExactly(
            "POST /v1/pays  parameters 2 of 3 (+2)     fields 2 of 3 (+2)",
            "    missing parameters: billing",
            "    missing fields: billing",
            "",
            "Operations served:    1 of 1 (100 %)",
            "Parameters accepted:  2 of 3 (66 %)",
            "Fields produced:      2 of 3 (66 %), of which 0 are always null",
            "Not counted:          2 parameters and 2 fields of other ways to pay");
  }

  private static String kinds(String members) {
    String schema =
        "{\"properties\": {\"type\": {\"enum\": [\"card\", \"bank\", \"wallet\"]}, "
            + members
            + "}}";
    return "{\"openapi\": \"3.0.0\", \"paths\": {\"/v1/pays\": {\"post\": {\"requestBody\":"
        + " {\"content\": {\"form\": {\"schema\": "
        + schema
        + "}}}, \"responses\": {\"200\": {\"content\": {\"application/json\": {\"schema\": "
        + schema
        + "}}}}}}}}";
  }

  @Test
  void a_description_beside_itself_is_whole() {
    assertThat(compared(PUBLISHED, PUBLISHED, true))
        .contains("Operations served:    3 of 3 (100 %)", "Parameters accepted:  5 of 5 (100 %)")
        .noneMatch(line -> line.contains("not served") || line.contains("missing"));
  }

  @Test
  void what_is_no_description_is_refused() {
    for (String text : List.of("", "[]", "{}", "{\"openapi\": \"3.1.0\"}", "openapi: 3.1.0")) {
      assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
