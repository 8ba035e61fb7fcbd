package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DeclineTable;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import java.util.Map;
import java.util.Set;

/**
 * Braintree's codes: those of the processor (developer.paypal.com/braintree, "Authorization
 * responses"), reasons for which its gateway rejects, and errors of validation.
 */
final class BraintreeCodes {

  /** Those from 2109 to 2999 that the table has not are declines without a reason. */
  static final DeclineTable PROCESSOR =
      DeclineTable.of(
          """
          APPROVE_WITH_ID: 2092
          AUTHENTICATION_REQUIRED: 2099 2101
          CALL_ISSUER: 2011 2041 2043 2044
          CARD_NOT_SUPPORTED: 2024 2051 2093
          CARD_VELOCITY_EXCEEDED: 2002 2003 2056 2086
          CURRENCY_NOT_SUPPORTED: 2064 2088 2091
          DO_NOT_HONOR: 2000
          DO_NOT_TRY_AGAIN: 2105 2106
          DUPLICATE_TRANSACTION: 2016 2069 2094
          EXPIRED_CARD: 2004
          FRAUDULENT: 2014 2077
          GENERIC_DECLINE: 2035 2038 2046 2074 2076 2104
          INCORRECT_ADDRESS: 2059
          INCORRECT_CVC: 2010 2060
          INCORRECT_NUMBER: 2005 2008 2009
          INCORRECT_PIN: 2102
          INSUFFICIENT_FUNDS: 2001
          INVALID_ACCOUNT: 2007 2071 2072 2107 2108
          INVALID_AMOUNT: 2027 2048 2054 2062 2097 2098
          INVALID_EXPIRY_YEAR: 2006
          ISSUER_NOT_AVAILABLE: 3000
          LOST_CARD: 2012 2053
          MERCHANT_BLACKLIST: 2085
          NEW_ACCOUNT_INFORMATION_AVAILABLE: 2022
          NO_ACTION_TAKEN: 2034
          NOT_PERMITTED: 2065 2089 2090 2095 2096
          PICKUP_CARD: 2047
          PIN_TRY_EXCEEDED: 2103
          PROCESSING_ERROR: 2025 2026 2028 2029 2030 2031 2033 2036 2037 2039 2040 2042 2045 2049
          PROCESSING_ERROR: 2050 2055 2058 2061 2067 2073 2078 2079 2080 2083 2084
          RESTRICTED_CARD: 2057 2066 2068 2075
          REVOCATION_OF_ALL_AUTHORIZATIONS: 2018
          REVOCATION_OF_AUTHORIZATION: 2017 2070
          SECURITY_VIOLATION: 2020 2021
          SERVICE_NOT_ALLOWED: 2023 2032 2063 2081 2082 2087 2100
          STOLEN_CARD: 2013
          TRANSACTION_NOT_ALLOWED: 2015 2019
          """);

  /** {@code gatewayRejectionReason}. Of {@link #DUPLICATE} nothing is concluded. */
  static final DeclineTable GATEWAY =
      DeclineTable.of(
          """
          AUTHENTICATION_REQUIRED: THREE_D_SECURE
          CARD_NOT_SUPPORTED: UNION_PAY_ENROLLMENT_REQUIRED
          CARD_VELOCITY_EXCEEDED: EXCESSIVE_RETRY TOO_MANY_CONFIRMATION_ATTEMPTS
          FRAUDULENT: FRAUD RISK_THRESHOLD
          INCORRECT_CVC: CVV
          INCORRECT_ZIP: AVS AVS_AND_CVV
          MERCHANT_BLACKLIST: PAYMENT_METHOD_BLOCKED
          PROCESSING_ERROR: TOKEN_ISSUANCE
          SERVICE_NOT_ALLOWED: APPLICATION_INCOMPLETE MANUAL_TRANSACTIONS_DISABLED
          """);

  /**
   * A transaction of the same order, amount and card came shortly before. The order is the
   * operation's id, so that was this operation.
   */
  static final String DUPLICATE = "DUPLICATE";

  /** Faults of the card that validation finds, by {@code legacyCode}. */
  static final Map<String, DeclineCode> CARD_FAULTS =
      Map.ofEntries(
          Map.entry("81703", DeclineCode.CARD_NOT_SUPPORTED),
          Map.entry("81706", DeclineCode.INVALID_CVC),
          Map.entry("81707", DeclineCode.INVALID_CVC),
          Map.entry("81709", DeclineCode.INVALID_EXPIRY_YEAR),
          Map.entry("81710", DeclineCode.INVALID_EXPIRY_YEAR),
          Map.entry("81711", DeclineCode.INVALID_EXPIRY_YEAR),
          Map.entry("81712", DeclineCode.INVALID_EXPIRY_MONTH),
          Map.entry("81713", DeclineCode.INVALID_EXPIRY_YEAR),
          Map.entry("81714", DeclineCode.INVALID_NUMBER),
          Map.entry("81715", DeclineCode.INVALID_NUMBER),
          Map.entry("81716", DeclineCode.INVALID_NUMBER),
          Map.entry("81717", DeclineCode.TESTMODE_DECLINE),
          Map.entry("81736", DeclineCode.INCORRECT_CVC),
          Map.entry("81737", DeclineCode.INCORRECT_ZIP));

  /** The token has been used: an earlier request with it arrived. */
  static final Set<String> USED = Set.of("91564", "93107");

  /** The transaction is not in a state for it, or the amount is more than there is. */
  private static final Set<String> STATE =
      Set.of(
          "91504", "91505", "91506", "91507", "91511", "91512", "91521", "91522", "91538", "91574",
          "95173");

  /** The merchant account is unknown, or suspended. */
  private static final Set<String> CREDENTIAL = Set.of("91513", "91514");

  /** What the merchant account or its processor does not take or do (ValidationErrorCode). */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "91517", "91546", "91547", "91558", "91567", "91577", "91578", "915101", "915102",
          "915104");

  private BraintreeCodes() {}

  /** What kind of refusal an error of validation with that code is. */
  static Rejected.Kind kind(String legacyCode) {
    if (STATE.contains(legacyCode)) {
      return Rejected.Kind.OTHER;
    }
    if (UNSUPPORTED.contains(legacyCode)) {
      return Rejected.Kind.UNSUPPORTED;
    }
    return CREDENTIAL.contains(legacyCode) ? Rejected.Kind.CREDENTIAL : Rejected.Kind.MALFORMED;
  }
}
