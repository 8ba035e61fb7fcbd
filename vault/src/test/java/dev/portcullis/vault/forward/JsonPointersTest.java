package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonPointersTest {

  @Test
  void onlyWhatIsNamedIsPickedFromEachElement() {
    assertThat(
            picked(
                "{\"list\":[{\"a\":1,\"b\":2,\"secret\":3},{\"a\":4},7,[{\"a\":5}]],\"secret\":6}",
                "/list/-/a",
                "/list/-/b"))
        .isEqualTo(
            Json.writeString(
                Json.readObject(bytes("{\"list\":[{\"a\":1,\"b\":2},{\"a\":4},{},{}]}"))));
  }

  @Test
  void elementsGoDeeper() {
    assertThat(
            picked(
                "{\"l\":[{\"o\":{\"a\":1,\"x\":2},\"m\":[{\"b\":3,\"x\":4}]}]}",
                "/l/-/o/a",
                "/l/-/m/-/b"))
        .isEqualTo("{\"l\":[{\"o\":{\"a\":1},\"m\":[{\"b\":3}]}]}");
  }

  @Test
  void aPointerThatDoesNotFitPicksNothing() {
    assertThat(picked("{\"l\":{\"-\":{\"a\":1}},\"m\":[{\"a\":1}],\"n\":[1]}", "/m/a", "/n/-"))
        .isEqualTo("{}");
    assertThat(picked("{\"l\":{\"-\":{\"a\":1}}}", "/l/-/a"))
        .isEqualTo("{\"l\":{\"-\":{\"a\":1}}}");
    assertThat(picked("{\"m\":[{\"a\":1}]}", "/m")).isEqualTo("{\"m\":[{\"a\":1}]}");
  }

  private static String picked(String json, String... pointers) {
    Map<String, @Nullable Object> tree = Json.readObject(bytes(json));
    return Json.writeString(JsonPointers.pick(tree, List.of(pointers)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
