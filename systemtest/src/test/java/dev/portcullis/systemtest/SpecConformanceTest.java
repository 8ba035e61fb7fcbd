package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.networknt.schema.dialect.Dialects;
import dev.portcullis.systemtest.Tour.Stop;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every answer of the API against the schemas that Stripe publishes, in the newest version and in
 * the oldest. The schemas are not part of this project: it runs where somebody names a folder with
 * them, {@code -Dportcullis.specs} or {@code PORTCULLIS_SPECS}.
 */
@Tag("specs")
@EnabledIf("present")
@ExtendWith(SharedPortcullis.class)
class SpecConformanceTest {

  private static final String NEWEST = "2026-10-28.endive";
  private static final String OLDEST = "2023-08-16";

  private final Portcullis portcullis;

  SpecConformanceTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  static boolean present() {
    return Schemas.folder().isPresent();
  }

  @Test
  void theNewestVersionIsAsItsTypesSay() {
    assertThat(typeFaults(Tour.of(Tour.Place.of(portcullis), NEWEST))).isEmpty();
  }

  @Test
  void theOldestVersionIsAsItsDescriptionSays() {
    assertThat(descriptionFaults(Tour.of(Tour.Place.of(portcullis), OLDEST))).isEmpty();
  }

  static Set<String> typeFaults(List<Stop> stops) {
    Schemas types = new Schemas(Schemas.file("stripe-types", ".schema.json"), Dialects.getDraft7());
    Set<String> faults = new TreeSet<>();
    int checked = 0;
    for (Stop stop : stops) {
      for (JsonObject object : objects(stop.body())) {
        Optional<String> schema = root(types, object);
        if (schema.isPresent()) {
          checked++;
          String held = withoutDecimals(object).toString();
          types.faults(schema.get(), held).forEach(f -> faults.add(stop + " " + f));
        }
      }
    }
    assertThat(checked).isGreaterThan(100);
    return faults;
  }

  static Set<String> descriptionFaults(List<Stop> stops) {
    Schemas description =
        new Schemas(Schemas.file("stripe-core-openapi", ".json"), Dialects.getOpenApi30());
    Set<String> faults = new TreeSet<>();
    int checked = 0;
    for (Stop stop : stops) {
      Optional<String> schema = Schemas.response(description.document(), stop);
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

  /** The objects that an answer is made of: itself, a list's, an event's, an error's. */
  private static List<JsonObject> objects(JsonObject body) {
    if (body.has("error")) {
      return body.getAsJsonObject("error").entrySet().stream()
          .map(entry -> entry.getValue())
          .filter(JsonElement::isJsonObject)
          .map(JsonElement::getAsJsonObject)
          .toList();
    }
    return switch (body.get("object").getAsString()) {
      case "list", "search_result" ->
          body.getAsJsonArray("data").asList().stream()
              .map(JsonElement::getAsJsonObject)
              .flatMap(object -> objects(object).stream())
              .toList();
      case "event" -> objects(body.getAsJsonObject("data").getAsJsonObject("object"));
      default -> List.of(body);
    };
  }

  /**
   * The same with nothing in the place of decimal texts: the types say what the SDK makes of them,
   * an object, and not what the wire shows.
   */
  private static JsonElement withoutDecimals(JsonElement element) {
    if (element.isJsonArray()) {
      JsonArray array = new JsonArray();
      element.getAsJsonArray().forEach(item -> array.add(withoutDecimals(item)));
      return array;
    }
    if (!element.isJsonObject()) {
      return element;
    }
    JsonObject object = new JsonObject();
    element
        .getAsJsonObject()
        .asMap()
        .forEach(
            (name, value) ->
                object.add(
                    name, name.endsWith("_decimal") ? JsonNull.INSTANCE : withoutDecimals(value)));
    return object;
  }

  private static Optional<String> root(Schemas types, JsonObject object) {
    String name = object.get("object").getAsString().replace('.', '_');
    String root = object.has("deleted") ? "deleted_" + name : name;
    return types.document().get("roots").has(root)
        ? Optional.of("/roots/" + root)
        : Optional.empty();
  }
}
