package dev.portcullis.vault.portability;

import dev.portcullis.vault.card.CardTransfer.Line;
import dev.portcullis.vault.portability.CardRows.Row;
import dev.portcullis.vault.portability.Columns.Field;
import dev.portcullis.wire.card.CardNumbers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a row must be, its card aside. The same file has the same verdicts whenever it is read, so
 * that an import that was cut off goes on as it began.
 */
final class RowRules {

  private static final Pattern ID = Pattern.compile("[!-~]{1,255}");
  private static final Pattern NUMBER = Pattern.compile("[0-9 -]{1,40}");
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,4}");
  private static final Pattern COUNTRY = Pattern.compile("[A-Za-z]{2}");
  private static final int LONGEST_TEXT = 500;

  private static final Map<Field, String> ADDRESS = new EnumMap<>(Field.class);
  private static final Map<Field, String> PERSON = new EnumMap<>(Field.class);

  static {
    ADDRESS.put(Field.LINE1, "line1");
    ADDRESS.put(Field.LINE2, "line2");
    ADDRESS.put(Field.CITY, "city");
    ADDRESS.put(Field.STATE, "state");
    ADDRESS.put(Field.ZIP, "postal_code");
    ADDRESS.put(Field.COUNTRY, "country");
    PERSON.put(Field.NAME, "name");
    PERSON.put(Field.EMAIL, "email");
    PERSON.put(Field.PHONE, "phone");
  }

  private static final Set<Field> TEXTS =
      Set.of(
          Field.NAME,
          Field.EMAIL,
          Field.PHONE,
          Field.LINE1,
          Field.LINE2,
          Field.CITY,
          Field.STATE,
          Field.ZIP);

  private final SeenIds seen = new SeenIds();
  private final byte[] salt;

  /**
   * @param digest the file's, so that nobody can look for ids that are taken for each other
   */
  RowRules(String digest) {
    this.salt = digest.getBytes(StandardCharsets.US_ASCII);
  }

  /** A row's verdict. */
  sealed interface Verdict {
    /**
     * A card, if its number and expiry are.
     *
     * @param id what its card was called before
     * @param customer whose it was there, or null
     */
    record Card(String id, @Nullable String customer, Line line) implements Verdict {
      @Override
      public String toString() {
        return "Card[REDACTED]";
      }
    }

    /**
     * None.
     *
     * @param id if it can be told
     */
    record None(@Nullable String id, String reason) implements Verdict {}
  }

  /** What the next row is. */
  Verdict judge(Row row) {
    Map<Field, String> fields = row.fields();
    if (fields == null) {
      return new Verdict.None(null, row.fault() == null ? "line_malformed" : row.fault());
    }
    String id = fields.get(Field.ID);
    if (id == null) {
      return new Verdict.None(null, "missing_id");
    }
    if (!isName(id)) {
      return new Verdict.None(null, "invalid_id");
    }
    if (!seen.add(hash(id))) {
      return new Verdict.None(id, "duplicate_id");
    }
    String fault = fault(fields);
    return fault == null
        ? new Verdict.Card(id, fields.get(Field.CUSTOMER), line(fields))
        : new Verdict.None(id, fault);
  }

  /** It goes into the report in the clear, where no card number may be. */
  private static boolean isName(String id) {
    return ID.matcher(id).matches() && !CardNumbers.find(id);
  }

  private static @Nullable String fault(Map<Field, String> fields) {
    String customer = fields.get(Field.CUSTOMER);
    if (customer != null && !isName(customer)) {
      return "invalid_customer";
    }
    for (Field field : new Field[] {Field.NUMBER, Field.EXP_MONTH, Field.EXP_YEAR}) {
      if (!fields.containsKey(field)) {
        return field == Field.NUMBER ? "missing_number" : "missing_expiry";
      }
    }
    if (!NUMBER.matcher(fields.getOrDefault(Field.NUMBER, "")).matches()) {
      return "invalid_number";
    }
    if (!WHOLE.matcher(fields.getOrDefault(Field.EXP_MONTH, "")).matches()) {
      return "invalid_expiry_month";
    }
    if (!WHOLE.matcher(fields.getOrDefault(Field.EXP_YEAR, "")).matches()) {
      return "invalid_expiry_year";
    }
    if (!COUNTRY.matcher(fields.getOrDefault(Field.COUNTRY, "US")).matches()) {
      return "invalid_country";
    }
    for (Field field : TEXTS) {
      String text = fields.getOrDefault(field, "");
      if (text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
        return "invalid_" + field.name().toLowerCase(java.util.Locale.ROOT);
      }
      if (CardNumbers.find(text)) {
        return "card_number_in_text";
      }
    }
    return null;
  }

  private static Line line(Map<Field, String> fields) {
    return new Line(
        fields.getOrDefault(Field.NUMBER, ""),
        Long.parseLong(fields.getOrDefault(Field.EXP_MONTH, "0")),
        Long.parseLong(fields.getOrDefault(Field.EXP_YEAR, "0")),
        named(fields, ADDRESS),
        named(fields, PERSON));
  }

  private static Map<String, String> named(Map<Field, String> fields, Map<Field, String> names) {
    Map<String, String> named = new LinkedHashMap<>();
    names.forEach(
        (field, name) -> {
          String value = fields.get(field);
          if (value != null) {
            named.put(
                name, field == Field.COUNTRY ? value.toUpperCase(java.util.Locale.ROOT) : value);
          }
        });
    return named;
  }

  private long hash(String id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      byte[] full = digest.digest(id.getBytes(StandardCharsets.US_ASCII));
      return java.nio.ByteBuffer.wrap(full).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
