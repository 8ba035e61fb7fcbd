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

  @Test
  void each_operation_and_the_totals_are_told() {
    List<String> lines =
        Comparison.lines(parse(PUBLISHED).operations(), parse(SERVED).operations());
    assertThat(lines)
        .containsExactly(
            "DELETE /v1/things/{}  parameters 0 of 0     fields 2 of 5     (1 always null)",
            "GET /v1/things        parameters 1 of 2     fields 2 of 4     (1 always null)",
            "POST /v1/things       not served",
            "",
            "Operations served:    2 of 3 (66 %)",
            "Parameters accepted:  1 of 5 (20 %)",
            "Fields produced:      4 of 13 (30 %), of which 2 are always null");
  }

  @Test
  void a_description_beside_itself_is_whole() {
    assertThat(Comparison.lines(parse(PUBLISHED).operations(), parse(PUBLISHED).operations()))
        .contains("Operations served:    3 of 3 (100 %)", "Parameters accepted:  5 of 5 (100 %)")
        .noneMatch(line -> line.contains("not served"));
  }

  @Test
  void what_is_no_description_is_refused() {
    for (String text : List.of("", "[]", "{}", "{\"openapi\": \"3.1.0\"}", "openapi: 3.1.0")) {
      assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
