package dev.portcullis.connectors.spi;

import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import org.jspecify.annotations.Nullable;

/**
 * The card networks' codes for what an issuer compared, where a provider passes them on as they
 * came. A digit is what Maestro answers.
 */
public final class NetworkChecks {

  private NetworkChecks() {}

  /**
   * @param avs the code for the billing address, or null
   * @param cvv the code for the security code, or null
   */
  public static Checks of(@Nullable String avs, @Nullable String cvv) {
    return new Checks(cvc(cvv), addressLine1(avs), postalCode(avs));
  }

  private static @Nullable Check cvc(@Nullable String code) {
    return switch (code) {
      case "M", "0" -> Check.PASS;
      case "N", "1" -> Check.FAIL;
      case "P", "2" -> Check.UNCHECKED;
      case "E", "I", "S", "U", "X", "3", "4" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }

  private static @Nullable Check addressLine1(@Nullable String code) {
    return switch (code) {
      case "A", "B", "D", "F", "M", "X", "Y", "0" -> Check.PASS;
      case "C", "N", "P", "W", "Z", "1" -> Check.FAIL;
      case "3" -> Check.UNCHECKED;
      case "E", "G", "I", "R", "S", "U", "4" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }

  private static @Nullable Check postalCode(@Nullable String code) {
    return switch (code) {
      case "D", "F", "M", "P", "W", "X", "Y", "Z", "0" -> Check.PASS;
      case "A", "B", "C", "N", "1" -> Check.FAIL;
      case "3" -> Check.UNCHECKED;
      case "E", "G", "I", "R", "S", "U", "4" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }
}
