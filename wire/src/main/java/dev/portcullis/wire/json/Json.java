package dev.portcullis.wire.json;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/**
 * JSON as a tree of plain values: {@code Map<String, Object>} in the order written, {@code List},
 * {@code String}, {@code Long}, {@code BigInteger}, {@code BigDecimal}, {@code Boolean} and null.
 *
 * <p>There is no data binding, so no text can choose a type. Reading is bounded: {@value
 * #MAX_DEPTH} levels, {@value #MAX_TOKENS} tokens, strings of {@value #MAX_STRING} characters,
 * numbers of {@value #MAX_NUMBER} characters with at most {@value #MAX_SCALE} places before or
 * after the point that the digits do not fill. A name that comes twice in an object is refused
 * (ASVS 5.0 V1.5.3: two readers must not differ).
 */
public final class Json {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_TOKENS = 500_000;
  private static final int MAX_STRING = 2_000_000;
  private static final int MAX_NUMBER = 40;

  /** Written out, {@code 1e999999999} is a gigabyte. */
  private static final int MAX_SCALE = 100;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxTokenCount(MAX_TOKENS)
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(1_000)
                  .maxNumberLength(MAX_NUMBER)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private Json() {}

  /**
   * Writes a tree as UTF-8.
   *
   * @throws IllegalArgumentException if a value is of another type than the tree's
   */
  public static byte[] write(@Nullable Object tree) {
    try (ByteArrayBuilder out = new ByteArrayBuilder(FACTORY._getBufferRecycler())) {
      try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
        writeValue(generator, tree);
      }
      return out.getClearAndRelease();
    }
  }

  /**
   * Writes a tree as text.
   *
   * @throws IllegalArgumentException if a value is of another type than the tree's
   */
  public static String writeString(@Nullable Object tree) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      writeValue(generator, tree);
    }
    return out.toString();
  }

  private static void writeValue(JsonGenerator out, @Nullable Object value) {
    switch (value) {
      case null -> out.writeNull();
      case String text -> out.writeString(text);
      case Boolean truth -> out.writeBoolean(truth);
      case Integer number -> out.writeNumber(number.intValue());
      case Long number -> out.writeNumber(number.longValue());
      case BigInteger number -> out.writeNumber(number);
      case BigDecimal number -> out.writeNumber(number);
      case Map<?, ?> object -> writeObject(out, object);
      case Iterable<?> array -> writeArray(out, array);
      default ->
          throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
    }
  }

  private static void writeObject(JsonGenerator out, Map<?, ?> object) {
    out.writeStartObject();
    object.forEach(
        (name, value) -> {
          out.writeName((String) name);
          writeValue(out, value);
        });
    out.writeEndObject();
  }

  private static void writeArray(JsonGenerator out, Iterable<?> array) {
    out.writeStartArray();
    array.forEach(value -> writeValue(out, value));
    out.writeEndArray();
  }

  /**
   * Reads one JSON value.
   *
   * @throws MalformedJsonException if it is not exactly one, or goes beyond the limits
   */
  public static @Nullable Object read(byte[] utf8) {
    return read(utf8, false);
  }

  private static @Nullable Object read(byte[] utf8, boolean hugeAsText) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
      return readWhole(parser, hugeAsText);
    } catch (JacksonException | NumberFormatException e) {
      // The second is a number whose exponent no decimal can hold.
      throw malformed(e);
    }
  }

  /**
   * Reads one JSON value.
   *
   * @throws MalformedJsonException if it is not exactly one, or goes beyond the limits
   */
  public static @Nullable Object read(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return readWhole(parser, false);
    } catch (JacksonException | NumberFormatException e) {
      // The second is a number whose exponent no decimal can hold.
      throw malformed(e);
    }
  }

  /**
   * Reads one JSON object.
   *
   * @throws MalformedJsonException if it is no object, or goes beyond the limits
   */
  public static Map<String, @Nullable Object> readObject(byte[] utf8) {
    return asObject(read(utf8));
  }

  /**
   * Reads one JSON object.
   *
   * @throws MalformedJsonException if it is no object, or goes beyond the limits
   */
  public static Map<String, @Nullable Object> readObject(String text) {
    return asObject(read(text));
  }

  /**
   * Reads the JSON object of a request's parameters. A number that is too large or too small stands
   * in it as the text that it is written with, so that its parameter can be named.
   *
   * @throws MalformedJsonException if it is no object, or goes beyond the other limits
   */
  public static Map<String, @Nullable Object> readParameters(byte[] utf8) {
    return asObject(read(utf8, true));
  }

  @SuppressWarnings("unchecked") // the reader makes no other maps
  private static Map<String, @Nullable Object> asObject(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return (Map<String, @Nullable Object>) object;
    }
    throw new MalformedJsonException("The JSON must be an object.");
  }

  /** Never quotes the source: it may hold what must not be shown. */
  private static MalformedJsonException malformed(RuntimeException e) {
    if (e instanceof StreamConstraintsException) {
      return new MalformedJsonException("The JSON is too large or nested too deeply.");
    }
    return new MalformedJsonException(
        e instanceof JacksonException broken && broken.getLocation() != null
            ? "The JSON is malformed at line %d, column %d."
                .formatted(broken.getLocation().getLineNr(), broken.getLocation().getColumnNr())
            : "The JSON is malformed.");
  }

  private static @Nullable Object readWhole(JsonParser parser, boolean hugeAsText) {
    Object value = readValue(parser, parser.nextToken(), hugeAsText);
    if (parser.nextToken() != null) {
      throw new MalformedJsonException("There is something after the JSON value.");
    }
    return value;
  }

  private static @Nullable Object readValue(
      JsonParser parser, @Nullable JsonToken token, boolean hugeAsText) {
    if (token == null) {
      throw new MalformedJsonException("The JSON is empty.");
    }
    return switch (token) {
      case START_OBJECT -> readMembers(parser, hugeAsText);
      case START_ARRAY -> readElements(parser, hugeAsText);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> readInteger(parser);
      case VALUE_NUMBER_FLOAT -> readDecimal(parser, hugeAsText);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new MalformedJsonException("The JSON is malformed.");
    };
  }

  private static Object readInteger(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      default -> parser.getBigIntegerValue();
    };
  }

  private static Object readDecimal(JsonParser parser, boolean hugeAsText) {
    BigDecimal number = parser.getDecimalValue();
    if (Math.abs((long) number.scale()) > MAX_SCALE) {
      if (hugeAsText) {
        return number.toString(); // with its exponent, never written out
      }
      throw new MalformedJsonException("The JSON holds a number that is too large or too small.");
    }
    return number;
  }

  private static Map<String, @Nullable Object> readMembers(JsonParser parser, boolean hugeAsText) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      object.put(name, readValue(parser, parser.nextToken(), hugeAsText));
    }
    return object;
  }

  private static List<@Nullable Object> readElements(JsonParser parser, boolean hugeAsText) {
    List<@Nullable Object> array = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      array.add(readValue(parser, token, hugeAsText));
    }
    return array;
  }
}
