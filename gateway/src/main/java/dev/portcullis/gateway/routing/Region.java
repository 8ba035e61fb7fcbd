package dev.portcullis.gateway.routing;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a card's issuer is, in as few parts as providers' outages, prices and approvals commonly
 * differ by. Everything that is counted by region is bounded by this list.
 */
public enum Region {
  /** The United States. */
  US("US PR VI GU AS MP UM"),
  /** Canada. */
  CA("CA"),
  /** The United Kingdom, whose cards have not been of the European Economic Area since 2021. */
  GB("GB GG JE IM GI"),
  /** The European Economic Area, within which interchange is capped (Regulation (EU) 2015/751). */
  EEA(
      "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
          + " GF GP MQ RE YT MF AX"),
  /** The rest of Europe. */
  EUROPE("AL AD BA BY CH FO MC MD ME MK RS SM UA VA XK RU GL SJ"),
  /** Latin America and the Caribbean. */
  LATIN_AMERICA(
      "MX GT BZ SV HN NI CR PA CO VE EC PE BO PY UY AR CL BR GY SR CU DO HT JM BS BB TT AG DM GD"
          + " KN LC VC AI AW BM BQ CW KY MS SX TC VG BL FK"),
  /** Asia and the Pacific. */
  ASIA_PACIFIC(
      "AU NZ JP KR CN HK MO TW SG MY TH VN PH ID IN PK BD LK NP BT MV MM KH LA BN TL MN KZ KG UZ"
          + " TJ TM AF FJ PG SB VU WS TO TV KI NR PW FM MH CK NU TK NC PF WF KP"),
  /** The Middle East. */
  MIDDLE_EAST("AE SA QA KW BH OM YE IQ IR IL JO LB PS SY TR AM AZ GE"),
  /** Africa. */
  AFRICA(
      "DZ AO BJ BW BF BI CV CM CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG"
          + " MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW EH SH"),
  /** The issuer's country is not known, or none of the above. */
  UNKNOWN("");

  private static final Map<String, Region> BY_COUNTRY = new HashMap<>();

  static {
    for (Region region : values()) {
      for (String country : region.countries.split(" ", -1)) {
        BY_COUNTRY.put(country, region);
      }
    }
    BY_COUNTRY.remove("");
  }

  private final String countries;

  Region(String countries) {
    this.countries = countries;
  }

  /**
   * The region of a country.
   *
   * @param country two letters (ISO 3166-1) in capitals, or null where it is not known
   */
  public static Region of(@Nullable String country) {
    return country == null ? UNKNOWN : BY_COUNTRY.getOrDefault(country, UNKNOWN);
  }

  static Optional<Region> find(String wire) {
    for (Region region : values()) {
      if (region.wire().equals(wire)) {
        return Optional.of(region);
      }
    }
    return Optional.empty();
  }

  /** The name in rules, tables and metrics: lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
