package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.routing.Condition.CustomerIn;
import dev.portcullis.gateway.routing.Condition.FundedBy;
import dev.portcullis.gateway.routing.Condition.HasMetadata;
import dev.portcullis.gateway.routing.Condition.InCurrency;
import dev.portcullis.gateway.routing.Condition.InRange;
import dev.portcullis.gateway.routing.Condition.IssuedAround;
import dev.portcullis.gateway.routing.Condition.IssuedIn;
import dev.portcullis.gateway.routing.Condition.OfBin;
import dev.portcullis.gateway.routing.Condition.OfBrand;
import dev.portcullis.gateway.routing.Condition.OffSession;
import dev.portcullis.gateway.routing.Condition.Within;
import dev.portcullis.kit.Currency;
import dev.portcullis.wire.error.ApiErrors;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a rule's {@code when}. */
final class ConditionReader {

  private static final int MOST_VALUES = 200;
  private static final int MOST_KEYS = 20;
  private static final int LONGEST_KEY = 40;
  private static final int LONGEST_VALUE = 500;
  private static final Set<String> BRANDS =
      Set.of(
          "amex",
          "cartes_bancaires",
          "diners",
          "discover",
          "eftpos_au",
          "interac",
          "jcb",
          "link",
          "mastercard",
          "unionpay",
          "visa",
          "unknown");
  private static final Set<String> FUNDINGS = Set.of("credit", "debit", "prepaid", "unknown");
  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
  private static final Pattern BIN = Pattern.compile("[0-9]{1,8}");
  private static final Pattern TIME = Pattern.compile("[0-9]{2}:[0-9]{2}");

  private ConditionReader() {}

  static List<Condition> read(Members when) {
    List<Condition> all = new ArrayList<>();
    if (when.has("currency")) {
      all.add(new InCurrency(currencies(when, "currency")));
    }
    if (when.has("amount")) {
      all.add(range(when.object("amount")));
    }
    if (when.has("brand")) {
      all.add(new OfBrand(brands(when, "brand")));
    }
    if (when.has("bin")) {
      all.add(new OfBin(when.set("bin", MOST_VALUES, 8, w -> matching(BIN, w), "1 to 8 digits")));
    }
    if (when.has("issuing_country")) {
      all.add(new IssuedIn(countries(when, "issuing_country")));
    }
    if (when.has("issuing_region")) {
      all.add(new IssuedAround(regions(when, "issuing_region")));
    }
    if (when.has("funding")) {
      all.add(new FundedBy(words(when, "funding", FUNDINGS)));
    }
    if (when.has("customer_country")) {
      all.add(new CustomerIn(countries(when, "customer_country")));
    }
    if (when.has("metadata")) {
      all.addAll(metadata(when.object("metadata")));
    }
    if (when.has("time")) {
      all.add(time(when.object("time")));
    }
    if (when.has("off_session")) {
      all.add(new OffSession(when.truth("off_session")));
    }
    when.end();
    return all;
  }

  static Set<String> brands(Members members, String name) {
    return words(members, name, BRANDS);
  }

  static Set<Region> regions(Members members, String name) {
    return members.set(
        name,
        Region.values().length,
        20,
        word -> Region.find(word).orElseThrow(IllegalArgumentException::new),
        "a region");
  }

  static String currency(Members members, String name) {
    String text = members.text(name, 3);
    if (Currency.find(text).isEmpty()) {
      throw Members.invalid(
          members.at(name), ApiErrors.shown(text) + " is no currency; write it as eur.");
    }
    return text;
  }

  private static Set<String> currencies(Members members, String name) {
    return members.set(
        name, MOST_VALUES, 3, word -> Currency.of(word).code(), "a currency; write it as eur");
  }

  private static Set<String> countries(Members members, String name) {
    return members.set(
        name,
        COUNTRIES.size(),
        2,
        word -> known(COUNTRIES, word),
        "a country; write it as two capitals (ISO 3166-1)");
  }

  private static Set<String> words(Members members, String name, Set<String> known) {
    return members.set(name, known.size(), 20, word -> known(known, word), "known here");
  }

  private static String known(Set<String> known, String word) {
    if (!known.contains(word)) {
      throw new IllegalArgumentException("unknown");
    }
    return word;
  }

  private static String matching(Pattern form, String word) {
    if (!form.matcher(word).matches()) {
      throw new IllegalArgumentException("of another form");
    }
    return word;
  }

  private static Condition range(Members amount) {
    String currency = currency(amount, "currency");
    long min = amount.has("min") ? amount.whole("min", 0, Long.MAX_VALUE) : 0;
    String bound = amount.has("max") ? "max" : "min";
    long max = amount.has("max") ? amount.whole("max", 0, Long.MAX_VALUE) : Long.MAX_VALUE;
    if (min > max) {
      throw Members.invalid(amount.at(bound), "No amount lies from " + min + " to " + max + ".");
    }
    amount.end();
    return new InRange(currency, min, max);
  }

  private static List<Condition> metadata(Members entries) {
    List<Condition> all = new ArrayList<>();
    if (entries.names().isEmpty() || entries.names().size() > MOST_KEYS) {
      throw Members.invalid(entries.path(), "This must have 1 to " + MOST_KEYS + " keys.");
    }
    for (String key : entries.names().stream().sorted().toList()) {
      if (key.isEmpty() || key.length() > LONGEST_KEY) {
        throw Members.invalid(entries.at(key), "A key has 1 to " + LONGEST_KEY + " characters.");
      }
      all.add(
          new HasMetadata(
              key, entries.set(key, MOST_VALUES, LONGEST_VALUE, word -> word, "a value")));
    }
    return all;
  }

  private static Condition time(Members time) {
    ZoneId zone = zone(time);
    Set<DayOfWeek> days =
        time.has("days")
            ? time.set("days", 7, 3, ConditionReader::day, "a day; write it as mon")
            : EnumSet.allOf(DayOfWeek.class);
    boolean hours = time.has("from") || time.has("to");
    LocalTime from = hours ? clock(time, "from") : LocalTime.MIDNIGHT;
    LocalTime to = hours ? clock(time, "to") : LocalTime.MIDNIGHT;
    if (hours && from.equals(to)) {
      throw Members.invalid(time.at("to"), "From and to are the same; leave both out for a day.");
    }
    time.end();
    return new Within(zone, days, from, to);
  }

  private static ZoneId zone(Members time) {
    String text = time.text("zone", 60);
    // Offsets and links to a machine's own zone have no place in a document.
    if (!ZoneId.getAvailableZoneIds().contains(text)) {
      throw Members.invalid(
          time.at("zone"), ApiErrors.shown(text) + " is no zone; write it as Europe/Berlin.");
    }
    return ZoneId.of(text);
  }

  private static DayOfWeek day(String word) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(word)) {
        return day;
      }
    }
    throw new IllegalArgumentException("no such day");
  }

  private static LocalTime clock(Members time, String name) {
    String text = time.text(name, 5);
    try {
      if (TIME.matcher(text).matches()) {
        return LocalTime.parse(text);
      }
    } catch (DateTimeException _) {
      // It is said below.
    }
    throw Members.invalid(
        time.at(name), ApiErrors.shown(text) + " is no time of day; write it as 08:30.");
  }
}
