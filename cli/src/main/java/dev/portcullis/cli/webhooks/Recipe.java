package dev.portcullis.cli.webhooks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Variables of one request, each made when it is first asked for and the same from then on. What
 * expressions can say is in docs/webhook-attacks/README.md.
 */
final class Recipe {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([a-z_0-9]+)}");

  private final Map<String, Object> definitions;
  private final Instant now;
  private final Map<String, byte[]> values = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  /**
   * @param definitions expressions by the variables' names
   * @param given variables that somebody else has chosen, which come first
   * @param now what times count from
   */
  Recipe(Map<String, Object> definitions, Map<String, byte[]> given, Instant now) {
    this.definitions = definitions;
    this.values.putAll(given);
    this.now = now;
  }

  /** An expression as text in UTF-8. */
  String text(@Nullable Object expression) {
    return new String(bytes(expression), StandardCharsets.UTF_8);
  }

  /**
   * What an expression stands for.
   *
   * @throws IllegalArgumentException if it is none
   */
  byte[] bytes(@Nullable Object expression) {
    return switch (expression) {
      case String template -> filled(template);
      case Map<?, ?> call -> call(call);
      case null, default -> throw new IllegalArgumentException("no expression: " + expression);
    };
  }

  private byte[] filled(String template) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Matcher variables = VARIABLE.matcher(template);
    int from = 0;
    while (variables.find()) {
      out.writeBytes(template.substring(from, variables.start()).getBytes(StandardCharsets.UTF_8));
      out.writeBytes(variable(variables.group(1)));
      from = variables.end();
    }
    out.writeBytes(template.substring(from).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private byte[] variable(String name) {
    byte[] known = values.get(name);
    if (known != null) {
      return known;
    }
    if (!definitions.containsKey(name) || !open.add(name)) {
      throw new IllegalArgumentException("no variable, or one by way of itself: " + name);
    }
    byte[] made = bytes(definitions.get(name));
    open.remove(name);
    values.put(name, made);
    return made;
  }

  /** The first member names the function and its argument. */
  private byte[] call(Map<?, ?> call) {
    String name = String.valueOf(call.keySet().iterator().next());
    Object argument = call.get(name);
    return switch (name) {
      case "time" ->
          Long.toString(shifted(argument).getEpochSecond()).getBytes(StandardCharsets.US_ASCII);
      case "iso_time" ->
          Instant.ofEpochSecond(shifted(argument).getEpochSecond())
              .toString()
              .getBytes(StandardCharsets.US_ASCII);
      case "random" -> Functions.random(number(argument));
      case "first" -> Functions.part(bytes(call.get("of")), 0, number(argument));
      case "last" -> Functions.last(bytes(call.get("of")), number(argument));
      case "after" -> Functions.after(bytes(call.get("of")), text(argument));
      case "repeat" -> Functions.repeated(bytes(call.get("of")), number(argument));
      case "replace" -> replaced(argument, text(call.get("of")));
      default ->
          call.containsKey("key")
              ? Functions.keyed(name, bytes(call.get("key")), bytes(argument))
              : Functions.plain(name, bytes(argument));
    };
  }

  private Instant shifted(@Nullable Object seconds) {
    return now.plusSeconds(number(seconds));
  }

  private byte[] replaced(@Nullable Object pair, String text) {
    if (!(pair instanceof List<?> both) || both.size() != 2) {
      throw new IllegalArgumentException("replace takes two texts");
    }
    return text.replace(text(both.get(0)), text(both.get(1))).getBytes(StandardCharsets.UTF_8);
  }

  private static int number(@Nullable Object value) {
    if (!(Objects.requireNonNull(value) instanceof Long number)) {
      throw new IllegalArgumentException("no number: " + value);
    }
    return Math.toIntExact(number);
  }
}
