package dev.portcullis.wire.params;

import dev.portcullis.kit.Currency;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one parameter may be: its name, its type with its range, whether it is required, whether an
 * empty text unsets it. Immutable; each refinement is a new value.
 *
 * @param name the name within its hash
 * @param type what it may be
 * @param isRequired whether it must be there
 * @param isUnsettable whether an empty text is allowed and unsets the field
 */
public record Param(String name, Type type, boolean isRequired, boolean isUnsettable) {

  /** How long a URL is at most, in characters. */
  public static final int MAX_URL = InternetNames.MAX_URL;

  /** How long an address for mail is at most, in characters. */
  public static final int MAX_EMAIL = InternetNames.MAX_EMAIL;

  private static final int MAX_STRING = 5_000;
  private static final int MAX_ITEMS = 100;

  /** The JDK would take the digits of any script, and a plus sign. */
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");

  /** What people send who count money in its main unit. */
  private static final Pattern FRACTION = Pattern.compile("-?[0-9]{1,20}[.,][0-9]{1,20}");

  /** The types. Each reads a text or a structure, or says what is wrong with it. */
  public sealed interface Type {
    /**
     * A text of at most that many characters, in one line unless it may have several; the pattern,
     * if any, says the form.
     */
    record Text(int max, @Nullable Pattern form, String expected, boolean lines) implements Type {}

    /** A whole number within a range, both ends included. */
    record Whole(long min, long max) implements Type {}

    /** {@code true} or {@code false}. */
    record Truth() implements Type {}

    /**
     * One of a few words.
     *
     * @param words those that are taken
     * @param unsupported those that are known and refused, with the sentence that says why
     */
    record Choice(List<String> words, Map<String, String> unsupported) implements Type {
      public Choice {
        words = List.copyOf(words);
        unsupported = Map.copyOf(unsupported);
      }

      private Choice refusing(String sentence, String... known) {
        Map<String, String> all = new LinkedHashMap<>(unsupported);
        Stream.of(known).forEach(word -> all.put(word, sentence));
        return new Choice(words, all);
      }
    }

    /** A currency's code; upper case is read as lower. */
    record CurrencyCode() implements Type {}

    /** An absolute URL of http or https, without credentials. */
    record Url() implements Type {}

    /** An address for mail. */
    record Email() implements Type {}

    /** A hash of declared parameters. */
    record Hash(Shape shape) implements Type {}

    /** A list whose elements are all of one kind. */
    record Items(Param element, int max) implements Type {}

    /** Names and texts that the client chooses. */
    record Metadata() implements Type {}

    /** Either of the two: a structure where one was sent, else the plain value. */
    record Either(Type plain, Type structure) implements Type {}

    /** {@code false} and nothing else; the sentence says why not {@code true}. */
    record AlwaysFalse(String sentence) implements Type {}

    /** Known and refused whatever it is; the sentence says why. */
    record Unsupported(String sentence) implements Type {}
  }

  private static Param of(String name, Type type) {
    return new Param(name, type, false, false);
  }

  /** A text of at most 5,000 characters, in one line. */
  public static Param string(String name) {
    return of(name, new Type.Text(MAX_STRING, null, "a string", false));
  }

  /** A text of at most 5,000 characters that may have several lines. */
  public static Param lines(String name) {
    return of(name, new Type.Text(MAX_STRING, null, "a string", true));
  }

  /** A text of a form, which {@code expected} describes to a person ("a two-letter country"). */
  public static Param string(String name, Pattern form, String expected) {
    return of(name, new Type.Text(MAX_STRING, form, expected, false));
  }

  /** An object's id, of any prefix: whether there is such an object is the handler's question. */
  public static Param id(String name) {
    return of(name, new Type.Text(255, Pattern.compile("[0-9A-Za-z_]+"), "an object's id", false));
  }

  /** A whole number, 0 or more unless {@link #range} says otherwise. */
  public static Param integer(String name) {
    return of(name, new Type.Whole(0, Long.MAX_VALUE));
  }

  /** A time in Unix seconds. */
  public static Param timestamp(String name) {
    return of(name, new Type.Whole(0, 253_402_300_799L));
  }

  /** {@code true} or {@code false}. */
  public static Param bool(String name) {
    return of(name, new Type.Truth());
  }

  /** One of the words. */
  public static Param choice(String name, String... words) {
    return of(name, new Type.Choice(List.of(words), Map.of()));
  }

  /** A currency's code. */
  public static Param currency(String name) {
    return of(name, new Type.CurrencyCode());
  }

  /** A URL. */
  public static Param url(String name) {
    return of(name, new Type.Url());
  }

  /** An address for mail. */
  public static Param email(String name) {
    return of(name, new Type.Email());
  }

  /** A two-letter country code of ISO 3166-1. */
  public static Param country(String name) {
    return of(name, new Type.Choice(List.of(Locale.getISOCountries()), Map.of()));
  }

