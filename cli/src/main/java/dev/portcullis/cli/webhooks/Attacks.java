package dev.portcullis.cli.webhooks;

import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The published attacks on receivers of webhooks, docs/webhook-attacks/attacks.json.
 *
 * @param schemes by name
 */
record Attacks(Map<String, Scheme> schemes) {

  private static final String FILE = "/webhook-attacks/attacks.json";

  Attacks {
    schemes = Map.copyOf(schemes);
  }

  /**
   * A scheme of signatures.
   *
   * @param secret what its receiver has, for a person
   * @param attacks in their order; those that are to be accepted among them
   */
  record Scheme(String secret, List<Attack> attacks) {
    Scheme {
      attacks = List.copyOf(attacks);
    }
  }

  /**
   * One request, or one that is sent several times.
   *
   * @param accepted whether a sound receiver accepts it
   * @param why in a sentence
   * @param strict whether receivers that are sound may see it otherwise
   * @param times how often the same request is sent
   * @param mayBreakOff whether a receiver may close the connection instead of an answer
   * @param usual the scheme's variables
   * @param let those that are other ones in this attack
   * @param headers names, each with an expression
   */
  record Attack(
      String name,
      boolean accepted,
      String why,
      boolean strict,
      int times,
      boolean mayBreakOff,
      Map<String, Object> usual,
      Map<String, Object> let,
      List<Map.Entry<String, Object>> headers) {

    /** The expectation as it is written. */
    String expected() {
      return accepted ? "accept" : "reject";
    }
  }

  /** Reads what comes with the command. */
  static Attacks load() {
    try (InputStream file = Objects.requireNonNull(Attacks.class.getResourceAsStream(FILE), FILE)) {
      Map<String, Scheme> schemes = new LinkedHashMap<>();
      map(Json.readObject(file.readAllBytes()).get("schemes"))
          .forEach((name, scheme) -> schemes.put(name, scheme(map(scheme))));
      return new Attacks(schemes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Scheme scheme(Map<String, Object> scheme) {
    List<Attack> attacks = new ArrayList<>();
    for (Object each : list(scheme.get("attacks"))) {
      attacks.add(attack(scheme, map(each)));
    }
    return new Scheme(String.valueOf(scheme.get("secret")), attacks);
  }

  private static Attack attack(Map<String, Object> scheme, Map<String, Object> attack) {
    List<Map.Entry<String, Object>> headers = new ArrayList<>();
    for (Object each : list(attack.getOrDefault("headers", scheme.get("headers")))) {
      List<Object> pair = list(each);
      headers.add(Map.entry((String) pair.get(0), pair.get(1)));
    }
    return new Attack(
        String.valueOf(attack.get("name")),
        "accept".equals(attack.get("expected")),
        String.valueOf(attack.get("why")),
        Boolean.TRUE.equals(attack.get("strict")),
        ((Long) attack.getOrDefault("times", 1L)).intValue(),
        Boolean.TRUE.equals(attack.get("may_break_off")),
        map(scheme.get("let")),
        map(attack.getOrDefault("let", Map.of())),
        headers);
  }

  @SuppressWarnings("unchecked") // the file is our own
  private static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked") // the file is our own
  private static List<Object> list(@Nullable Object value) {
    return (List<Object>) Objects.requireNonNull(value);
  }
}
