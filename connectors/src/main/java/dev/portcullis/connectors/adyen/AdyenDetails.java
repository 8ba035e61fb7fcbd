package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderWords;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Adyen says beside its verdict, in {@code additionalData}. The account must ask for it
 * in Customer Area, Developers, Additional data.
 */
final class AdyenDetails {

  private static final Check PASS = Check.PASS;
  private static final Check FAIL = Check.FAIL;
  private static final Check UNCHECKED = Check.UNCHECKED;
  private static final Check UNAVAILABLE = Check.UNAVAILABLE;

  private record Avs(Check address, Check postalCode) {}

  /** The number that {@code avsResult} begins with. */
  private static final Map<String, Avs> AVS =
      Map.ofEntries(
          Map.entry("1", new Avs(PASS, FAIL)),
          Map.entry("2", new Avs(FAIL, FAIL)),
          Map.entry("3", new Avs(UNAVAILABLE, UNAVAILABLE)),
          Map.entry("4", new Avs(UNAVAILABLE, UNAVAILABLE)),
          Map.entry("5", new Avs(UNCHECKED, UNCHECKED)),
          Map.entry("6", new Avs(FAIL, PASS)),
          Map.entry("7", new Avs(PASS, PASS)),
          Map.entry("8", new Avs(UNCHECKED, UNAVAILABLE)),
          Map.entry("9", new Avs(PASS, UNAVAILABLE)),
          Map.entry("10", new Avs(FAIL, UNAVAILABLE)),
          Map.entry("11", new Avs(UNAVAILABLE, UNCHECKED)),
          Map.entry("12", new Avs(PASS, UNCHECKED)),
          Map.entry("13", new Avs(FAIL, UNCHECKED)),
          Map.entry("14", new Avs(UNAVAILABLE, PASS)),
          Map.entry("15", new Avs(UNCHECKED, PASS)),
          Map.entry("16", new Avs(UNAVAILABLE, FAIL)),
          Map.entry("17", new Avs(UNCHECKED, FAIL)),
          Map.entry("18", new Avs(UNCHECKED, UNCHECKED)),
          Map.entry("19", new Avs(FAIL, PASS)),
          Map.entry("20", new Avs(PASS, PASS)),
          Map.entry("21", new Avs(PASS, FAIL)),
          Map.entry("22", new Avs(FAIL, FAIL)),
          Map.entry("23", new Avs(FAIL, PASS)),
          Map.entry("24", new Avs(PASS, PASS)),
          Map.entry("25", new Avs(PASS, FAIL)),
          Map.entry("26", new Avs(FAIL, FAIL)));

  /** The number that {@code cvcResult} begins with. */
  private static final Map<String, Check> CVC =
      Map.of(
          "1", PASS,
          "2", FAIL,
          "3", UNCHECKED,
          "4", UNCHECKED,
          "5", UNAVAILABLE,
          "6", UNCHECKED);

  private AdyenDetails() {}

  static Details of(JsonTree body) {
    JsonTree data = body.at("additionalData");
    Avs avs = AVS.get(number(data.at("avsResult")));
    return new Details(
        new Checks(
            CVC.get(number(data.at("cvcResult"))),
            avs == null ? null : avs.address,
            avs == null ? null : avs.postalCode),
        data.at("networkTxReference").text(),
        data.at("authCode").text(),
        threeDSecure(data),
        null,
        false,
        new ProviderWords(body.at("refusalReasonCode").text(), body.at("refusalReason").text()));
  }

  /**
   * What the network passed on with a refusal (docs.adyen.com, "Raw responses"). {@code
   * refusalCodeRaw} is there for Visa and Mastercard at Adyen's own acquirer alone; the sentence
   * begins with the same code.
   */
  static NetworkAdvice advice(JsonTree body) {
    JsonTree data = body.at("additionalData");
    String code = data.at("refusalCodeRaw").text();
    return NetworkAdvice.of(
        data.at("merchantAdviceCode").text(),
        code == null ? data.at("refusalReasonRaw").text() : code);
  }

  /** {@code 1 Matches} begins with it. */
  private static String number(JsonTree result) {
    String text = result.text();
    return text == null ? "" : text.split(" ", 2)[0];
  }

  private static @Nullable ThreeDSecure threeDSecure(JsonTree data) {
    String version = data.at("threeDSVersion").text();
    if (version == null) {
      return null;
    }
    return new ThreeDSecure(
        version, data.at("threeDAuthenticated").is("true") ? "authenticated" : "failed");
  }
}