  /** A hash. */
  public static Param hash(String name, Shape shape) {
    return of(name, new Type.Hash(shape));
  }

  /** A list of at most 100 elements; the element's own name is not used. */
  public static Param list(String name, Param element) {
    return of(name, new Type.Items(element, MAX_ITEMS));
  }

  /** The parameter {@code metadata}; an empty text unsets all of it. */
  public static Param metadata() {
    return new Param("metadata", new Type.Metadata(), false, true);
  }

  /** The parameter {@code expand}. */
  public static Param expand() {
    return list("expand", string("expand", Pattern.compile("[a-z0-9_.]{1,200}"), "a field's path"));
  }

  /** A parameter that is either of two: {@code created=1} or {@code created[gt]=1}. */
  public static Param either(Param plain, Param structure) {
    return of(plain.name, new Type.Either(plain.type, structure.type));
  }

  /**
   * A truth value that can only be false here.
   *
   * @param sentence why, for the error
   */
  public static Param alwaysFalse(String name, String sentence) {
    return of(name, new Type.AlwaysFalse(sentence));
  }

  /**
   * A parameter that others have and that is refused here with a reason of its own, rather than as
   * an unknown one. It is not among those that a shape accepts.
   *
   * @param sentence why, for the error
   */
  public static Param unsupported(String name, String sentence) {
    return of(name, new Type.Unsupported(sentence));
  }

  /**
   * The same choice, with words that are known elsewhere and refused by name.
   *
   * @param sentence why, for the error
   */
  public Param refusing(String sentence, String... words) {
    if (type instanceof Type.Choice choice) {
      return new Param(name, choice.refusing(sentence, words), isRequired, isUnsettable);
    }
    throw new IllegalStateException(name + " is no choice");
  }

  /** Whether it is there only to be refused by name. */
  boolean isUnsupported() {
    return type instanceof Type.Unsupported;
  }

  /** The same, required. */
  public Param required() {
    return new Param(name, type, true, isUnsettable);
  }

  /** The same, which an empty text unsets. */
  public Param unsettable() {
    return new Param(name, type, isRequired, true);
  }

  /** The same with that many characters, or elements, at most. */
  public Param max(int max) {
    return switch (type) {
      case Type.Text t ->
          new Param(
              name, new Type.Text(max, t.form, t.expected, t.lines), isRequired, isUnsettable);
      case Type.Items i ->
          new Param(name, new Type.Items(i.element, max), isRequired, isUnsettable);
      default -> throw new IllegalStateException(name + " has no length");
    };
  }

  /** The same number within that range, both ends included. */
  public Param range(long min, long max) {
    return new Param(name, new Type.Whole(min, max), isRequired, isUnsettable);
  }

  /**
   * Reads a value.
   *
   * @param path the value's bracket path, for the error
   * @return String, Long, Boolean, Currency, URI, {@link Arguments}, List or {@link MetadataUpdate}
   * @throws ApiException 400 that names the parameter
   */
  Object read(ParamValue value, String path) {
    return read(type, value, path);
  }

  private static Object read(Type type, ParamValue value, String path) {
    return switch (type) {
      case Type.Text t -> readText(t, text(value, path, "a string"), path);
      case Type.Whole w -> readWhole(w, text(value, path, "an integer"), path);
      case Type.Truth _ -> readTruth(text(value, path, "a boolean"), path);
      case Type.Choice c -> readChoice(c, text(value, path, "a string"), path);
      case Type.CurrencyCode _ -> readCurrency(text(value, path, "a string"), path);
      case Type.Url _ -> readUrl(text(value, path, "a string"), path);
      case Type.Email _ -> readEmail(text(value, path, "a string"), path);
      case Type.Hash h -> h.shape.read(members(value, path), path);
      case Type.Items i -> readItems(i, value, path);
      case Type.Metadata _ -> MetadataUpdate.read(members(value, path), path);
      case Type.Either e ->
          read(value instanceof ParamValue.Text ? e.plain : e.structure, value, path);
      case Type.AlwaysFalse f -> {
        if (readTruth(text(value, path, "a boolean"), path)) {
          throw refuseByName(path, f.sentence);
        }
        yield false;
      }
      case Type.Unsupported u -> throw refuseByName(path, u.sentence);
    };
  }

  private static ApiException refuseByName(String path, String sentence) {
    return refuse(path, "parameter_unsupported", path + " is not supported: " + sentence);
  }

  private static String text(ParamValue value, String path, String expected) {
    if (value instanceof ParamValue.Text(String text)) {
      return text;
    }
    throw refuse(
        path,
        "parameter_invalid_type",
        "Invalid value for " + path + ": it must be " + expected + ".");
  }

