package dev.portcullis.connectors.checkoutcom;

import dev.portcullis.connectors.spi.DeclineCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Checkout.com's response codes (checkout.com/docs, "API response codes"): {@code 10…} approves,
 * {@code 20…} and {@code 30…} are the issuer's refusals, {@code 4…} those of a risk check.
 */
final class CheckoutComCodes {

  private static final Pattern DECLINE = Pattern.compile("[234][0-9]{2}[0-9A-Z]{2}");

  /** Our code, and theirs that it stands for. */
  private static final String TABLE =
      """
      AUTHENTICATION_FAILED: 20150 20151 20152
      AUTHENTICATION_REQUIRED: 20154 44301
      CALL_ISSUER: 20001 20002 20060 20066 2009G 200A4 30035 30037
      CARD_NOT_SUPPORTED: 20031 200T3 20103
      CARD_VELOCITY_EXCEEDED: 20061 200P1 200P9 30021
      CURRENCY_NOT_SUPPORTED: 20106
      DO_NOT_HONOR: 20005 20046
      DUPLICATE_TRANSACTION: 20094 20110 20111
      EXPIRED_CARD: 20054 30033
      FRAUDULENT: 20059 20183 30034 40101 40201 40202 40203 40204 40205 41101 41201 41202 41203
      FRAUDULENT: 41204 41205 41206 41301 42101 42201 42202 42203 42204 42205 42206 42301 43101
      FRAUDULENT: 43102 43201 43202 43203 43204 43205 43206 43301
      GENERIC_DECLINE: 20017 20018
      INCORRECT_ADDRESS: 20107
      INCORRECT_CVC: 20087 200N7
      INCORRECT_NUMBER: 20014 20056 30015
      INCORRECT_PIN: 20055
      INSUFFICIENT_FUNDS: 20051
      INVALID_ACCOUNT: 20039 20044 20052 20053 20083 20084 20101 20114 20120 30046
      INVALID_AMOUNT: 20013 20042 20109 30020
      INVALID_CVC: 20124
      INVALID_EXPIRY_YEAR: 20100
      ISSUER_NOT_AVAILABLE: 20091
      LOST_CARD: 30041
      NEW_ACCOUNT_INFORMATION_AVAILABLE: 20108 20179
      NOT_PERMITTED: 2006P
      NO_ACTION_TAKEN: 20021
      ONLINE_OR_OFFLINE_PIN_REQUIRED: 200O5
      PICKUP_CARD: 20004 20067 30004 30007
      PIN_TRY_EXCEEDED: 20038 20075 30038
      PROCESSING_ERROR: 20006 20020 20022 20023 20024 20025 20026 20027 20029 20030 20032 20068
      PROCESSING_ERROR: 20082 20085 20086 20088 20089 20090 20092 20095 20096 20097 20098 20099
      PROCESSING_ERROR: 200A5 200A6 200E0 200E2 200N0 200S4 200T2 20104 20105 20113 20115 20116
      PROCESSING_ERROR: 20117 20119 20123 20153 20155 20159 20193 20197
      REENTER_TRANSACTION: 20019 20033
      RESTRICTED_CARD: 20016 20062 20072 20078 200T5 20182 30036
      REVOCATION_OF_ALL_AUTHORIZATIONS: 200R3
      REVOCATION_OF_AUTHORIZATION: 200R1
      SECURITY_VIOLATION: 20063
      SERVICE_NOT_ALLOWED: 20003 20040 20102 20112 20156 20157
      STOLEN_CARD: 30043
      TRANSACTION_NOT_ALLOWED: 20012 20015 20045 20057 20058 2005C 20064 20081 20093 20122 20158
      TRANSACTION_NOT_ALLOWED: 30016 30017 30018 30019 30044 30045
      TRY_AGAIN_LATER: 20009 20028 200E3 20118 20121
      WITHDRAWAL_COUNT_LIMIT_EXCEEDED: 20065 30022
      """;

  private static final Map<String, DeclineCode> BY_CODE = load();

  private CheckoutComCodes() {}

  private static Map<String, DeclineCode> load() {
    Map<String, DeclineCode> codes = new HashMap<>();
    for (String line : TABLE.lines().toList()) {
      int colon = line.indexOf(':');
      DeclineCode ours = DeclineCode.valueOf(line.substring(0, colon));
      for (String theirs : line.substring(colon + 2).split(" ", -1)) {
        if (codes.put(theirs, ours) != null) {
          throw new IllegalStateException(theirs + " stands twice");
        }
      }
    }
    return Map.copyOf(codes);
  }

  /** Whether the code is a refusal, be it one that is new to us. */
  static boolean isDecline(String code) {
    return DECLINE.matcher(code).matches();
  }

  /** Whether the table has the code. */
  static boolean isKnown(String code) {
    return BY_CODE.containsKey(code);
  }

  /** Why it was refused. A reason that is new to us is a refusal all the same. */
  static DeclineCode decline(String code) {
    return Objects.requireNonNullElse(BY_CODE.get(code), DeclineCode.GENERIC_DECLINE);
  }
}
