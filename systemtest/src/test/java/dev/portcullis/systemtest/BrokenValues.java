package dev.portcullis.systemtest;

import com.google.gson.JsonObject;
import dev.portcullis.systemtest.Described.Parameter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Values that a parameter must not be, made from what its description says that it is. */
final class BrokenValues {

  private static final int BEYOND_EVERY_TEXT = 65_537;
  private static final int MAX_WORD = 5_000;

  /**
   * A broken value.
   *
   * @param label what is broken
   * @param json whether it is of a JSON body
   * @param raw of a form: pairs as they are sent; of JSON: the value
   * @param named the parameter that the refusal must name, or empty if the value may be right
   */
  record Broken(String label, boolean json, String raw, String named) {}

  /** One of each sort, for a description that is not of what is served. */
  private static final Set<String> FEW =
      Set.of(
          "NUL",
          "invalid UTF-8",
          "card number",
          "given twice",
          "text, then hash",
          "text for a structure",
          "unknown member",
          "hash",
          "list",
          "empty",
          "too long",
          "number x",
          "number 9223372036854775808",
          "too small",
          "too large",
          "no boolean",
          "no such word",
          "attack <script>alert(1)</script>",
          "JSON lone surrogate",
          "JSON hash");

  private final Parameter parameter;
  private final String path;
  private final List<JsonObject> kinds;
  private final List<Broken> values = new ArrayList<>();

  private BrokenValues(Parameter parameter) {
    this.parameter = parameter;
    this.path = parameter.path();
    this.kinds = parameter.valued();
  }

  static List<Broken> of(Parameter parameter) {
    BrokenValues broken = new BrokenValues(parameter);
    broken.undecodable();
    broken.givenTwice();
    broken.ofAnotherType();
    broken.outOfRange();
    broken.noWords();
    broken.noForm();
    broken.attacks();
    broken.json();
    return broken.values;
  }

  static List<Broken> few(Parameter parameter) {
    return of(parameter).stream().filter(broken -> FEW.contains(broken.label())).toList();
  }

  private void undecodable() {
    raw("NUL", "a%00b");
    raw("control character", "a%07b");
    raw("C1 control character", "a%C2%9Bb");
    raw("escape", "%1B%5B31m");
    raw("invalid UTF-8", "%C3%28");
    raw("overlong UTF-8", "%C0%AE%C0%AE");
    raw("surrogate in UTF-8", "%ED%A0%80");
    raw("beyond Unicode", "%F4%90%80%80");
    raw("too long for any text", "x".repeat(BEYOND_EVERY_TEXT));
    text("card number", "4242424242424242", path);
    text("card number with spaces", "my card 4242 4242 4242 4242", path);
  }

  private void givenTwice() {
    form("given twice", pair(path, "1") + "&" + pair(path, "1"), path);
    form("hash, then text", pair(path + "[a]", "1") + "&" + pair(path, "1"), path);
    form("text, then hash", pair(path, "1") + "&" + pair(path + "[a]", "1"), path + "[a]");
  }

  private void ofAnotherType() {
    boolean hash = any(kind -> kind.has("properties"));
    boolean open = any(kind -> kind.has("additionalProperties") && !kind.has("properties"));
    boolean list = any(kind -> kind.has("items"));
    boolean text = any(BrokenValues::isPlain);
    if (!text) {
      text("text for a structure", "x", path);
    }
    if (hash) {
      form("unknown member", pair(path + "[colour]", "red"), path + "[colour]");
    } else if (!open) {
      form("hash", pair(path + "[colour]", "red"), path);
    }
    if (list) {
      form("list with a gap", pair(path + "[5]", "x"), path);
    } else if (hash) {
      form("list for a hash", pair(path + "[0]", "x"), path + "[0]");
    } else if (!open) {
      form("list", pair(path + "[0]", "x"), path);
    }
    // An empty text removes a member of an open hash.
    boolean unsets = parameter.isUnsettable() || open || path.endsWith("[key]");
    form("empty", pair(path, ""), unsets ? "" : path);
  }

  private void outOfRange() {
    for (JsonObject kind : kinds) {
      if (kind.has("maxItems") && kind.get("maxItems").getAsInt() <= 100) {
        int many = kind.get("maxItems").getAsInt() + 1;
        StringBuilder pairs = new StringBuilder();
        for (int at = 0; at < many; at++) {
          pairs.append(at == 0 ? "" : "&").append(pair(path + "[" + at + "]", "x"));
        }
        form("too many elements", pairs.toString(), path);
      }
      if (kind.has("maxLength") && isFreeText(kind) && kinds.size() == 1) {
        int most = kind.get("maxLength").getAsInt();
        text("too long", "x".repeat(most + 1), path);
        // One sign of two units more: what is counted is characters.
        text("too long by one emoji", "\uD83D\uDE00".repeat(most + 1), path);
      }
    }
    if (!isOnly("integer")) {
      return;
    }
    for (String number :
        List.of(
            "x",
            "1.5",
            "1e3",
            "0x10",
            "1,000",
            "1 000",
            " 1",
            "+1",
            "--1",
            "\uFF11\uFF12",
            "NaN",
            "Infinity",
            "9223372036854775808",
            "-9223372036854775809",
            "9".repeat(400))) {
      text("number " + number.substring(0, Math.min(20, number.length())), number, path);
    }
    for (JsonObject kind : kinds) {
      if (kind.has("minimum") && kind.get("minimum").getAsLong() > Long.MIN_VALUE) {
        text("too small", Long.toString(kind.get("minimum").getAsLong() - 1), path);
      }
      if (kind.has("maximum") && kind.get("maximum").getAsLong() < Long.MAX_VALUE) {
        text("too large", Long.toString(kind.get("maximum").getAsLong() + 1), path);
      }
    }
  }

