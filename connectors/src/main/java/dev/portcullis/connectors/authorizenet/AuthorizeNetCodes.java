package dev.portcullis.connectors.authorizenet;

import dev.portcullis.connectors.spi.DeclineTable;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Authorize.Net's codes (developer.authorize.net/api/reference/responseCodes.html): reasons of a
 * transaction's response, and messages of a request that became no transaction.
 */
final class AuthorizeNetCodes {

  /** Reasons that say that this card, or this payment by it, is refused. */
  static final DeclineTable REASONS =
      DeclineTable.of(
          """
          CALL_ISSUER: 3
          CARD_NOT_SUPPORTED: 17 28
          CARD_VELOCITY_EXCEEDED: 49
          CURRENCY_NOT_SUPPORTED: 229
          EXPIRED_CARD: 8 202 317
          FRAUDULENT: 141 250 251 254
          GENERIC_DECLINE: 2 41 66 97 98 99 102 103 131 132 191 201 203 204 205 206 207 208 209 210
          GENERIC_DECLINE: 211 212 213 214 215 216 217 218 219 220 221 222 223 224 288
          INCORRECT_ADDRESS: 27 127 145
          INCORRECT_CVC: 44 45 65 165 200
          INCORRECT_NUMBER: 37
          INVALID_AMOUNT: 5
          INVALID_CVC: 78
          INVALID_EXPIRY_YEAR: 7 316
          INVALID_NUMBER: 6 315
          PICKUP_CARD: 4
          PROCESSING_ERROR: 1 19 20 21 22 23 25 26 35 57 58 59 60 61 62 63 104 105 106 107 108 109
          PROCESSING_ERROR: 110 128 153 170 171 172 173 180 185 192 225 226 227 228 230 231 232 233
          PROCESSING_ERROR: 234 235 236 237 238 239 240 241 242 261 265 314 328 901
          """);

  /**
   * Something was done, though perhaps not by this request: it was submitted before, it was
   * authorized and its undoing failed, or it was approved and settling it failed.
   */
  private static final Set<String> INDEFINITE =
      Set.of("11", "36", "52", "120", "121", "122", "152", "181", "310", "311", "318");

  private static final Map<String, Rejected.Kind> KINDS = new HashMap<>();

  static {
    kinds(
        Rejected.Kind.CREDENTIAL,
        "13 24 29 30 31 32 34 38 43 114 115 123 130 E00005 E00006 E00007 E00008 E00009 E00010"
            + " E00011 E00059 E00064");
    kinds(
        Rejected.Kind.UNSUPPORTED,
        "39 48 56 67 87 124 155 174 175 260 289 2007 E00060 E00083 E00084");
    kinds(Rejected.Kind.UNKNOWN_REFERENCE, "15 16 308 319 E00040");
    kinds(Rejected.Kind.OTHER, "47 50 51 54 55 64 307 327");
    kinds(
        Rejected.Kind.MALFORMED,
        "12 33 40 42 69 70 72 74 75 76 84 85 86 93 94 95 96 111 112 113 116 117 118 119 156 262 270"
            + " 271 290 325 326 350 E00002 E00003 E00004 E00013 E00014 E00015 E00016 E00029 E00031"
            + " E00041 E00045 E00052 E00066 E00067 E00068 E00071 E00072 E00073 E00075 E00076 E00077"
            + " E00082 E00085");
  }

  private AuthorizeNetCodes() {}

  private static void kinds(Rejected.Kind kind, String codes) {
    for (String code : codes.split(" ", -1)) {
      if (KINDS.put(code, kind) != null) {
        throw new IllegalStateException(code + " stands twice");
      }
    }
  }

  static boolean isIndefinite(@Nullable String reason) {
    return reason == null || INDEFINITE.contains(reason);
  }

  /** What kind of refusal a reason or a message is, or null where it is none that proves that. */
  static Rejected.@Nullable Kind kind(@Nullable String code) {
    return code == null ? null : KINDS.get(code);
  }
}
