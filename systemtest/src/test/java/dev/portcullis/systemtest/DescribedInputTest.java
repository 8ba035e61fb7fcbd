package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.portcullis.systemtest.BrokenValues.Broken;
import dev.portcullis.systemtest.Described.Operation;
import dev.portcullis.systemtest.Described.Parameter;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Broken values for every parameter of every operation, made from a description of the API: a
 * refusal names exactly the parameter that is broken, in bracket form; nothing is ever a 5xx, shows
 * what the program is made of, or repeats a card number.
 */
@Order(21)
@ExtendWith(SharedPortcullis.class)
class DescribedInputTest {
  private static final String CARD = "4242424242424242";
  private static final int SHOWN = 100;
  private static final int LINE = 7_000;

  private final Portcullis portcullis;

  DescribedInputTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  @Test
  void whatIsServedRefusesEveryBrokenValueByName() throws Exception {
    String served = Http.get(portcullis.api() + "/v1/openapi.json", portcullis.secretKey()).body();
    Described description = new Described(served);
    try (Targets targets = Targets.of(portcullis);
        Barrage barrage = new Barrage()) {
      for (Operation operation : description.operations()) {
        String url = portcullis.api() + targets.path(operation.path());
        for (Parameter parameter : description.parameters(operation)) {
          Map<String, String> beside = description.companions(operation, parameter.path());
          for (Broken broken : BrokenValues.of(parameter)) {
            send(barrage, url, operation, parameter, beside, broken, "2026-10-28.endive", true);
          }
        }
        whatIsMissing(barrage, url, operation, description.required(operation));
      }
      report(barrage, 20_000);
    }
  }

  /**
   * What Stripe takes and this gateway does not is refused as unknown, where it begins. Nothing is
   * sent beside the broken value, since what is required there may not be known here.
   */
  @Test
  void whatStripePublishesIsTakenOrRefusedByName() throws Exception {
    assumeTrue(
        Schemas.folder().isPresent(), "PORTCULLIS_SPECS names no folder with published schemas");
    Described description =
        new Described(Files.readString(Schemas.file("stripe-core-openapi", ".json")));
    try (Targets targets = Targets.of(portcullis);
        Barrage barrage = new Barrage()) {
      for (Operation operation : description.operations()) {
        String url = portcullis.api() + targets.path(operation.path());
        for (Parameter parameter : description.parameters(operation)) {
          for (Broken broken : BrokenValues.few(parameter)) {
            send(barrage, url, operation, parameter, Map.of(), broken, "2023-08-16", false);
          }
        }
      }
      report(barrage, 20_000);
    }
  }

