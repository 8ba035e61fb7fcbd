package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.net.Cidr;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A list of values.
 *
 * @param id {@code rsl_...}
 * @param version of the row
 * @param created when it was made
 * @param doc the object as the wire shows it, but for its items
 */
record ValueList(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  static final String OBJECT = "radar.value_list";

  /** How many an account can have in each mode, and items in each list. */
  static final int MOST = 200;

  static final int MOST_ITEMS = 50_000;

  static final Table TABLE =
      Table.of("radar_value_lists", "alias text", "deleted boolean", "doc jsonb");

  /** Those of Stripe's item types that something here can be compared with. */
  static final List<String> ITEM_TYPES =
      List.of(
          "card_bin",
          "card_fingerprint",
          "case_sensitive_string",
          "country",
          "customer_id",
          "email",
          "ip_address",
          "string");

  private static final Pattern BIN = Pattern.compile("[0-9]{6}([0-9]{2})?");
  private static final Pattern COUNTRY = Pattern.compile("[A-Za-z]{2}");
  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

  static ValueList of(Stored stored) {
    return new ValueList(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  String itemType() {
    return String.valueOf(doc.get("item_type"));
  }

  String alias() {
    return String.valueOf(doc.get("alias"));
  }

  /** A value in the form in which it is stored and compared. */
  String normalized(String value) {
    return switch (itemType()) {
      case "card_bin" -> checked(BIN.matcher(value).matches(), value);
      case "country" -> checked(COUNTRY.matcher(value).matches(), value).toUpperCase(Locale.ROOT);
      case "email" -> checked(EMAIL.matcher(value).matches(), value).toLowerCase(Locale.ROOT);
      case "ip_address" -> checked(Cidr.parse(value).isPresent(), value);
      case "string" -> value.toLowerCase(Locale.ROOT);
      default -> value;
    };
  }

  private String checked(boolean well, String value) {
    if (well) {
      return value;
    }
    throw new ApiException(
        ApiErrors.invalid(
            "value",
            "parameter_invalid",
            "The value '"
                + ApiErrors.shown(value)
                + "' is not of this list's item_type, "
                + itemType()
                + "."));
  }

  /** The next version, with some members replaced. */
  ValueList with(Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> next = new LinkedHashMap<>(doc);
    next.putAll(members);
    return new ValueList(id, version + 1, created, next);
  }

  Row row() {
    return Row.of(id, version, created, alias(), false, Json.writeString(doc));
  }

  Row deletedRow() {
    return Row.of(id, version + 1, created, null, true, Json.writeString(tombstone(OBJECT, id)));
  }

  static Map<String, @Nullable Object> tombstone(String object, String id) {
    Map<String, @Nullable Object> rest = new LinkedHashMap<>();
    rest.put("id", Objects.requireNonNull(id));
    rest.put("object", object);
    rest.put("deleted", true);
    return rest;
  }
}
