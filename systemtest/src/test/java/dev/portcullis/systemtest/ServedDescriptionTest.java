package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.networknt.schema.dialect.Dialects;
import dev.portcullis.systemtest.Tour.Stop;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every answer of the API against the description that the API serves of itself. */
@ExtendWith(SharedPortcullis.class)
class ServedDescriptionTest {

  @Test
  void everyAnswerIsAsDescribedAndHasNothingMore(Portcullis portcullis)
      throws IOException, InterruptedException {
    Http.Answer served = Http.get(portcullis.api() + "/v1/openapi.json", portcullis.secretKey());
    assertThat(served.status()).isEqualTo(200);
    Set<String> faults =
        faults(served.body(), Tour.of(Tour.Place.of(portcullis), "2026-10-28.endive"));
    assertThat(faults).isEmpty();
  }

  static Set<String> faults(String served, List<Stop> stops) {
    JsonElement closed = closed(JsonParser.parseString(served));
    Schemas description = new Schemas(closed.toString(), Dialects.getOpenApi31());
    Set<String> faults = new TreeSet<>();
    int checked = 0;
    for (Stop stop : stops) {
      Optional<String> schema = Schemas.response(description.document(), stop);
      // What the cards origin takes is described there.
      if (schema.isPresent()) {
        checked++;
        description
            .faults(schema.get(), stop.body().toString())
            .forEach(fault -> faults.add(stop + " " + fault));
      }
    }
    assertThat(checked).isGreaterThan(70);
    return faults;
  }

  /** The same, where a hash with named members has no other ones. */
  private static JsonElement closed(JsonElement element) {
    if (element.isJsonArray()) {
      JsonArray array = new JsonArray();
      element.getAsJsonArray().forEach(item -> array.add(closed(item)));
      return array;
    }
    if (!element.isJsonObject()) {
      return element;
    }
    JsonObject object = new JsonObject();
    element.getAsJsonObject().asMap().forEach((name, value) -> object.add(name, closed(value)));
    if (object.has("properties")
        && object.has("required")
        && object.get("properties").isJsonObject()) {
      object.addProperty("additionalProperties", false);
    }
    return object;
  }
}
