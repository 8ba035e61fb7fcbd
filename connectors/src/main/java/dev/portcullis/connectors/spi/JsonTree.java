package dev.portcullis.connectors.spi;

import java.math.BigDecimal;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place in a provider's JSON, read without ever failing: what is not there, or is of another
 * type, is null or empty. It has no {@code toString} of its values, which may be personal.
 */
public final class JsonTree {

  /** What the vault takes as a variable of a path. */
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,128}");

  /** An amount that is written as a text; bounded, since it is calculated with. */
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,18}(\\.[0-9]{1,6})?");

  private static final int LONGEST_URL = 8_192;

  private final @Nullable Object value;

  private JsonTree(@Nullable Object value) {
    this.value = value;
  }

  /** The whole of it. */
  public static JsonTree of(@Nullable Object value) {
    return new JsonTree(value);
  }

  /** The place that those names lead to. */
  public JsonTree at(String... names) {
    Object at = value;
    for (String name : names) {
      at = at instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return new JsonTree(at);
  }

  /** What is here, as it came, or null. */
  public @Nullable Object value() {
    return value;
  }

  /** Whether nothing is here. */
  public boolean isAbsent() {
    return value == null;
  }

  /** The text here if it is one and not blank, or null. */
  public @Nullable String text() {
    return value instanceof String text && !text.isBlank() ? text : null;
  }

  /**
   * The text here if it can be a provider's name for something (1 to 128 letters, digits, {@code _}
   * and {@code -}), or null: of nothing else could be asked later.
   */
  public @Nullable String id() {
    return value instanceof String text && ID.matcher(text).matches() ? text : null;
  }

  /** The text here if it is an absolute http or https URL, or null. */
  public @Nullable String url() {
    String text = text();
    if (text == null || text.length() > LONGEST_URL) {
      return null;
    }
    try {
      URI uri = URI.create(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      return web && uri.getHost() != null ? text : null;
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }

  /** The whole number here, or null. */
  public @Nullable Long number() {
    return value instanceof Long number ? number : null;
  }

  /** The number of at least zero here, be it written as a number or as a text; or null. */
  public @Nullable BigDecimal decimal() {
    return switch (value) {
      case Long number when number >= 0 -> BigDecimal.valueOf(number);
      case BigDecimal number when number.signum() >= 0 -> number;
      case String text when DECIMAL.matcher(text).matches() -> new BigDecimal(text);
      case null, default -> null;
    };
  }

  /** The time here if it is written with its offset from UTC, as ISO 8601 has it, or null. */
  public @Nullable Instant time() {
    try {
      return value instanceof String text ? OffsetDateTime.parse(text).toInstant() : null;
    } catch (DateTimeException notATime) {
      return null;
    }
  }

  /** Whether exactly this text is here. */
  public boolean is(String text) {
    return text.equals(value);
  }

  /** Whether {@code true} is here. */
  public boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  /** Whether {@code false} is here. */
  public boolean isFalse() {
    return Boolean.FALSE.equals(value);
  }

  /** Whether a list is here. */
  public boolean isList() {
    return value instanceof List<?>;
  }

  /** The elements of the list here; none where there is no list. */
  public Stream<JsonTree> each() {
    return value instanceof List<?> list ? list.stream().map(JsonTree::new) : Stream.empty();
  }
}
