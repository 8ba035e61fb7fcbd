package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.systemtest.Described.Operation;
import dev.portcullis.systemtest.Described.Parameter;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Strings that have broken others, through every parameter of every operation: taken or refused,
 * never a 5xx. A seeded part of them always, all of them again and again for 10 minutes with {@code
 * -Dportcullis.long=true}.
 */
@Order(23)
@ExtendWith(SharedPortcullis.class)
class NaughtyStringsTest {
  private static final int PART = 4_000;
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Portcullis portcullis;

  /** Those of the strings that look as if they came from the inside. */
  private List<String> inner = List.of();

  NaughtyStringsTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  private record Place(Operation operation, String path, Map<String, String> beside) {}

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void noneOfThemBreaksAnything() throws Exception {
    long seed = Long.getLong("portcullis.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> strings = strings();
    inner = strings.stream().filter(text -> Refusals.INSIDES.matcher(text).find()).toList();
    assertThat(strings).hasSizeGreaterThan(150);
    List<Place> places = places();
    boolean untilTime = Boolean.getBoolean("portcullis.long");
    long start = System.nanoTime();
    try (Targets targets = Targets.of(portcullis);
        Barrage barrage = new Barrage()) {
      for (int at = 0; untilTime ? System.nanoTime() - start < LONG.toNanos() : at < PART; at++) {
        Place place = places.get(random.nextInt(places.size()));
        send(barrage, targets, place, strings.get(random.nextInt(strings.size())));
      }
      assertThat(barrage.faults().stream().limit(50).toList()).as("seed %d", seed).isEmpty();
      assertThat(barrage.sent()).isGreaterThanOrEqualTo(PART);
    }
  }

  private List<Place> places() throws IOException, InterruptedException {
    String served = Http.get(portcullis.api() + "/v1/openapi.json", portcullis.secretKey()).body();
    Described description = new Described(served);
    List<Place> places = new ArrayList<>();
    for (Operation operation : description.operations()) {
      for (Parameter parameter : description.parameters(operation)) {
        places.add(
            new Place(
                operation, parameter.path(), description.companions(operation, parameter.path())));
      }
    }
    return places;
  }

  private void send(Barrage barrage, Targets targets, Place place, String text) {
    String pairs =
        Http.encode(place.beside())
            + (place.beside().isEmpty() ? "" : "&")
            + BrokenValues.encode(place.path())
            + "="
            + encode(text);
    String url = portcullis.api() + targets.path(place.operation().path());
    boolean body = place.operation().takesBody();
    HttpRequest.Builder request =
        Http.authorized(body ? url : url + "?" + pairs, portcullis.secretKey())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .method(
                place.operation().method(),
                body
                    ? HttpRequest.BodyPublishers.ofString(pairs)
                    : HttpRequest.BodyPublishers.noBody());
    barrage.send(
        place.operation() + " " + place.path() + " '" + printable(text) + "'",
        request,
        answer -> answer.status() == 200 ? Optional.empty() : fault(answer));
  }

  /**
   * What was sent may be said back, by this answer or, stored, by a later one; only what is beyond
   * it must not be of the inside.
   */
  private Optional<String> fault(Http.Answer answer) {
    String body = answer.body();
    for (String text : inner) {
      body = body.replace(text, "");
    }
    return Refusals.fault(new Http.Answer(answer.status(), answer.headers(), body));
  }

  /** As bytes of UTF-8, with half a pair as the three bytes that it would be. */
  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (int point : text.codePoints().toArray()) {
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        encoded.append(
            "%%%02X%%%02X%%%02X"
                .formatted(
                    0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)));
      } else {
        encoded.append(BrokenValues.encode(Character.toString(point)));
      }
    }
    return encoded.toString();
  }

  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.chars()
        .forEach(c -> shown.append(c >= ' ' && c <= '~' ? "" + (char) c : "\\u%04x".formatted(c)));
    return shown.toString();
  }

  private static List<String> strings() throws IOException {
    try (var in = NaughtyStringsTest.class.getResourceAsStream("/naughty-strings.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("# "))
          .map(NaughtyStringsTest::unescaped)
          .toList();
    }
  }

  private static String unescaped(String line) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < line.length(); at++) {
      if (line.charAt(at) != '\\') {
        text.append(line.charAt(at));
      } else {
        at++;
        switch (line.charAt(at)) {
          case 'u' -> {
            text.append((char) Integer.parseInt(line, at + 1, at + 5, 16));
            at += 4;
          }
          case 'r' -> text.append('\r');
          case 'n' -> text.append('\n');
          case 't' -> text.append('\t');
          default -> text.append(line.charAt(at));
        }
      }
    }
    return text.toString();
  }
}
