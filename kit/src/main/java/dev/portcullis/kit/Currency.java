package dev.portcullis.kit;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A currency of ISO 4217 in the form the wire uses: a lower-case code.
 *
 * @param code three lower-case letters, for instance {@code usd}
 * @param exponent how many decimal digits the minor unit has, 0 to 3
 */
public record Currency(String code, int exponent) {

  /**
   * Currencies whose amounts the wire counts otherwise than ISO 4217 does. Stripe documents these
   * special cases: ISK and UGX lost their minor unit, but their amounts still carry two zeros, and
   * MGA, whose minor unit is no hundredth, is counted in whole ones.
   */
  private static final Map<String, Integer> WIRE_EXPONENTS = Map.of("isk", 2, "ugx", 2, "mga", 0);

  /** What cards are charged in. ISO 4217 also lists metals, test codes and money of the past. */
  private static final String CHARGEABLE =
      """
      aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd
      bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp
      gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr
      kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn
      myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf
      sar sbd scr sek sgd shp sle sos srd szl thb tjs tnd top try ttd twd tzs uah ugx usd
      uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
      """;

  private static final Map<String, Currency> BY_CODE = load();

  private static Map<String, Currency> load() {
    return CHARGEABLE
        .lines()
        .flatMap(line -> Stream.of(line.split(" ")))
        .map(Currency::fromIso)
        .collect(Collectors.toUnmodifiableMap(Currency::code, c -> c));
  }

  private static Currency fromIso(String code) {
    int iso =
        java.util.Currency.getInstance(code.toUpperCase(Locale.ROOT)).getDefaultFractionDigits();
    return new Currency(code, WIRE_EXPONENTS.getOrDefault(code, iso));
  }

  /**
   * The currency of that code.
   *
   * @param code three lower-case letters
   * @throws IllegalArgumentException if there is no such currency
   */
  public static Currency of(String code) {
    return find(code).orElseThrow(() -> new IllegalArgumentException("no such currency"));
  }

  /** The currency of that lower-case code, or empty if there is none. */
  public static Optional<Currency> find(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  @Override
  public String toString() {
    return code;
  }
}