  private void noWords() {
    if (isOnly("boolean")) {
      for (String truth : List.of("maybe", "TRUE", "1", "yes", "null")) {
        text("no boolean", truth, path);
      }
    }
    if (all(kind -> kind.has("enum"))) {
      String word = kinds.getFirst().getAsJsonArray("enum").get(0).getAsString();
      text("no such word", "colour", path);
      text("a word and a space", word + " ", path);
      text("a word and a line end", word + "\n", path);
      text("a word twice", word + "," + word, path);
      text("a long word", "w".repeat(MAX_WORD), path);
    }
  }

  private void noForm() {
    if (isFormat("uri")) {
      for (String url :
          List.of(
              "nowhere",
              "//example.com/",
              "http://",
              "https:///path",
              "ftp://example.com/",
              "javascript:alert(1)",
              "data:text/html,x",
              "file:///etc/passwd",
              "https://user:word@example.com/",
              "https://example.com:99999/",
              "https://exa mple.com/",
              "https://example.com/\r\nSet-Cookie: a=b",
              "https://" + "a".repeat(3_000) + ".com/")) {
        text("no URL", url, path);
      }
    }
    if (isFormat("email")) {
      for (String email :
          List.of(
              "nobody",
              "@example.com",
              "a@",
              "a@@example.com",
              "a@b@example.com",
              "a b@example.com",
              "a@example..com",
              "a@-example.com",
              "a@example.com\r\nBcc: b@example.com",
              "a@" + "b".repeat(600) + ".com")) {
        text("no address for mail", email, path);
      }
    }
    for (JsonObject kind : kinds) {
      if (kind.has("pattern") && kinds.size() == 1) {
        Pattern form = Pattern.compile(kind.get("pattern").getAsString());
        for (String one : List.of("!", "a b", "\u0430", "a\nb", "../..", "%00", "x".repeat(300))) {
          if (!form.matcher(one).find()) {
            text("not of the form", one, path);
          }
        }
      }
    }
  }

  /** Where free text is welcome these are nothing but text; elsewhere they are refused. */
  private void attacks() {
    boolean free = kinds.stream().anyMatch(BrokenValues::isFreeText);
    for (String attack :
        List.of(
            "' OR '1'='1' --",
            "1); DROP TABLE charges; --",
            "<script>alert(1)</script>",
            "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
            "{{card.number}}",
            "${jndi:ldap://127.0.0.1/a}",
            "../../../../etc/passwd",
            "%s%n%x%p",
            "a\r\nSet-Cookie: a=b")) {
      text("attack " + attack.strip(), attack, free ? "" : path);
    }
  }

  private void json() {
    boolean hash = any(kind -> kind.has("properties"));
    boolean open = any(kind -> kind.has("additionalProperties") && !kind.has("properties"));
    boolean list = any(kind -> kind.has("items"));
    values.add(new Broken("JSON lone surrogate", true, "\"a\\ud800b\"", path));
    values.add(new Broken("JSON NUL", true, "\"a\\u0000b\"", path));
    if (!open) {
      values.add(new Broken("JSON hash", true, "{\"colour\":1}", hash ? path + "[colour]" : path));
    }
    if (!list && !open) {
      values.add(new Broken("JSON list", true, "[[\"x\"]]", hash ? path + "[0]" : path));
    }
    // A number is the text that it would be in a form.
    for (String number : List.of("1.5", "123456789012345678901234567890", "1E+400")) {
      values.add(new Broken("JSON number " + number, true, number, isText(number) ? "" : path));
    }
    values.add(new Broken("JSON null", true, "null", ""));
  }

  /** Whether it fits a text of which the description gives the form, if any. */
  private boolean isText(String text) {
    return any(
        kind ->
            isFreeText(kind)
                && (!kind.has("pattern")
                    || Pattern.compile(kind.get("pattern").getAsString()).matcher(text).find()));
  }

  private boolean any(Predicate<JsonObject> is) {
    return kinds.stream().anyMatch(is);
  }

  private boolean all(Predicate<JsonObject> is) {
    return !kinds.isEmpty() && kinds.stream().allMatch(is);
  }

  /** Whether a text may be that number or truth, and nothing else, where a text may stand. */
  private boolean isOnly(String type) {
    return any(kind -> isType(kind, type))
        && kinds.stream().filter(BrokenValues::isPlain).allMatch(kind -> isType(kind, type));
  }

  private boolean isFormat(String format) {
    return all(kind -> kind.has("format") && kind.get("format").getAsString().equals(format));
  }

  private static boolean isType(JsonObject kind, String type) {
    return kind.has("type") && kind.get("type").getAsString().equals(type);
  }

  private static boolean isPlain(JsonObject kind) {
    return !kind.has("properties") && !kind.has("items") && !isType(kind, "object");
  }

  /** A text of which the description says no more than how long it is, and perhaps a form. */
  private static boolean isFreeText(JsonObject kind) {
    return isType(kind, "string") && !kind.has("enum") && !kind.has("format");
  }

  /** As it is sent; always refused. */
  private void raw(String label, String encoded) {
    form(label, encode(path) + "=" + encoded, path);
  }

  private void text(String label, String value, String named) {
    form(label, pair(path, value), named);
  }

  private void form(String label, String pairs, String named) {
    values.add(new Broken(label, false, pairs, named));
  }

  private static String pair(String name, String value) {
    return encode(name) + "=" + encode(value);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
