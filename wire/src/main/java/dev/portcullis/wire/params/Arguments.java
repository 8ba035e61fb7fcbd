package dev.portcullis.wire.params;

import dev.portcullis.kit.Currency;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request's parameters, read by a {@link Shape}: present and right, or absent, or unset.
 *
 * <p>Asking for a parameter as another type than its shape declares is a defect of ours and throws
 * {@link ClassCastException}.
 */
public final class Arguments {

  /** Stands for a parameter that was sent empty to unset its field. */
  static final Object UNSET = new Object();

  private final Map<String, Object> values;

  Arguments(Map<String, Object> values) {
    this.values = java.util.Collections.unmodifiableMap(values);
  }

  /** Whether the parameter was sent, if only to unset the field. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** Whether the parameter was sent empty. */
  public boolean isUnset(String name) {
    return values.get(name) == UNSET;
  }

  /** A text or a chosen word. */
  public Optional<String> string(String name) {
    return get(name, String.class);
  }

  /** A whole number or a time in Unix seconds. */
  public OptionalLong integer(String name) {
    Optional<Long> value = get(name, Long.class);
    return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
  }

  /** A truth value. */
  public Optional<Boolean> bool(String name) {
    return get(name, Boolean.class);
  }

  /** A truth value, or false where none was sent. */
  public boolean isTrue(String name) {
    return bool(name).orElse(false);
  }

  /** A currency. */
  public Optional<Currency> currency(String name) {
    return get(name, Currency.class);
  }

  /** A URL. */
  public Optional<URI> url(String name) {
    return get(name, URI.class);
  }

  /** A hash. */
  public Optional<Arguments> hash(String name) {
    return get(name, Arguments.class);
  }

  /** Whether an either-or parameter was sent as a hash. */
  public boolean isHash(String name) {
    return values.get(name) instanceof Arguments;
  }

  /** A list; empty where none was sent. */
  @SuppressWarnings("unchecked") // lists are made by Param alone
  public List<Object> list(String name) {
    return get(name, List.class).orElse(List.of());
  }

  /** A list of texts; empty where none was sent. */
  public List<String> strings(String name) {
    return list(name).stream().map(String.class::cast).toList();
  }

  /** What is to become of the metadata; empty where nothing was sent. */
  public Optional<MetadataUpdate> metadata() {
    return isUnset("metadata")
        ? Optional.of(MetadataUpdate.CLEAR)
        : get("metadata", MetadataUpdate.class);
  }

  /** A text that the shape requires. */
  public String requiredString(String name) {
    return string(name).orElseThrow();
  }

  /** A number that the shape requires. */
  public long requiredInteger(String name) {
    return integer(name).orElseThrow();
  }

  private <T> Optional<T> get(String name, Class<T> type) {
    @Nullable Object value = values.get(name);
    return value == null || value == UNSET ? Optional.empty() : Optional.of(type.cast(value));
  }
}
