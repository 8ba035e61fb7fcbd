package dev.portcullis.simulator;

import dev.portcullis.kit.Currency;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a request's members strictly: a connector that sends nonsense must be told so. */
final class Fields {
  private static final long MAX_AMOUNT = 999_999_999_999L;
  private static final int MAX_TEXT = 40_000;

  private final String prefix;
  private final Map<String, @Nullable Object> values;

  private Fields(String prefix, Map<String, @Nullable Object> values) {
    this.prefix = prefix;
    this.values = values;
  }

  static Fields of(Map<String, @Nullable Object> values) {
    return new Fields("", values);
  }

  /** Refuses members that nobody knows. */
  Fields only(Set<String> names) {
    for (String name : values.keySet()) {
      if (!names.contains(name)) {
        throw Refused.invalid(prefix + name, "Unknown parameter.");
      }
    }
    return this;
  }

  @SuppressWarnings("unchecked") // the JSON reader makes no other maps
  Fields object(String name) {
    if (values.get(name) instanceof Map<?, ?> map) {
      return new Fields(prefix + name + ".", (Map<String, @Nullable Object>) map);
    }
    throw Refused.invalid(prefix + name, "An object is needed.");
  }

  String text(String name) {
    String text = optionalText(name);
    if (text == null) {
      throw Refused.invalid(prefix + name, "A text is needed.");
    }
    return text;
  }

  @Nullable String optionalText(String name) {
    Object value = values.get(name);
    if (value == null) {
      return null;
    }
    if (value instanceof String text && !text.isEmpty() && text.length() <= 2_048) {
      return text;
    }
    throw Refused.invalid(prefix + name, "A text of 1 to 2048 characters is needed.");
  }

  /** All members, each a text; at least one. */
  Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (!(value instanceof String text) || text.isEmpty() || text.length() > MAX_TEXT) {
            throw Refused.invalid(prefix + name, "A text is needed.");
          }
          texts.put(name, text);
        });
    if (texts.isEmpty()) {
      throw Refused.invalid(prefix, "At least one member is needed.");
    }
    return texts;
  }

  boolean truth(String name) {
    if (values.get(name) instanceof Boolean truth) {
      return truth;
    }
    throw Refused.invalid(prefix + name, "true or false is needed.");
  }

  /** Empty where the member is not there. */
  Optional<Boolean> optionalTruth(String name) {
    return values.get(name) == null ? Optional.empty() : Optional.of(truth(name));
  }

  long amount(String name, long least) {
    if (values.get(name) instanceof Long amount && amount >= least && amount <= MAX_AMOUNT) {
      return amount;
    }
    throw Refused.invalid(
        prefix + name, "A whole number of minor units of at least " + least + " is needed.");
  }

  String currency(String name) {
    String code = text(name);
    if (Currency.find(code).isEmpty()) {
      throw Refused.invalid(prefix + name, "A lower-case ISO 4217 code is needed.");
    }
    return code;
  }

  String webAddress(String name) {
    String address = text(name);
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw Refused.invalid(prefix + name, "This is no address.");
    }
    throw Refused.invalid(prefix + name, "An absolute http or https address is needed.");
  }
}