  private void send(
      Barrage barrage,
      String url,
      Operation operation,
      Parameter parameter,
      Map<String, String> beside,
      Broken broken,
      String version,
      boolean exactly) {
    // A request's line has less room than a body has.
    if (!operation.takesBody() && (broken.json() || broken.raw().length() > LINE)) {
      return;
    }
    HttpRequest.Builder request;
    if (broken.json()) {
      request =
          Http.authorized(url, portcullis.secretKey())
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      json(beside, parameter.path(), broken.raw())));
    } else {
      request = formed(url, operation, Http.encode(beside), broken.raw());
    }
    barrage.send(
        operation + " " + parameter.path() + " (" + broken.label() + ")",
        request.header("Stripe-Version", version),
        answer -> fault(answer, broken, exactly));
  }

  private HttpRequest.Builder formed(String url, Operation operation, String beside, String more) {
    String all = beside.isEmpty() ? more : beside + (more.isEmpty() ? "" : "&" + more);
    if (operation.takesBody()) {
      return Http.authorized(url, portcullis.secretKey())
          .header("Content-Type", "application/x-www-form-urlencoded")
          .POST(HttpRequest.BodyPublishers.ofString(all));
    }
    return Http.authorized(url + "?" + all, portcullis.secretKey())
        .method(operation.method(), HttpRequest.BodyPublishers.noBody());
  }

  private static Optional<String> fault(Http.Answer answer, Broken broken, boolean exactly) {
    if (answer.body().contains(CARD)) {
      return Optional.of("repeats a card number");
    }
    boolean free = broken.named().isEmpty() || (!exactly && broken.label().equals("empty"));
    if (free && answer.status() == 200) {
      return Optional.empty();
    }
    Optional<String> fault = Refusals.fault(answer);
    if (fault.isPresent() || free) {
      return fault;
    }
    String named = Refusals.param(answer);
    boolean right =
        exactly ? named.equals(broken.named()) : isRefusedSomehow(answer, named, broken.named());
    return right
        ? Optional.empty()
        : Optional.of(
            "names '" + named + "', not '" + broken.named() + "': " + Refusals.told(answer));
  }

  /**
   * No such route; card data, told where it stands; or a value that is taken, and another missing.
   */
  private static boolean isRefusedSomehow(Http.Answer answer, String named, String path) {
    String code = Refusals.code(answer);
    return answer.status() == 404
        || isPartOf(named, path)
        || (code.equals("card_data_not_allowed") && isPartOf(path, named))
        || code.equals("parameter_missing");
  }

  /** What is not served is named where it begins: {@code a[b]} for {@code a[b][c]}. */
  private static boolean isPartOf(String named, String path) {
    return !named.isEmpty() && (path.equals(named) || path.startsWith(named + "["));
  }

  private void whatIsMissing(
      Barrage barrage, String url, Operation operation, Map<String, String> required) {
    for (String name : required.keySet()) {
      Map<String, String> rest = new java.util.LinkedHashMap<>(required);
      rest.remove(name);
      String missing = missing(name, rest.keySet());
      barrage.send(
          operation + " without " + name,
          formed(url, operation, Http.encode(rest), ""),
          answer ->
              Refusals.fault(answer)
                  .or(
                      () ->
                          Refusals.param(answer).equals(missing)
                              ? Optional.empty()
                              : Optional.of("does not name it: " + Refusals.told(answer))));
    }
  }

  /** What is missed without that member: where it was all that a hash had, the hash is. */
  private static String missing(String name, Set<String> rest) {
    String missing = name;
    while (missing.endsWith("]")) {
      String hash = missing.substring(0, missing.lastIndexOf('['));
      if (rest.stream().anyMatch(other -> other.startsWith(hash + "["))) {
        return missing;
      }
      missing = hash;
    }
    return missing;
  }

  /** The companions and the broken value as one JSON text. */
  private static String json(Map<String, String> beside, String path, String raw) {
    JsonObject body = new JsonObject();
    beside.forEach((name, value) -> put(body, segments(name), 0, value));
    put(body, segments(path), 0, "@@");
    return body.toString().replace("\"@@\"", raw);
  }

  private static String[] segments(String path) {
    return path.replace("]", "").split("\\[");
  }

  private static void put(JsonElement into, String[] segments, int at, String value) {
    boolean last = at + 1 == segments.length;
    boolean list = !last && segments[at + 1].equals("0");
    JsonElement next = last ? new JsonPrimitive(value) : list ? new JsonArray() : new JsonObject();
    if (into instanceof JsonArray array) {
      if (array.isEmpty()) {
        array.add(next);
      }
      next = array.get(0);
    } else {
      JsonObject object = into.getAsJsonObject();
      if (!object.has(segments[at])) {
        object.add(segments[at], next);
      }
      next = object.get(segments[at]);
    }
    if (!last) {
      put(next, segments, at + 1, value);
    }
  }

  private static void report(Barrage barrage, int least) {
    List<String> faults = barrage.faults();
    assertThat(faults.stream().limit(SHOWN).toList())
        .as("%d faults in %d requests", faults.size(), barrage.sent())
        .isEmpty();
    assertThat(barrage.sent()).isGreaterThan(least);
  }
}