  private static ParamTree members(ParamValue value, String path) {
    return switch (value) {
      case ParamValue.Members(var members) -> new ParamTree(members);
      case ParamValue.Items(var items) -> indexed(items);
      case ParamValue.Text _ ->
          throw refuse(
              path, "parameter_invalid_hash", "Invalid object: " + path + " must be a hash.");
    };
  }

  /** A hash whose names happen to be 0, 1, 2 was decoded as a list. */
  private static ParamTree indexed(List<ParamValue> items) {
    var members = new java.util.LinkedHashMap<String, ParamValue>();
    items.forEach(item -> members.put(Integer.toString(members.size()), item));
    return new ParamTree(members);
  }

  private static String readText(Type.Text type, String sent, String path) {
    String text = TextRule.clean(sent, type.lines, path);
    if (text.isEmpty()) {
      throw empty(path);
    }
    if (text.codePointCount(0, text.length()) > type.max) {
      throw refuse(
          path,
          "parameter_invalid_string_too_long",
          "Invalid string: " + path + " must be at most " + type.max + " characters.");
    }
    if (type.form != null && !type.form.matcher(text).matches()) {
      throw refuse(
          path,
          "parameter_invalid_string",
          "Invalid value for " + path + ": it must be " + type.expected + ".");
    }
    return text;
  }

  private static Long readWhole(Type.Whole type, String text, String path) {
    if (text.isEmpty()) {
      throw empty(path);
    }
    long number = whole(text, path);
    if (number < type.min) {
      throw refuse(
          path,
          "parameter_invalid_integer",
          "Invalid integer: " + path + " must be at least " + type.min + ".");
    }
    if (number > type.max) {
      throw refuse(
          path,
          "parameter_invalid_integer",
          "Invalid integer: " + path + " must be at most " + type.max + ".");
    }
    return number;
  }

  private static long whole(String text, String path) {
    try {
      if (WHOLE.matcher(text).matches()) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException _) {
      // Answered below: it is beyond what any amount or time can be.
    }
    String hint =
        FRACTION.matcher(text).matches()
            ? ". " + path + " is a whole number; money is counted in the currency's smallest unit."
            : "";
    throw refuse(
        path, "parameter_invalid_integer", "Invalid integer: " + ApiErrors.shown(text) + hint);
  }

  private static Boolean readTruth(String text, String path) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw refuse(
              path,
              "parameter_invalid_boolean",
              "Invalid boolean: " + ApiErrors.shown(text) + ". It must be true or false.");
    };
  }

  private static String readChoice(Type.Choice type, String text, String path) {
    if (type.words.contains(text)) {
      return text;
    }
    String known = type.unsupported.get(text);
    if (known != null) {
      throw refuseByName(path, known);
    }
    String allowed =
        type.words.size() > 200
            ? "a code of the standard"
            : "one of " + String.join(", ", type.words);
    throw refuse(
        path, "parameter_invalid_choice", "Invalid " + path + ": must be " + allowed + ".");
  }

  private static Currency readCurrency(String text, String path) {
    return Currency.find(text.toLowerCase(Locale.ROOT))
        .orElseThrow(
            () ->
                refuse(
                    path,
                    "parameter_invalid_currency",
                    "Invalid currency: "
                        + ApiErrors.shown(text)
                        + ". It must be a three-letter ISO 4217 code."));
  }

  private static URI readUrl(String text, String path) {
    return InternetNames.url(text)
        .orElseThrow(
            () ->
                refuse(
                    path,
                    "url_invalid",
                    "Not a valid URL: "
                        + path
                        + " must be an http or https URL of at most "
                        + InternetNames.MAX_URL
                        + " characters."));
  }

  private static String readEmail(String sent, String path) {
    String text = TextRule.clean(sent, false, path);
    if (InternetNames.isEmail(text)) {
      return text;
    }
    throw refuse(path, "email_invalid", "Invalid email address: " + path + ".");
  }

  private static List<Object> readItems(Type.Items type, ParamValue value, String path) {
    if (!(value instanceof ParamValue.Items(var items))) {
      throw refuse(path, "parameter_invalid_array", "Invalid array: " + path + " must be a list.");
    }
    if (items.size() > type.max) {
      throw refuse(
          path,
          "parameter_invalid_array",
          "Invalid array: " + path + " must have at most " + type.max + " elements.");
    }
    List<Object> read = new java.util.ArrayList<>(items.size());
    for (ParamValue item : items) {
      read.add(type.element.read(item, path + "[" + read.size() + "]"));
    }
    return List.copyOf(read);
  }

  private static ApiException empty(String path) {
    return refuse(
        path,
        "parameter_invalid_empty",
        "You passed an empty string for '"
            + path
            + "'. We assume empty values are an attempt to unset a parameter; however '"
            + path
            + "' cannot be unset. You should remove '"
            + path
            + "' from your request or supply a non-empty value.");
  }

  private static ApiException refuse(String path, String code, String message) {
    return new ApiException(ApiErrors.invalid(path, code, message));
  }
}
