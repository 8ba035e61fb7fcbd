package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands of people have in common. */
abstract class AdminCommand implements Callable<Integer> {

  @Mixin private SignInOptions signIn = new SignInOptions();

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  SignInOptions options() {
    return signIn;
  }

  boolean json() {
    return json;
  }

  PrintWriter out() {
    return spec().commandLine().getOut();
  }

  PrintWriter err() {
    return spec().commandLine().getErr();
  }

  Prompt prompt() {
    return new Prompt(err());
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("a command runs within the command line");
    }
    return spec;
  }

  /** The time, for what is said relative to it. */
  static Instant now() {
    return Clock.systemUTC().instant();
  }

  AdminClient signedIn(Zone zone) {
    return signIn.signedIn(zone, prompt());
  }

  /** The zone's answer as it is, or a person's lines. */
  void print(Map<String, @Nullable Object> answer, String lines) {
    print(json ? Json.writeString(answer) : lines);
  }

  void print(String text) {
    out().println(text);
    out().flush();
  }

  /** The objects of a list. */
  static List<Map<String, @Nullable Object>> data(Map<String, @Nullable Object> list) {
    if (list.get("data") instanceof List<?> data) {
      return data.stream().map(AdminCommand::object).toList();
    }
    throw new Refusal("The answer is not a list.");
  }

  @SuppressWarnings("unchecked") // the JSON reader makes no other maps
  static Map<String, @Nullable Object> object(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new Refusal("The answer is not what was expected.");
  }

  /** A member as text; an empty one where there is none. */
  static String text(Map<String, @Nullable Object> object, String member) {
    Object value = object.get(member);
    return value == null ? "" : value.toString();
  }

  /** A member as a number; 0 where there is none. */
  static long number(Map<String, @Nullable Object> object, String member) {
    return object.get(member) instanceof Long number ? number : 0;
  }

  /** A time as a person reads it, or that word where there is none. */
  static String time(Map<String, @Nullable Object> object, String member, String never) {
    Object value = object.get(member);
    return value == null
        ? never
        : Instant.ofEpochSecond(new BigDecimal(value.toString()).longValueExact()).toString();
  }
}
