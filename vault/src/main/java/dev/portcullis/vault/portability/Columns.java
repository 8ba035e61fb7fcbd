package dev.portcullis.vault.portability;

import dev.portcullis.wire.card.CardNumbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file's columns mean: our own names, Stripe's (its export has {@code card.number}, and the
 * customer's id under {@code id}), and what others commonly call the same.
 */
final class Columns {

  /** What is read of a card. */
  enum Field {
    ID,
    CUSTOMER,
    NUMBER,
    EXP_MONTH,
    EXP_YEAR,
    NAME,
    EMAIL,
    PHONE,
    LINE1,
    LINE2,
    CITY,
    STATE,
    ZIP,
    COUNTRY
  }

  private static final int MOST_IGNORED = 20;
  private static final Pattern OTHER = Pattern.compile("[^a-z0-9]+");
  private static final Pattern EDGE = Pattern.compile("^_+|_+$");
  private static final Pattern SHOWN = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

  /** Sensitive authentication data, which nobody may store after authorization (PCI DSS 3.3.1). */
  private static final Set<String> FORBIDDEN =
      Set.of("cid", "csc", "cav", "cav2", "cvn", "cvn2", "pin", "track");

  private static final List<String> FORBIDDEN_PARTS =
      List.of(
          "cvc",
          "cvv",
          "securitycode",
          "verificationvalue",
          "verificationcode",
          "cardcode",
          "trackdata",
          "track1",
          "track2",
          "magneticstripe",
          "magstripe",
          "pinblock");

  /** Of several columns with the same meaning the one that stands later here counts. */
  private static final Map<String, Field> NAMES = new LinkedHashMap<>();

  static {
    names(Field.ID, "id", "token", "old_id", "payment_method", "payment_method_id", "card_id");
    names(Field.CUSTOMER, "customer", "customer_id", "old_customer_id");
    names(Field.NUMBER, "primary_account_number", "pan", "card_number", "number");
    names(Field.EXP_MONTH, "expiration_month", "expiry_month", "card_exp_month", "exp_month");
    names(Field.EXP_YEAR, "expiration_year", "expiry_year", "card_exp_year", "exp_year");
    names(Field.NAME, "name", "billing_details_name", "cardholder_name", "card_name");
    names(Field.EMAIL, "email", "billing_details_email");
    names(Field.PHONE, "phone", "billing_details_phone");
    address(Field.LINE1, "line1");
    address(Field.LINE2, "line2");
    address(Field.CITY, "city");
    address(Field.STATE, "state");
    address(Field.ZIP, "postal_code");
    address(Field.ZIP, "zip");
    address(Field.COUNTRY, "country");
  }

  private final Set<String> ignored = new TreeSet<>();

  private static void names(Field field, String... names) {
    for (String name : names) {
      NAMES.put(name, field);
    }
  }

  private static void address(Field field, String name) {
    names(
        field,
        "billing_address_" + name,
        "billing_details_address_" + name,
        "card_address_" + name,
        "address_" + name);
  }

  /** A column's name in lower case, with single underscores for all that is no letter or digit. */
  static String plain(String name) {
    String joined = OTHER.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("_");
    return EDGE.matcher(joined).replaceAll("");
  }

  /**
   * Takes note of a column.
   *
   * @throws FileRefused if there may be what is never stored, whatever its values
   */
  void meet(String plain, long line) throws FileRefused {
    String squeezed = plain.replace("_", "");
    boolean forbidden =
        FORBIDDEN_PARTS.stream().anyMatch(squeezed::contains)
            || List.of(plain.split("_")).stream().anyMatch(FORBIDDEN::contains);
    if (forbidden) {
      throw new FileRefused(
          "sensitive_authentication_data",
          "Line %d has a column %s. Card verification codes, tracks and PINs must not be stored: have the file made without it."
              .formatted(line, shown(plain)));
    }
    if (!NAMES.containsKey(plain) && ignored.size() < MOST_IGNORED) {
      ignored.add(shown(plain));
    }
  }

  /** A name may be what somebody chose, and a value by mistake. */
  private static String shown(String plain) {
    return SHOWN.matcher(plain).matches() && !CardNumbers.find(plain) ? plain : "(unnamed)";
  }

  /** Columns that are not read, at most {@value #MOST_IGNORED}. */
  List<String> ignored() {
    return List.copyOf(ignored);
  }

  /**
   * What a row says, by meaning.
   *
   * @param row values by plain names
   */
  static Map<Field, String> read(Map<String, String> row) {
    Map<Field, String> fields = new LinkedHashMap<>();
    NAMES.forEach(
        (name, field) -> {
          String value = row.get(name);
          if (value != null && !value.isBlank()) {
            fields.put(field, value.strip());
          }
        });
    @Nullable String customer = row.get("id");
    if (row.containsKey("card_id") && customer != null && !customer.isBlank()) {
      fields.putIfAbsent(Field.CUSTOMER, customer.strip());
    }
    return fields;
  }
}
