package dev.portcullis.gateway.payments;

import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stored document. What is not as it was written is a defect or a damaged row, and throws
 * {@link IllegalStateException}.
 *
 * @param members the document
 */
record Doc(Map<String, @Nullable Object> members) {

  static Doc parse(String json) {
    return new Doc(Json.readObject(json));
  }

  String text(String name) {
    String text = optionalText(name);
    if (text == null) {
      throw new IllegalStateException("a stored document has no " + name);
    }
    return text;
  }

  @Nullable String optionalText(String name) {
    return (String) members.get(name);
  }

  long number(String name) {
    if (members.get(name) instanceof Long number) {
      return number;
    }
    throw new IllegalStateException("a stored document has no " + name);
  }

  boolean truth(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  Money money(String name) {
    return new Money(number(name), Currency.of(text("currency")));
  }

  @Nullable Money optionalMoney(String name) {
    return members.containsKey(name) ? money(name) : null;
  }

  @Nullable Instant optionalTime(String name) {
    return members.get(name) instanceof Long seconds ? Instant.ofEpochSecond(seconds) : null;
  }

  /** A document within this one; its order is the database's. */
  @Nullable Map<String, @Nullable Object> optionalMap(String name) {
    return members.get(name) instanceof Map<?, ?> map ? cast(map) : null;
  }

  /** Documents within this one; none if there is no such member. */
  List<Map<String, @Nullable Object>> maps(String name) {
    List<Map<String, @Nullable Object>> maps = new ArrayList<>();
    if (members.get(name) instanceof List<?> list) {
      list.forEach(each -> maps.add(cast((Map<?, ?>) Objects.requireNonNull(each))));
    }
    return maps;
  }

  /** Texts by their names; none if there is no such member. */
  Map<String, String> texts(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(name).forEach((key, value) -> texts.put(key, (String) Objects.requireNonNull(value)));
    return texts;
  }

  /** Texts in their order; none if there is no such member. */
  List<String> list(String name) {
    List<String> texts = new ArrayList<>();
    if (members.get(name) instanceof List<?> list) {
      list.forEach(each -> texts.add((String) Objects.requireNonNull(each)));
    }
    return texts;
  }

  Map<String, @Nullable Object> map(String name) {
    Map<String, @Nullable Object> map = optionalMap(name);
    return map == null ? new LinkedHashMap<>() : map;
  }

  Head head(String account, boolean livemode, int version) {
    return new Head(
        text("id"), account, livemode, version, Instant.ofEpochSecond(number("created")));
  }

  /** Begins a document of that object. */
  static Map<String, @Nullable Object> begin(Head head) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", head.id());
    doc.put("created", head.created().getEpochSecond());
    return doc;
  }

  /** Nulls are left out of stored documents. */
  static void put(Map<String, @Nullable Object> doc, String name, @Nullable Object value) {
    if (value != null) {
      doc.put(name, value);
    }
  }

  /** Nor are documents in which there is nothing. */
  static void putMap(
      Map<String, @Nullable Object> doc, String name, Map<String, @Nullable Object> within) {
    if (!within.isEmpty()) {
      doc.put(name, within);
    }
  }

  /** What is said in it: no nulls, nor documents in which there is nothing else. */
  static Map<String, @Nullable Object> said(Map<?, ?> map) {
    Map<String, @Nullable Object> said = new LinkedHashMap<>();
    cast(map)
        .forEach(
            (name, value) -> {
              if (value instanceof Map<?, ?> within) {
                putMap(said, name, said(within));
              } else {
                put(said, name, value);
              }
            });
    return said;
  }

  @SuppressWarnings("unchecked") // Json makes maps of names alone
  static Map<String, @Nullable Object> cast(Map<?, ?> map) {
    return (Map<String, @Nullable Object>) map;
  }
}
